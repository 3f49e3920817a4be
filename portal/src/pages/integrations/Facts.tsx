// What something is, in pairs.
import type { ReactNode } from 'react';
import classes from './Integrations.module.css';

export type Fact = [label: string, value: ReactNode] | false;

export const Facts = ({ facts }: { facts: readonly Fact[] }) => (
  <dl className={classes.facts}>
    {facts.map(
      (fact) =>
        fact && (
          <div key={fact[0]}>
            <dt>{fact[0]}</dt>
            <dd>{fact[1]}</dd>
          </div>
        ),
    )}
  </dl>
);

/** A part of a panel. */
export const Part = ({ title, action, children }: { title: string; action?: ReactNode; children: ReactNode }) => (
  <section className={classes.part}>
    <div className={classes.partTop}>
      <h3>{title}</h3>
      {action}
    </div>
    {children}
  </section>
);
