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
        {[{ value: '', label: all }, ...options].map((option) => (
          <Menu.Item
            key={option.value}
            role="menuitemradio"
            aria-checked={option.value === value}
            rightSection={option.value === value ? <IconCheck size={14} stroke={1.5} /> : undefined}
            onClick={() => onChange(option.value)}
          >
            {option.label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
