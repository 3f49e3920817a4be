// Connected devices: all of them, found as one types, many changed at once.
import { IconDeviceMobile, IconSearch } from '@tabler/icons-react';
import { useCallback, useMemo } from 'react';
import { Link, useLocation, useSearchParams } from 'wouter';
import { useLive, useMay, useNumbered } from '@/api';
import { DataTable, EmptyPage, PageBody, PageHead, type Sort, formatNumber } from '@/parts';
import { DeviceFilterBar } from '@/parts/DeviceFilterBar';
import { type DeviceFilters, filtersOf, qOf } from '@/parts/deviceFilters';
import { useText } from '@/texts';
import { Actions } from './Actions';
import { ChoiceBar } from './ChoiceBar';
import { useChosen } from './chosen';
import { useColumns } from './columns';
import classes from './Devices.module.css';
import { Views } from './Views';

const FIRST_SORT = 'name';

/** What is looked for stands in the address, so that it can be kept and passed on. */
function useLooking() {
  const [params, setParams] = useSearchParams();
  const [q, sort] = [params.get('q') ?? '', params.get('sort') ?? FIRST_SORT];
  const look = useCallback(
    (nextQ: string, nextSort: string) => {
      const kept = { ...(nextQ ? { q: nextQ } : {}), ...(nextSort === FIRST_SORT ? {} : { sort: nextSort }) };
      setParams(new URLSearchParams(kept), { replace: true });
    },
    [setParams],
  );
  return { q, sort, look };
}

const sortOf = (text: string): Sort => ({ by: text.replace(/^-/, ''), down: text.startsWith('-') });

export default function Devices() {
  const t = useText('devices');
  const [, go] = useLocation();
  const { q, sort, look } = useLooking();
  const filters = useMemo(() => filtersOf(q), [q]);
  const found = useNumbered('/v1/endpoint', { query: { ...(q ? { q } : {}), sort } });
  const chosen = useChosen(found);
  useLive(['/v1/endpoint']);
  const maySend = useMay('sms:send');
  const mayChange = useMay('device:write');
  const columns = useColumns();
  const search = (next: DeviceFilters) => {
    if (chosen.isAll) chosen.none();
    look(qOf(next), sort);
  };
  return (
    <>
      <PageHead
        title={t('title')}
        about={found.total !== undefined && <span className={classes.count}>{formatNumber(found.total)}</span>}
        actions={<Actions q={q} sort={sort} />}
      />
      <PageBody flush>
        <DeviceFilterBar filters={filters} onChange={search}>
          <Views q={q} sort={sort} look={look} />
        </DeviceFilterBar>
        <div className={classes.table}>
          <DataTable
            label={t('title')}
            of={`${q} ${sort}`}
            rows={chosen.rows}
            columns={columns}
            keyOf={(row) => row.id}
            sort={sortOf(sort)}
            onSort={({ by, down }) => look(q, `${down ? '-' : ''}${by}`)}
            choice={maySend || mayChange ? { chosen: chosen.ids, choose: chosen.choose } : undefined}
            onOpen={(row) => go(`/devices/${row.id}`)}
            empty={q ? <NothingFound /> : <EmptyPage Icon={IconDeviceMobile} title={t('none')} text={t('noneAbout')} />}
          />
          <ChoiceBar chosen={chosen} q={q} total={found.total ?? 0} />
        </div>
      </PageBody>
    </>
  );
}

function NothingFound() {
  const t = useText('devices');
  return <EmptyPage Icon={IconSearch} title={t('notFound')} text={t('notFoundAbout')} action={<Link href="/devices">{t('showAll')}</Link>} />;
}
