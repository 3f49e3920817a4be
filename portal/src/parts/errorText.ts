// What a problem means, in the reader's language, and what to do about it.
import type { Problem } from '@/api/problem';
import { isSaid, language, say } from '@/texts';

const NAME = 'problems';

export function errorText(problem: Problem): string {
  const refusal = problem.refusal;
  if (refusal) {
    // The API's own reason is in English, and often sharper than the general one.
    if (language() === 'en' || !isSaid('refusals', refusal.code)) return refusal.reason;
    return say('refusals', `${refusal.code}`);
  }
  if (problem.status === 0) return say(NAME, problem.cause instanceof TypeError ? 'noAnswer' : 'broken');
  if (problem.code === 1105) return say(NAME, 'tooMany', { count: Math.max(1, problem.retrySeconds ?? 1) });
  if (problem.parts.length > 0) return problem.parts.map((part) => part.message).join(' ');
  const key = `code.${problem.code}`;
  if (isSaid(NAME, key)) return say(NAME, key);
  return problem.message || say(NAME, 'unknown', { status: problem.status });
}

/** For the field that it belongs to; an empty detail means that it is missing. */
export const fieldText = (detail: string | undefined): string | undefined =>
  detail === undefined ? undefined : detail || say(NAME, 'required');
