// Beside the name: may it, and does the network see it?
import { useGet } from '@/api';
import type { EndpointShown } from '@/api/schema';
import { StateBadge } from '@/parts';
import { useText } from '@/texts';

export const ENABLED = 0;
export const DISABLED = 1;

export function Status({ device }: { device: EndpointShown }) {
  const t = useText('device');
  const { data } = useGet('/v1/endpoint/{endpoint}/connectivity', { path: { endpoint: device.id } });
  if (device.status.id !== ENABLED) return <StateBadge tone="off">{t('status.disabled')}</StateBadge>;
  if (data === undefined) return null;
  const key = data.status.description;
  return <StateBadge tone={key === 'ATTACHED' ? 'good' : key === 'BLOCKED' ? 'bad' : 'wait'}>{t(`attach.${key}`)}</StateBadge>;
}
