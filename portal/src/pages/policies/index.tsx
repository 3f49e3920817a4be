// Device policies: all of them, and what each lets its devices do.
import { Button, Modal, TextInput } from '@mantine/core';
import { IconAdjustments, IconPlus } from '@tabler/icons-react';
import { useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useMay, useNumbered } from '@/api';
import { DataTable, EmptyPage, PageBody, PageHead, type Sort } from '@/parts';
import { useText } from '@/texts';
import { NewPolicy } from './NewPolicy';
import classes from './Policies.module.css';
import { useColumns } from './columns';

const sortOf = (text: string): Sort => ({ by: text.replace(/^-/, ''), down: text.startsWith('-') });

export default function Policies() {
  const t = useText('policies');
  const [, go] = useLocation();
  const [params, setParams] = useSearchParams();
  const [making, setMaking] = useState(false);
  const may = useMay('policy:write');
  const columns = useColumns();
  const [search, sort] = [params.get('q') ?? '', params.get('sort') ?? 'name'];
  const rows = useNumbered('/v1/service_profile', { query: { sort, ...(search ? { q: `name:${search.replaceAll(',', ' ')}` } : {}) } });
  const look = (q: string, by: string) => setParams(new URLSearchParams({ ...(q ? { q } : {}), ...(by === 'name' ? {} : { sort: by }) }), { replace: true });
  const make = (
    <Button leftSection={<IconPlus size={14} stroke={1.5} aria-hidden />} onClick={() => setMaking(true)}>
      {t('new')}
    </Button>
  );
  return (
    <>
      <PageHead title={t('title')} actions={may && make} />
      <PageBody flush>
        <div className={classes.bar}>
          <TextInput w={260} aria-label={t('search')} placeholder={t('search')} value={search} onChange={(event) => look(event.currentTarget.value, sort)} />
        </div>
        <DataTable
          label={t('title')}
          of={`${search} ${sort}`}
          rows={rows}
          columns={columns}
          keyOf={(row) => row.id}
          sort={sortOf(sort)}
          onSort={({ by, down }) => look(search, `${down ? '-' : ''}${by}`)}
          onOpen={(row) => go(`/policies/${row.id}`)}
          empty={<EmptyPage Icon={IconAdjustments} title={t(search ? 'notFound' : 'none')} text={search ? undefined : t('noneAbout')} action={!search && may ? make : undefined} />}
        />
      </PageBody>
      <Modal opened={making} onClose={() => setMaking(false)} title={t('new')} closeButtonProps={{ 'aria-label': t('close') }}>
        <NewPolicy onClose={() => setMaking(false)} />
      </Modal>
    </>
  );
}
