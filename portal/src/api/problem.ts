// What the API said when it said no, as an error that pages can show.
import type { ErrorBody } from './schema';

export type Refusal = { code: string; reason: string; rule: string | null };

/** `status` 0: no answer came at all. */
export class Problem extends Error {
  readonly status: number;
  readonly code: number;
  readonly parts: readonly ErrorBody[];
  readonly refusal: Refusal | undefined;
  readonly retrySeconds: number | undefined;

  constructor(status: number, body: Partial<ErrorBody>, retrySeconds?: number) {
    super(body.message ?? '');
    this.name = 'Problem';
    this.status = status;
    this.code = body.error_code ?? 0;
    this.parts = body.errors ?? [];
    this.refusal = body.refusal;
    this.retrySeconds = retrySeconds;
  }
}

export function problemOf(response: Response, body: unknown): Problem {
  const seconds = Number(response.headers.get('retry-after') ?? Number.NaN);
  const known = typeof body === 'object' && body !== null ? (body as Partial<ErrorBody>) : {};
  return new Problem(response.status, known, Number.isFinite(seconds) ? seconds : undefined);
}

/** Whatever was thrown, as a problem. Nothing thrown by our own code is hidden: it stays the cause. */
export function asProblem(thrown: unknown): Problem {
  if (thrown instanceof Problem) return thrown;
  const problem = new Problem(0, { message: thrown instanceof Error ? thrown.message : String(thrown) });
  problem.cause = thrown;
  return problem;
}

// The API's own form: `Sms - payload is required`, `Sms - udh: has a bad length`.
const FIELD = /^.+? - ([\w.[\]]+)(?: is required$|: (.*)$)/s;

/** What is wrong with which field: `{ payload: 'is required' }`. */
export function fieldErrors(problem: Problem | null | undefined): Record<string, string> {
  const found: Record<string, string> = {};
  for (const part of problem?.parts ?? []) {
    const match = FIELD.exec(part.message);
    if (match?.[1]) found[match[1]] ??= match[2] ?? '';
  }
  return found;
}
