// Devices that somebody opens by an identifier which is guessed too soon.
import { IconAlertTriangle } from '@tabler/icons-react';
import { Link } from 'wouter';
import { useGet } from '@/api';
import { useText } from '@/texts';
import classes from '../Integrations.module.css';

const MOST = 200;
const SHOWN = 5;

export function WeakIdentifiers() {
  const t = useText('integrations');
  const { data } = useGet('/v1/console/identifier', { query: { per_page: MOST } });
  const weak = data?.filter((one) => one.weak) ?? [];
  if (weak.length === 0) return null;
  return (
    <div className={classes.notice}>
      <IconAlertTriangle size={16} stroke={1.5} aria-hidden />
      <span>
        {t('links.weak', { count: weak.length })}{' '}
        {weak.slice(0, SHOWN).map(({ endpoint }, at) => (
          <span key={endpoint.id}>
            {at > 0 && ', '}
            <Link href={`/devices/${endpoint.id}`}>{endpoint.name}</Link>
          </span>
        ))}
        {weak.length > SHOWN ? '…' : '.'} {t('links.weakAbout')}
      </span>
    </div>
  );
}
