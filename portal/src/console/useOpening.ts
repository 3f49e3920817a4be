// One try to open, and in words why it did not.
import { useState } from 'react';
import { Refused } from './api';
import { useLanguage, useText } from './texts';
import { span } from './times';

export function useOpening(wrong: string) {
  const t = useText('console');
  const language = useLanguage();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState('');
  const run = async (open: () => Promise<void>): Promise<boolean> => {
    setBusy(true);
    setProblem('');
    try {
      await open();
      return true;
    } catch (thrown) {
      const refused = thrown instanceof Refused ? thrown : new Refused(0);
      if (refused.status === 429) setProblem(t('locked', { wait: span(refused.retrySeconds ?? 30, language) }));
      else if (refused.status === 401 || refused.status === 422) setProblem(wrong);
      else setProblem(t('awayAbout'));
      setBusy(false);
      return false;
    }
  };
  return { busy, problem, run };
}
