// Why it did not go on, or what was done, where no field is to blame.
import { IconAlertCircle, IconCircleCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './SignIn.module.css';

export function Said({ children, good = false }: { children: ReactNode; good?: boolean }) {
  const Icon = good ? IconCircleCheck : IconAlertCircle;
  return (
    <div className={good ? classes.done : classes.said} role={good ? 'status' : 'alert'}>
      <Icon size={16} stroke={1.5} aria-hidden />
      <span>{children}</span>
    </div>
  );
}
