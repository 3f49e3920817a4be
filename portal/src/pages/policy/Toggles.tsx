// Some of a few things, or all of them: buttons side by side. None chosen means all, as the API has it.
import classes from './Policy.module.css';

export type Toggle<V extends string> = { value: V; label: string; title: string };
type Props<V extends string> = {
  label: string;
  options: readonly Toggle<V>[];
  value: readonly V[] | undefined;
  onChange: (value: V[]) => void;
  readOnly: boolean;
};

export function Toggles<V extends string>({ label, options, value = [], onChange, readOnly }: Props<V>) {
  const all = options.map((option) => option.value);
  const on = value.length === 0 ? all : value;
  const press = (one: V) => {
    const next = all.filter((each) => (each === one ? !on.includes(each) : on.includes(each)));
    if (next.length > 0) onChange(next.length === all.length ? [] : next);
  };
  return (
    <div role="group" aria-label={label} className={classes.toggles}>
      {options.map((option) => (
        <button
          key={option.value}
          type="button"
          title={option.title}
          aria-label={option.title}
          aria-pressed={on.includes(option.value)}
          disabled={readOnly}
          onClick={() => press(option.value)}
        >
          {option.label}
        </button>
      ))}
    </div>
  );
}
