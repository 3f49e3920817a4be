// How long the text is: characters left, segments, the encoding, and which character forced it.
import { Tooltip, UnstyledButton } from '@mantine/core';
import { formatNumber } from '@/parts';
import { useText } from '@/texts';
import classes from './Composer.module.css';
import type { Checked } from './useDraft';

const ENCODINGS = { gsm7: 'GSM 7-bit', ucs2: 'UCS-2', octets: '8-bit' } as const;
const NAMELESS = /^[\s\p{C}]$/u; // would not be seen

/** `show`: selects the character that forced the encoding. */
export function Counter({ check, show }: { check: Checked; show: (index: number) => void }) {
  const t = useText('device');
  const { fit, wrong } = check;
  const forced = fit.forcedBy;
  const isHex = wrong === 'hex';
  const inOctets = fit.encoding === 'octets';
  if (isHex || wrong === 'udh')
    return (
      <span className={classes.counter} data-bad role="status">
        {t(isHex ? 'count.badHex' : 'count.badUdh')}
      </span>
    );
  if (fit.characters === 0) return null;
  return (
    <span className={classes.counter} data-bad={wrong === 'long' || undefined}>
      <span>{ENCODINGS[fit.encoding]}</span>
      {forced && (
        <Tooltip label={t('count.showForced')}>
          <UnstyledButton className={classes.forced} onClick={() => show(forced.index)}>
            {t('count.forced', { character: visible(forced.character) })}
          </UnstyledButton>
        </Tooltip>
      )}
      {wrong === 'long' ? (
        <span>{t('count.tooLong')}</span>
      ) : (
        <>
          <span>{t(inOctets ? 'count.octets' : 'count.characters', { count: fit.characters })}</span>
          <span>{t('count.left', { left: formatNumber(fit.left) })}</span>
          <strong>{t('count.segments', { count: fit.segments })}</strong>
        </>
      )}
    </span>
  );
}

const visible = (character: string): string =>
  NAMELESS.test(character) ? `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}` : character;
