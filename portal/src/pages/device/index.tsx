// One device: its SMS console, and everything else that is known of it, in tabs.
import { useParams } from 'wouter';
import { useGet, useLive } from '@/api';
import { Blank, ErrorNote, PageBody, PageHead } from '@/parts';
import { useText } from '@/texts';
import { Console } from './console/Console';

export default function Device() {
  const t = useText('device');
  const { device } = useParams<{ device: string }>();
  const id = Number(device);
  const found = useGet('/v1/endpoint/{endpoint}', { path: { endpoint: id } });
  useLive(['/v1/endpoint/{endpoint}'], (news) => news.kind === 'event' && news.news.endpoint?.id === id);
  const crumbs = [{ title: t('devices'), to: '/devices' }];
  if (found.data === undefined)
    return (
      <>
        <PageHead title={t('title')} crumbs={crumbs} />
        <PageBody>{found.error ? <ErrorNote problem={found.error} retry={() => void found.refetch()} /> : <Blank />}</PageBody>
      </>
    );
  const shown = found.data;
  return (
    <>
      <PageHead title={shown.name} crumbs={crumbs} />
      <PageBody flush>
        <Console key={id} device={shown} />
      </PageBody>
    </>
  );
}
