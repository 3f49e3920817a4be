// What a policy says, as one flat thing that can be changed field by field; and what the API is told of it.
import { fieldErrors } from '@/api';
import type { Problem } from '@/api';
import type { Draft, DraftBody, ProfileShown, Rules } from '@/api/schema';

export const MT = 6;
export const MO = 32;
const USSD = 0;
const DATA = 38;
export const [WEBHOOK, SMPP, PORTAL] = [1, 2, 3];

const FLAGS = [
  'sms_p2p_int', 'sms_p2p_ext', 'apply_sms_quota', 'sms_mo_per_part', 'allowed_3g', 'allowed_4g', 'allowed_nb_iot',
  'apply_data_quota', 'retail', 'prepaid', 'nipdp',
] as const;
const NUMBERS = ['sms_p2p_receive_rate', 'sms_p2p_send_cap'] as const;
const NAMED = ['api_callback', 'api_secret', 'smpp_account', 'feed_consumer'] as const;
const SERVICES = { mt: MT, mo: MO, ussd: USSD, data: DATA } as const;
const RULES = ['allow', 'block', 'content', 'windows', 'rates', 'pending', 'anomaly', 'zone'] as const;

// The API leaves out of rules what is usual.
const PEER = { match: 'exact' as const, directions: [] };
export const ANOMALY = { times: 10, least: 50, learning_hours: 24, hold_seconds: 86_400 as number | null, directions: [] };

type Service = keyof typeof SERVICES;
export type Flag = (typeof FLAGS)[number] | Service;
export type Content = Record<Flag, boolean> &
  Record<(typeof NUMBERS)[number], number> &
  Record<(typeof NAMED)[number] | 'mt_limit' | 'mo_limit', number | null> &
  Required<Rules> & { name: string; description: string; esme_interface_type: number };
export type Key = keyof Content;
export type Changes = Partial<Content>;

export function contentOf(profile: ProfileShown, rules: Rules): Content {
  const service = (id: number) => profile.service.find((one) => one.id === id);
  const pick = <K extends string, V>(keys: readonly K[], read: (key: K) => V) =>
    Object.fromEntries(keys.map((key) => [key, read(key)])) as Record<K, V>;
  return {
    name: profile.name,
    description: profile.description,
    ...pick(FLAGS, (key) => profile[key]),
    ...pick(NUMBERS, (key) => profile[key]),
    ...pick(NAMED, (key) => profile[key]?.id ?? null),
    ...pick(Object.keys(SERVICES) as Service[], (key) => service(SERVICES[key]) !== undefined),
    mt_limit: service(MT)?.traffic_limit?.volume ?? null,
    mo_limit: service(MO)?.traffic_limit?.volume ?? null,
    esme_interface_type: profile.esme_interface_type.id,
    allow: (rules.allow ?? []).map((row) => ({ ...PEER, ...row })),
    block: (rules.block ?? []).map((row) => ({ ...PEER, ...row })),
    content: (rules.content ?? []).map((row) => ({ directions: [], ...row })),
    windows: (rules.windows ?? []).map((row) => ({ days: [], directions: [], ...row })),
    rates: (rules.rates ?? []).map((row) => ({ burst: null, directions: [], ...row })),
    pending: rules.pending ?? null,
    anomaly: rules.anomaly ? { ...ANOMALY, ...rules.anomaly } : null,
    zone: rules.zone ?? null,
  };
}

/** In which order fields stand says nothing. */
const sorted = (_: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1)))
    : value;
const isSame = (one: unknown, other: unknown): boolean => JSON.stringify(one, sorted) === JSON.stringify(other, sorted);

/** Those of `changes` that differ from what is saved. */
export function keptOf(saved: Content, changes: Changes): Changes {
  return Object.fromEntries(Object.entries(changes).filter(([key, value]) => !isSame(value, saved[key as Key])));
}

export const rulesOf = (content: Content): Rules => Object.fromEntries(RULES.map((key) => [key, content[key]]));
export const touchesRules = (changes: Changes): boolean => RULES.some((key) => key in changes);

/** Of a `PATCH`: what changed, and nothing else. */
export function patchOf(content: Content, changes: Changes): Draft {
  const has = (key: Key) => key in changes;
  const plain = [...FLAGS, ...NUMBERS, 'name' as const, 'description' as const].filter(has);
  const named = NAMED.filter(has);
  const services = Object.keys(SERVICES) as Service[];
  return {
    ...Object.fromEntries(plain.map((key) => [key, content[key]])),
    ...Object.fromEntries(named.map((key) => [key, content[key] === null ? null : { id: content[key] }])),
    ...(has('esme_interface_type') ? { esme_interface_type: { id: content.esme_interface_type } } : {}),
    ...(services.some(has) ? { service: services.filter((key) => content[key]).map((key) => ({ id: SERVICES[key] })) } : {}),
  };
}

/** A service that is off has no limit. */
export const limitOf = (content: Content, service: 'mt' | 'mo'): number | null => (content[service] ? content[`${service}_limit`] : null);

export function draftOf(saved: Content, content: Content, changes: Changes): Omit<DraftBody, 'from' | 'until'> {
  const limits = { mt: limitOf(content, 'mt'), mo: limitOf(content, 'mo') };
  return {
    draft: patchOf(content, changes),
    ...(limits.mt !== limitOf(saved, 'mt') || limits.mo !== limitOf(saved, 'mo') ? { limits } : {}),
    ...(touchesRules(changes) ? { firewall: rulesOf(content) } : {}),
  };
}

/** By field, as the API calls it: `content[0].pattern` too. */
export function errorsOf(problem: Problem | null): Record<string, string> {
  const found = fieldErrors(problem);
  const { code, rule, reason } = problem?.refusal ?? {};
  if (code === 'bad_value' && rule && reason) found[rule] = reason.replace(`${rule}: `, '');
  return found;
}
