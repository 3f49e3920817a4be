// Settings as lines: what it is on the left, its control on the right.
import type { ReactNode } from 'react';
import { useId } from 'react';
import classes from './Settings.module.css';

type SectionProps = { title: string; about?: ReactNode; action?: ReactNode; children: ReactNode };

/** Settings that belong together. */
export function SettingsSection({ title, about, action, children }: SectionProps) {
  const id = useId();
  return (
    <section className={classes.section} aria-labelledby={id}>
      <div className={classes.top}>
        <div>
          <h2 id={id} className={classes.title}>
            {title}
          </h2>
          {about && <p className={classes.about}>{about}</p>}
        </div>
        {action}
      </div>
      <div className={classes.lines}>{children}</div>
    </section>
  );
}

type Props = { label: string; about?: ReactNode; htmlFor?: string; changed?: boolean; children: ReactNode };

/** One of them. `htmlFor`: the control's id; without one, the control names itself. */
export function Setting({ label, about, htmlFor, changed = false, children }: Props) {
  const Label = htmlFor === undefined ? 'span' : 'label';
  return (
    <div className={classes.line} data-changed={changed || undefined}>
      <div className={classes.words}>
        <Label className={classes.label} {...(htmlFor === undefined ? {} : { htmlFor })}>
          {label}
        </Label>
        {about && <span className={classes.about}>{about}</span>}
      </div>
      <div className={classes.control}>{children}</div>
    </div>
  );
}

/** Whatever is no label with a control: a list, a form. */
export const SettingsRow = ({ children }: { children: ReactNode }) => <div className={classes.row}>{children}</div>;
/** As wide as lines read well. */
export const SettingsPage = ({ children }: { children: ReactNode }) => <div className={classes.page}>{children}</div>;
