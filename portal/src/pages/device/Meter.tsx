// How much of a limit is used.
import { Progress } from '@mantine/core';
import { formatNumber } from '@/parts';
import { useText } from '@/texts';
import classes from './Device.module.css';
import type { Limit } from './limits';

const NEAR = 0.8;

export function Meter({ limit: { key, used, most } }: { limit: Limit }) {
  const t = useText('device');
  const share = most === 0 ? 1 : used / most;
  const label = t(`limit.${key}`);
  const said = t('limit.of', { used: formatNumber(used), most: formatNumber(most) });
  const tone = share >= 1 ? 'bad' : share >= NEAR ? 'wait' : 'good';
  return (
    <div className={classes.meter}>
      <span>{label}</span>
      <span className="numbers">{said}</span>
      <Progress.Root size={6}>
        <Progress.Section
          value={Math.min(100, share * 100)}
          color={`var(--tone-${tone})`}
          withAria={false}
          role="progressbar"
          aria-label={label}
          aria-valuemin={0}
          aria-valuenow={used}
          aria-valuemax={most}
          aria-valuetext={said}
        />
      </Progress.Root>
    </div>
  );
}
