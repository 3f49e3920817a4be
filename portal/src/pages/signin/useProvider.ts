// The way back from a provider of logins: its code becomes a login here, once.
import { useEffect, useState } from 'react';
import { type Problem, asProblem } from '@/api';
import { forgetArrival, useArrival } from '@/api/arrival';
import { signInByProvider } from '@/api/session';

const ERRORS = ['oidc_denied', 'oidc_expired', 'oidc_unreachable', 'oidc_invalid', 'oidc_not_allowed'];
const OVER = [1102, 1103];

type Refused = { error?: string; problem?: Problem };

/** `error`: a word of ours for what the provider said, or for a code that is no good any more. */
export function useProvider(onCode: (mfaToken: string) => void): Refused {
  const arrived = useArrival();
  const code = arrived?.code;
  const [refused, setRefused] = useState<Refused>({});
  useEffect(() => {
    if (code === undefined) return;
    signInByProvider(code)
      .then(({ mfaToken }) => mfaToken && onCode(mfaToken))
      .catch((thrown: unknown) => {
        const problem = asProblem(thrown);
        setRefused(problem.status === 401 && OVER.includes(problem.code) ? { error: 'oidc_expired' } : { problem });
      })
      .finally(forgetArrival);
  }, [code, onCode]);
  if (arrived?.error === undefined) return refused;
  return { error: ERRORS.includes(arrived.error) ? arrived.error : 'oidc_invalid' };
}
