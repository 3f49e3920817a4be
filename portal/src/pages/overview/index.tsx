// What happens now. Who never sent anything is led to the first SMS instead.
import { SegmentedControl } from '@mantine/core';
import { Suspense, lazy, useState } from 'react';
import { useSearchParams } from 'wouter';
import { useGet, useMay, useMe } from '@/api';
import { ErrorNote, PageBody, PageHead } from '@/parts';
import { useText } from '@/texts';
import { Connections, Stopped, Trouble } from './Matters';
import { Numbers } from './Numbers';
import classes from './Overview.module.css';
import { Traffic } from './Traffic';
import { PERIODS, type Period, useOverview } from './useOverview';

// Most people never see either: they are no part of the first page.
const Guide = lazy(() => import('./Guide').then((part) => ({ default: part.Guide })));
const Blocked = lazy(() => import('./Blocked').then((part) => ({ default: part.Blocked })));

export default function Overview() {
  const t = useText('overview');
  const [period, setPeriod] = usePeriod();
  const found = useOverview(period);
  const [isOver, end] = useState(false);
  const isFirst = useIsFirst(found.data?.total.messages);
  const seen = isFirst === undefined ? undefined : found.data; // nothing is shown that would be taken away
  if (isFirst && !isOver) {
    return (
      <Suspense fallback={<PageHead title={t('title')} />}>
        <Guide end={() => end(true)} />
      </Suspense>
    );
  }
  return (
    <>
      <PageHead
        title={t('title')}
        actions={
          <SegmentedControl
            aria-label={t('period')}
            data={PERIODS.map((value) => ({ value, label: t(`periods.${value}`) }))}
            value={period}
            onChange={(value) => setPeriod(value as Period)}
          />
        }
      />
      <PageBody>
        <ErrorNote problem={found.error} retry={() => void found.refetch()} />
        <Numbers seen={seen} />
        <Traffic seen={seen} period={period} />
        <div className={classes.columns}>
          <div className={classes.column}>
            <Trouble seen={seen} />
          </div>
          <div className={classes.column}>
            <Connections seen={seen} />
            <Stopped seen={seen} />
          </div>
        </div>
      </PageBody>
      <Suspense>
        <Blocked />
      </Suspense>
    </>
  );
}

function usePeriod(): [Period, (period: Period) => void] {
  const [params, setParams] = useSearchParams();
  const asked = params.get('period');
  const period = PERIODS.find((one) => one === asked) ?? 'hour';
  return [period, (next) => setParams({ period: next }, { replace: true })];
}

/** Did nobody ever send anything? `undefined`: not known yet. For whoever is being led it stays so. */
function useIsFirst(messages: number | undefined): boolean | undefined {
  const { data: me } = useMe();
  const maySend = useMay('sms:send');
  const [led, lead] = useState(false);
  const asks = messages === 0 && maySend && !led;
  const last = useGet('/v1/sms', { query: { per_page: 1 } }, { when: asks });
  if (asks && last.data?.length === 0) lead(true);
  if (led) return true;
  if (messages !== 0) return messages === undefined ? undefined : false;
  return me === undefined || (maySend && last.isPending) ? undefined : false;
}
