// Why an SMS waits or ended, in the reader's words.
import { isSaid, say, useText } from '@/texts';

const OVER = 'validity';

/** `cause(sms.gsm_map_error, sms.reason)`: what its last try came to, and why it ended; null: nothing to say. */
export function useCause(): (code: string | null, reason: string | null) => string | null {
  const t = useText('causes');
  const words = (code: string): string =>
    isSaid('causes', code) ? t(`${code}`) : isSaid('refusals', code) ? say('refusals', `${code}`) : code;
  return (code, reason) => {
    if (reason === null) return code === null ? null : words(code);
    return reason === OVER && code !== null ? `${words(OVER)} ${words(code)}` : words(reason);
  };
}
