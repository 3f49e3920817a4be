// Why an SMS was not taken, in the reader's words.
import { useEffect, useState } from 'react';
import type { Refused } from './api';
import { useLanguage, useText } from './texts';
import { span } from './times';

export function useWhy(refused: Refused | undefined): string {
  const t = useText('console');
  const language = useLanguage();
  const refusal = refused?.body.refusal;
  const [german, setGerman] = useState<string | undefined>();
  useEffect(() => {
    // The portal's own words, fetched when they are needed.
    if (refusal && language === 'de')
      void import('@/texts/de/refusals.json').then((file) => setGerman((file.default as Record<string, string>)[refusal.code]));
  }, [refusal, language]);
  if (refused === undefined) return '';
  if (refused.status === 429) return t('rateUsed', { wait: span(refused.retrySeconds ?? 60, language) });
  if (refusal) return (language === 'de' ? german : undefined) ?? refusal.reason;
  if (refused.status === 0) return t('perhapsSent');
  if (refused.status === 403) return t('notAllowed');
  return t('broken');
}
