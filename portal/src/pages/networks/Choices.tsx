// A few choices side by side, with a name and a sentence for the one that is set.
import { Input, SegmentedControl } from '@mantine/core';
import { useId } from 'react';
import classes from './Networks.module.css';

type Props<V extends string> = {
  label: string;
  about: string;
  value: string;
  options: readonly { value: V; label: string }[];
  onChange: (value: V) => void;
};

export function Choices<V extends string>({ label, about, value, options, onChange }: Props<V>) {
  const id = useId();
  return (
    <div className={classes.choices}>
      <Input.Label id={id} component="span">
        {label}
      </Input.Label>
      <SegmentedControl
        aria-labelledby={id}
        fullWidth
        data={[...options]}
        value={value}
        onChange={(next) => {
          const chosen = options.find((option) => option.value === next);
          if (chosen) onChange(chosen.value);
        }}
      />
      <span className={classes.quiet}>{about}</span>
    </div>
  );
}
