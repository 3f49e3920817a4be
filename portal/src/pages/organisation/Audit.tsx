// The audit trail: who changed what, newest first; each entry shows the fields before and after.
import { Select } from '@mantine/core';
import { IconHistory } from '@tabler/icons-react';
import { useMemo, useState } from 'react';
import { useSearchParams } from 'wouter';
import { type Answer, type Row, useGet, useKeyset } from '@/api';
import { type Column, DataTable, EmptyPage, Mono, SidePanel, Time } from '@/parts';
import { useText } from '@/texts';
import classes from './Organisation.module.css';
import { Entry } from './Entry';
import { ACTIONS, KINDS } from './trail';

export type EntryRow = Row<Answer<'get', '/v1/audit'>>;

/** Who it was, by name where it is a user who is still there. */
export function useActor(): (actor: string) => string {
  const t = useText('organisation');
  const { data } = useGet('/v1/user', { query: { per_page: 1_000 } });
  return useMemo(() => {
    const names = new Map(data?.map((person) => [`user:${person.id}`, person.username]));
    return (actor) => {
      const [kind, id] = actor.split(':');
      return names.get(actor) ?? (id === undefined ? t(`audit.who.${kind?.replace(' ', '_')}`) : t(`audit.who.${kind}`, { id }));
    };
  }, [data, t]);
}

function useColumns(actor: (text: string) => string): Column<EntryRow>[] {
  const t = useText('organisation');
  return useMemo(
    () => [
      { key: 'when', title: t('audit.when'), width: '96px', render: (row) => <Time at={row.timestamp} /> },
      { key: 'who', title: t('audit.by'), width: 'minmax(80px, 1fr)', render: (row) => actor(row.actor) },
      {
        key: 'kind', title: t('audit.kind'), width: 'minmax(140px, 2fr)',
        render: (row) => (
          <span className={classes.cut}>
            {t(`audit.of.${row.kind}`)} <span className={classes.dim}>{t(`audit.did.${row.action}`)}</span>
          </span>
        ),
      },
      { key: 'id', title: t('audit.id'), from: 760, width: '110px', render: (row) => (row.id === 0 ? '–' : <Mono>{row.id}</Mono>) },
      { key: 'address', title: t('audit.address'), from: 900, width: '160px', render: (row) => (row.address ? <Mono>{row.address}</Mono> : '–') },
    ],
    [t, actor],
  );
}

export function Audit() {
  const t = useText('organisation');
  const [params, setParams] = useSearchParams();
  const [entry, open] = useState<EntryRow | null>(null);
  const kind = KINDS.find((one) => one === params.get('kind'));
  const action = ACTIONS.find((one) => one === params.get('action'));
  const actor = useActor();
  const columns = useColumns(actor);
  const rows = useKeyset('/v1/audit', { query: { per_page: 100, ...(kind ? { kind } : {}), ...(action ? { action } : {}) } });
  const look = (next: { kind?: string | null; action?: string | null }) => {
    const found = Object.entries({ kind, action, ...next }).filter(([, value]) => value) as [string, string][];
    setParams(new URLSearchParams(found), { replace: true });
  };
  return (
    <>
      <div className={classes.bar}>
        <Select className={classes.search} aria-label={t('audit.kind')} placeholder={t('audit.allKinds')} data={KINDS.map((value) => ({ value, label: t(`audit.of.${value}`) }))} searchable clearable value={kind ?? null} onChange={(value) => look({ kind: value })} />
        <Select className={classes.search} aria-label={t('audit.action')} placeholder={t('audit.allActions')} data={ACTIONS.map((value) => ({ value, label: t(`audit.did.${value}`) }))} searchable clearable value={action ?? null} onChange={(value) => look({ action: value })} />
      </div>
      <DataTable label={t('tabs.audit')} of={`${kind} ${action}`} rows={rows} columns={columns} keyOf={(row) => row.number} onOpen={open} empty={<EmptyPage Icon={IconHistory} title={t('audit.none')} />} />
      <SidePanel opened={entry !== null} onClose={() => open(null)} title={entry ? `${t(`audit.did.${entry.action}`)} · ${t(`audit.of.${entry.kind}`)}` : ''} wide>
        {entry && <Entry entry={entry} who={actor(entry.actor)} />}
      </SidePanel>
    </>
  );
}
