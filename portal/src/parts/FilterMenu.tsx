// A filter as a button: its name, or its name and what it is set to; a menu of what it can be.
import { Button, Menu } from '@mantine/core';
import { IconCheck, IconChevronDown } from '@tabler/icons-react';
import classes from './FilterMenu.module.css';

type Option = { value: string; label: string };
type Props = { label: string; all: string; value: string; options: readonly Option[]; onChange: (value: string) => void };

export function FilterMenu({ label, all, value, options, onChange }: Props) {
  const chosen = options.find((option) => option.value === value);
  return (
    <Menu position="bottom-start">
      <Menu.Target>
        <Button variant="default" className={classes.button} data-set={value ? true : undefined} rightSection={<IconChevronDown size={12} stroke={1.5} />}>
          {value ? `${label}: ${chosen?.label ?? value}` : label}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={classes.menu}>
        <Menu.RadioGroup value={value} onChange={onChange}>
          {[{ value: '', label: all }, ...options].map((option) => (
            <Menu.RadioItem key={option.value} value={option.value} closeMenuOnClick checkIcon={<IconCheck size={14} stroke={1.5} />}>
              {option.label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
