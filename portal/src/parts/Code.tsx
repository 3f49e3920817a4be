// Something for machines, shown to people: an id, JSON, a PDU, a call to paste.
import { Copy } from './Copy';
import classes from './Code.module.css';

export function Code({ text, label }: { text: string; label?: string }) {
  return (
    <div className={classes.block}>
      <pre tabIndex={0} aria-label={label}>
        {text}
      </pre>
      <span className={classes.copy}>
        <Copy text={text} />
      </span>
    </div>
  );
}

/** In a line of text. */
export const Mono = ({ children }: { children: string | number }) => <code className={classes.mono}>{children}</code>;
