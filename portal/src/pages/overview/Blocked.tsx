// The events behind a number of what rules stopped, in a panel; which ones stands in the address.
import { Button } from '@mantine/core';
import { Link, useSearchParams } from 'wouter';
import { usePages } from '@/api';
import { ErrorNote, SidePanel, Time } from '@/parts';
import { useText } from '@/texts';
import classes from './Overview.module.css';

export function Blocked() {
  const t = useText('overview');
  const [params, setParams] = useSearchParams();
  const q = params.get('blocked');
  const close = () =>
    setParams((before) => {
      before.delete('blocked');
      return before;
    });
  return (
    <SidePanel opened={q !== null} onClose={close} title={t('stopped')}>
      {q !== null && <Events q={q} />}
    </SidePanel>
  );
}

function Events({ q }: { q: string }) {
  const t = useText('overview');
  const found = usePages('/v1/event', { query: { q, per_page: 50 } });
  const rows = found.data?.pages.flatMap((page) => page.rows) ?? [];
  return (
    <>
      <ErrorNote problem={found.error} retry={() => void found.refetch()} />
      {found.isSuccess && rows.length === 0 && <p className={classes.quiet}>{t('noneStopped')}</p>}
      <ul className={classes.events}>
        {rows.map((event) => (
          <li key={event.id} className={classes.event}>
            <span>
              {event.endpoint ? <Link href={`/devices/${event.endpoint.id}`}>{event.endpoint.name}</Link> : <span />}
              <Time at={event.timestamp} />
            </span>
            <span>{event.detail || event.description}</span>
          </li>
        ))}
      </ul>
      {found.hasNextPage && (
        <Button variant="default" loading={found.isFetchingNextPage} onClick={() => void found.fetchNextPage()}>
          {t('moreEvents')}
        </Button>
      )}
    </>
  );
}
