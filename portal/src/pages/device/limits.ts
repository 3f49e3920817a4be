// What a device has used of what it may: limits of its policy by month, and its own quota.
import { useGet, useMay } from '@/api';
import type { EndpointShown } from '@/api/schema';

const MT = 6;
const MO = 32;

export type Limit = { key: 'mt' | 'mo' | 'quota'; used: number; most: number };

/** Those that there are. */
export function useLimits(device: EndpointShown): Limit[] {
  const mayPolicy = useMay('policy:read');
  const stats = useGet('/v1/endpoint/{endpoint}/stats', { path: { endpoint: device.id } });
  const policy = useGet('/v1/service_profile/{profile}', { path: { profile: device.service_profile.id } }, { when: mayPolicy });
  const quota = useGet('/v1/endpoint/{endpoint}/quota/sms', { path: { endpoint: device.id } }, { when: mayPolicy });
  const month = stats.data?.current_month.sms;
  const found: Limit[] = [];
  for (const service of policy.data?.service ?? []) {
    const most = service.traffic_limit?.volume;
    if (most === undefined || month === undefined) continue;
    if (service.id === MT) found.push({ key: 'mt', used: month.volume_tx, most });
    if (service.id === MO) found.push({ key: 'mo', used: month.volume_rx, most });
  }
  // A device without a quota is 404, which the hook keeps what was there before.
  if (quota.data && !quota.error) {
    const most = Math.max(quota.data.last_volume_added, quota.data.volume);
    found.push({ key: 'quota', used: most - quota.data.volume, most });
  }
  return found;
}
