// Why an SMS waits or failed, in the reader's words: of the code that its last try came to.
import { isSaid, useText } from '@/texts';

/** `cause(sms.gsm_map_error, sms.reason)`; null: there is nothing to say. */
export function useCause(): (code: string | null, reason: string | null) => string | null {
  const t = useText('causes');
  return (code, reason) => (code !== null && isSaid('causes', code) ? t(`${code}`) : reason);
}
