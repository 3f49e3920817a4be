// What is changed and not saved: tried on last week's SMS, saved, or thrown away.
import { Button } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useState } from 'react';
import { ErrorNote, notifyProblem, notifyUndo } from '@/parts';
import { asProblem } from '@/api';
import { useText } from '@/texts';
import { WhatIf } from './WhatIf';
import { usePolicy } from './editing';
import classes from './Policy.module.css';

export function DraftBar() {
  const t = useText('policy');
  const { changes, may, saving, problem, save, discard, profile } = usePolicy();
  const [trying, setTrying] = useState(false);
  const count = Object.keys(changes).length;
  const doSave = async () => {
    const undo = await save();
    setTrying(false);
    if (undo !== null) notifyUndo(t('bar.saved', { name: profile.name }), () => void undo().catch((thrown: unknown) => notifyProblem(asProblem(thrown))));
  };
  useHotkeys([['mod+S', () => void (may && count > 0 && doSave())]], []);
  if (!may || (count === 0 && !saving)) return null;
  return (
    <section className={classes.bar} aria-label={t('bar.label')}>
      {problem && (
        <div className={classes.wrong}>
          <ErrorNote problem={problem} />
        </div>
      )}
      <span className={classes.what} role="status">
        {t('bar.changes', { count })}
      </span>
      <Button variant="subtle" color="gray" onClick={discard}>
        {t('bar.discard')}
      </Button>
      <Button variant="default" onClick={() => setTrying(true)}>
        {t('bar.try')}
      </Button>
      <Button loading={saving} onClick={() => void doSave()}>
        {t('bar.save')}
      </Button>
      <WhatIf opened={trying} onClose={() => setTrying(false)} onSave={() => void doSave()} />
    </section>
  );
}
