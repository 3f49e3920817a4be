// The language, before there is a menu to choose it from.
import { LANGUAGES, language, setLanguage, useText } from '@/texts';
import classes from './SignIn.module.css';

export function SignInFoot() {
  useText('signin'); // shown anew when the language changes
  return (
    <footer className={classes.foot}>
      {LANGUAGES.map(({ code, name }) => (
        <button key={code} type="button" lang={code} className={classes.way} aria-pressed={code === language()} onClick={() => setLanguage(code)}>
          {name}
        </button>
      ))}
    </footer>
  );
}
