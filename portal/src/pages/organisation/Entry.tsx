// One entry of the audit trail.
import { Code, Mono, Setting, SettingsSection, Time } from '@/parts';
import { useText } from '@/texts';
import type { EntryRow } from './Audit';
import classes from './Organisation.module.css';

type Fields = Record<string, unknown>;
const fieldsOf = (value: unknown): Fields => (typeof value === 'object' && value !== null ? (value as Fields) : {});
const shown = (value: unknown): string => (value === undefined || value === null || value === '' ? '–' : typeof value === 'string' ? value : JSON.stringify(value));

export function Entry({ entry, who }: { entry: EntryRow; who: string }) {
  const t = useText('organisation');
  const [before, after] = [fieldsOf(entry.before), fieldsOf(entry.after)];
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return (
    <div className={classes.panel}>
      <SettingsSection title={t('audit.entry', { number: entry.number })}>
        <Setting label={t('audit.when')}><Time at={entry.timestamp} exact /></Setting>
        <Setting label={t('audit.by')}><span>{who}</span></Setting>
        {entry.address && <Setting label={t('audit.address')}><Mono>{entry.address}</Mono></Setting>}
        {entry.id !== 0 && <Setting label={t('audit.id')}><Mono>{entry.id}</Mono></Setting>}
      </SettingsSection>
      {names.length > 0 && (
        <SettingsSection title={t('audit.fields')}>
          <div className={classes.wide} tabIndex={0} role="group" aria-label={t('audit.fields')}>
            <table className={classes.fields}>
              <thead>
                <tr>
                  <th scope="col">{t('audit.field')}</th>
                  <th scope="col">{t('audit.before')}</th>
                  <th scope="col">{t('audit.after')}</th>
                </tr>
              </thead>
              <tbody>
                {names.map((name) => (
                  <tr key={name}>
                    <th scope="row">{name}</th>
                    <td>{shown(before[name])}</td>
                    <td>{shown(after[name])}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </SettingsSection>
      )}
      <SettingsSection title={t('audit.hash')} about={t('audit.hashAbout')}>
        <div className={classes.hash}><Code text={entry.hash} label={t('audit.hash')} /></div>
      </SettingsSection>
    </div>
  );
}
