// The last PDUs of an SMPP connection, decoded; each opens its fields.
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { PduShown } from '@/api/schema';
import { Time } from '@/parts';
import { useText } from '@/texts';
import classes from './Integrations.module.css';

const OK = 'ESME_ROK';
const CLOCK: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', second: '2-digit', hour12: false };

export function Trace({ pdus }: { pdus: readonly PduShown[] | undefined }) {
  const t = useText('integrations');
  if (pdus === undefined) return null;
  if (pdus.length === 0) return <p className={classes.none}>{t('trace.none')}</p>;
  return (
    <div className={classes.trace} role="group" aria-label={t('trace.title')}>
      {[...pdus].reverse().map((pdu, at) => (
        <details key={`${pdus.length - at}`} className={classes.pdu}>
          <summary>
            <span className={classes.dim}>
              <Time at={pdu.date} exact options={CLOCK} />
            </span>
            {pdu.direction === 'received' ? <IconArrowDown size={14} stroke={1.5} aria-label={t('trace.received')} /> : <IconArrowUp size={14} stroke={1.5} aria-label={t('trace.sent')} />}
            <span className={classes.grow}>{pdu.command}</span>
            <span className={classes.dim}>{pdu.status === OK ? '' : pdu.status}</span>
          </summary>
          <dl>
            <dt>{t('trace.sequence')}</dt>
            <dd>{pdu.sequence}</dd>
            {Object.entries(pdu.fields).map(([name, value]) => (
              <Field key={name} name={name} value={value} />
            ))}
          </dl>
        </details>
      ))}
    </div>
  );
}

const Field = ({ name, value }: { name: string; value: string | number | string[] }) => (
  <>
    <dt>{name}</dt>
    <dd>{Array.isArray(value) ? value.join(', ') : value}</dd>
  </>
);
