// What was said, oldest first; it stays at its end unless somebody reads further up.
import { useEffect, useRef } from 'react';
import type { ConsoleSms } from '@/api/schema';
import { SmsBubble, UnsentBubble } from './Bubble';
import { useText } from './texts';
import type { Unsent } from './useSending';

const NEAR_PX = 80;

type Props = {
  sms: readonly ConsoleSms[] | null;
  unsent: readonly Unsent[];
  onAgain: (one: Unsent) => void;
  onDrop: (key: number) => void;
};

export function Log({ sms, unsent, onAgain, onDrop }: Props) {
  const t = useText('console');
  const box = useRef<HTMLDivElement>(null);
  const atEnd = useRef(true);
  useEffect(() => {
    if (atEnd.current) box.current?.scrollTo({ top: box.current.scrollHeight });
  });
  const watch = () => {
    const now = box.current;
    if (now) atEnd.current = now.scrollHeight - now.scrollTop - now.clientHeight < NEAR_PX;
  };
  const isEmpty = sms !== null && sms.length === 0 && unsent.length === 0;
  return (
    <div ref={box} className="log" role="log" aria-label={t('conversation')} aria-busy={sms === null} tabIndex={0} onScroll={watch}>
      {isEmpty && <p className="empty">{t('empty')}</p>}
      {sms && [...sms].reverse().map((one) => <SmsBubble key={one.id} sms={one} />)}
      {unsent.map((one) => (
        <UnsentBubble key={`u${one.key}`} one={one} onAgain={() => onAgain(one)} onDrop={() => onDrop(one.key)} />
      ))}
    </div>
  );
}
