// The TPDUs of a message, field by field, as its device gets or sends them.
import type { Answer, Problem } from '@/api';
import { Code, ErrorNote, Mono } from '@/parts';
import { useText } from '@/texts';
import classes from './Message.module.css';

type Shown = Answer<'get', '/v1/sms/{sms}/pdu'>;

export function Pdus({ pdus, problem }: { pdus: Shown | undefined; problem: Problem | null }) {
  const t = useText('message');
  return (
    <section aria-label={t('pdus')} className={classes.section}>
      <h2 className={classes.heading}>{t('pdus')}</h2>
      {problem !== null && pdus === undefined && <ErrorNote problem={problem} />}
      {pdus?.length === 0 && <p className={classes.quiet}>{t('noPdus')}</p>}
      {pdus?.map((pdu) => (
        <Pdu key={pdu.segment} pdu={pdu} />
      ))}
    </section>
  );
}

function Pdu({ pdu }: { pdu: Shown[number] }) {
  const t = useText('message');
  const name = t('pdu', { type: pdu.type, segment: pdu.segment, segments: pdu.segments, octets: pdu.octets });
  return (
    <details className={classes.pdu} open={pdu.segment === 1}>
      <summary>{name}</summary>
      <Code text={pdu.hex} label={t('copyHex')} />
      <div className={classes.scroll} tabIndex={0} role="region" aria-label={name}>
        <table className={classes.fields}>
          <thead>
            <tr>
              <th scope="col">{t('field')}</th>
              <th scope="col">{t('octets')}</th>
              <th scope="col">{t('value')}</th>
              <th scope="col">{t('meaning')}</th>
            </tr>
          </thead>
          <tbody>
            {pdu.fields.map((field, index) => (
              <tr key={index}>
                <th scope="row">{field.name}</th>
                <td>
                  <Mono>{field.octets}</Mono>
                </td>
                <td>{field.value}</td>
                <td>{field.meaning}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
