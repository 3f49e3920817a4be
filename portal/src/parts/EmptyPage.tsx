// A page with nothing on it yet says what to do first.
import type { ComponentType, ReactNode } from 'react';
import classes from './EmptyPage.module.css';

type Props = { title: string; text?: ReactNode; Icon?: ComponentType<{ size?: number; stroke?: number }>; action?: ReactNode };

export function EmptyPage({ title, text, Icon, action }: Props) {
  return (
    <div className={classes.empty}>
      {Icon && (
        <span className={classes.icon} aria-hidden>
          <Icon size={20} stroke={1.5} />
        </span>
      )}
      <h2 className={classes.title}>{title}</h2>
      {text && <p className={classes.text}>{text}</p>}
      {action && <div className={classes.action}>{action}</div>}
    </div>
  );
}
