// Copies a text, and says that it did.
import { ActionIcon, Tooltip } from '@mantine/core';
import { IconCheck, IconCopy } from '@tabler/icons-react';
import { useEffect, useState } from 'react';
import { useText } from '@/texts';

const SHOWN_MS = 1_500;

export function Copy({ text, label }: { text: string; label?: string }) {
  const t = useText('parts');
  const [done, setDone] = useState(false);
  useEffect(() => {
    if (!done) return;
    const timer = setTimeout(() => setDone(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [done]);
  const said = done ? t('copied') : (label ?? t('copy'));
  const Icon = done ? IconCheck : IconCopy;
  return (
    <Tooltip label={said}>
      <ActionIcon size="sm" aria-label={said} onClick={() => void copyText(text).then(setDone)}>
        <Icon size={14} stroke={1.5} />
      </ActionIcon>
    </Tooltip>
  );
}

/** The clipboard is there over https and on this machine; elsewhere a selection does it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const area = Object.assign(document.createElement('textarea'), { value: text });
    area.style.position = 'fixed';
    document.body.append(area);
    area.select();
    const done = document.execCommand('copy');
    area.remove();
    return done;
  }
}
