// Saves what changed of a policy: its fields, its limits, its rules. In this order, so that a limit finds its service.
import { call } from '@/api';
import { type Changes, type Content, MO, MT, limitOf, patchOf, rulesOf, touchesRules } from './content';

const LIMITED = [['mt', MT], ['mo', MO]] as const;

export async function savePolicy(profile: number, saved: Content, content: Content, changes: Changes): Promise<void> {
  for (const [name, service] of LIMITED) {
    const before = limitOf(saved, name);
    if (before !== null && limitOf(content, name) === null) await limit('delete', profile, service, before);
  }
  const body = patchOf(content, changes);
  if (Object.keys(body).length > 0) await call('patch', '/v1/service_profile/{profile}', { params: { path: { profile } }, body });
  for (const [name, service] of LIMITED) {
    const now = limitOf(content, name);
    if (now !== null && now !== limitOf(saved, name)) await limit('put', profile, service, now);
  }
  if (touchesRules(changes))
    await call('put', '/v1/service_profile/{profile}/firewall', { params: { path: { profile } }, body: rulesOf(content) });
}

/** Every volume has an id; the API tells it. */
async function limit(method: 'put' | 'delete', profile: number, service: number, volume: number): Promise<void> {
  const { data } = await call('post', '/v1/traffic_limit', { body: { service: { id: service }, volume } });
  const params = { path: { profile, service, limit: data.id } };
  await call(method, '/v1/service_profile/{profile}/service/{service}/traffic_limit/{limit}', { params });
}
