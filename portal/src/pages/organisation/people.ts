// Words for people: their states and roles.
import type { Answer, Row } from '@/api';
import type { Tone } from '@/parts';

export type Person = Row<Answer<'get', '/v1/user'>>;

export const [PENDING, ACTIVE, SUSPENDED] = [0, 1, 2];
export const [ADMINISTRATOR, USER, OBSERVER] = [1, 2, 3];
export const TONES: Record<number, Tone> = { [PENDING]: 'wait', [ACTIVE]: 'good', [SUSPENDED]: 'bad' };
/** The strongest one counts. */
export const roleOf = (person: Person): number => Math.min(OBSERVER, ...person.roles.map(({ id }) => id));
export const hasFactor = (person: Person): boolean => person.mfa.some((key) => key.status.id === ACTIVE);
