// Whether news arrive by themselves.
import { useLiveness, useNews } from '@/api';
import { useText } from '@/texts';
import classes from './Shell.module.css';

export function Live() {
  const t = useText('shell');
  const live = useLiveness();
  useNews(() => undefined); // the connection is there on every page
  if (live === 'off') return null;
  return (
    <div className={classes.live} role="status" title={t(`liveAbout.${live}`)}>
      <span className={classes.dot} data-live={live} />
      {t(`live.${live}`)}
    </div>
  );
}
