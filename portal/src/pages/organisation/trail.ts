// What the audit trail tells of, in the API's words.
import type { Params } from '@/api';

type Query = NonNullable<Params<'get', '/v1/audit'>['query']>;

export const KINDS: readonly NonNullable<Query['kind']>[] = [
  'user', 'login', 'session', 'invitation', 'mfa_key', 'trusted_device', 'application_token', 'organisation', 'endpoint', 'sim', 'service_profile',
  'firewall', 'quota', 'tariff_profile', 'watch', 'suppression', 'stop_word', 'api_callback', 'api_secret', 'smpp_account', 'application', 'upstream',
  'sms_route', 'operator_blacklist', 'saved_view', 'sms_template', 'console_link', 'console', 'key',
];
export const ACTIONS: readonly NonNullable<Query['action']>[] = [
  'create', 'change', 'delete', 'release', 'rotate', 'prune', 'simulate', 'login', 'login_failed', 'login_locked', 'console_open', 'console_failed',
  'console_locked', 'console_send',
];
