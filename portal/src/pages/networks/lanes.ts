// How lanes stand, and in whose words it is said.
import type { Answer, Row } from '@/api';
import { type Tone, useCause } from '@/parts';
import { isSaid, language, useText } from '@/texts';

export type Lane = Row<Answer<'get', '/v1/lane'>>;
export type Gate = Row<Answer<'get', '/v1/network'>>;

export const STATES = ['trouble', 'away', 'ready', 'under_way', 'scheduled', 'awaiting', 'held'] as const;
const TONES: Record<string, Tone> = { trouble: 'wait', ready: 'info', under_way: 'good' };
export const toneOf = (state: string): Tone => TONES[state] ?? 'off';

type Reason = { code: string; text: string };

/** The API's own words are in English and often name things; others are said in general. */
export function useWhy(): (reason: Reason) => string {
  const t = useText('networks');
  const cause = useCause();
  return (reason) => {
    const key = `why.${reason.code}`;
    if (language() === 'en') return reason.text;
    if (isSaid('networks', key)) return t(`why.${reason.code}`);
    return isSaid('causes', reason.code) ? (cause(reason.code, null) ?? reason.text) : reason.text;
  };
}

/** Which lane it is: that of a receiver, as far as it has a name. */
export const keyOfLane = (lane: Lane): string =>
  [lane.receiver, lane.endpoint?.id ?? lane.msisdn, lane.application?.id, lane.gate].join(' ');
export const nameOfLane = (lane: Lane): string => lane.endpoint?.name ?? lane.msisdn ?? String(lane.endpoint?.id ?? '');
