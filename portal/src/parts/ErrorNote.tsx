// Something could not be done: what, why, and what to do. `retry` offers another try.
import { Button } from '@mantine/core';
import { IconAlertCircle } from '@tabler/icons-react';
import type { Problem } from '@/api/problem';
import { useText } from '@/texts';
import classes from './ErrorNote.module.css';
import { errorText } from './errorText';

export function ErrorNote({ problem, retry }: { problem: Problem | null | undefined; retry?: () => void }) {
  const t = useText('parts');
  if (!problem) return null;
  return (
    <div className={classes.note} role="alert">
      <IconAlertCircle size={16} stroke={1.5} aria-hidden />
      <span className={classes.text}>{errorText(problem)}</span>
      {retry && (
        <Button variant="default" size="compact-xs" onClick={retry}>
          {t('tryAgain')}
        </Button>
      )}
    </div>
  );
}
