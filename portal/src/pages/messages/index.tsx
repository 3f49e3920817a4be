// All SMS of the organisation, newest first; what is looked for stands in the address, so it can be sent around.
import { IconMessage } from '@tabler/icons-react';
import { useLocation } from 'wouter';
import { useKeyset, useLive } from '@/api';
import { DataTable, EmptyPage, PageBody, PageHead } from '@/parts';
import { useText } from '@/texts';
import { useColumns } from './columns';
import { Filters } from './Filters';
import { queryOf, useSearch } from './search';

export default function Messages() {
  const t = useText('messages');
  const [, go] = useLocation();
  const { search, change, clear } = useSearch();
  const columns = useColumns();
  const rows = useKeyset('/v1/sms', { query: queryOf(search) });
  useLive(['/v1/sms'], (news) => news.kind !== 'event');
  const narrowed = Object.keys(search).length > 0;
  return (
    <>
      <PageHead title={t('title')} />
      <PageBody flush>
        <Filters search={search} change={change} clear={clear} />
        <DataTable
          label={t('title')}
          rows={rows}
          columns={columns}
          keyOf={(row) => row.id}
          onOpen={(row) => go(`/messages/${row.id}`)}
          empty={
            <EmptyPage
              Icon={IconMessage}
              title={t(narrowed ? 'nothingFound' : 'none')}
              text={t(narrowed ? 'nothingFoundAbout' : 'noneAbout')}
            />
          }
        />
      </PageBody>
    </>
  );
}
