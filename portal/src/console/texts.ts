// The console's texts, in one of two languages: fetched alone, without the portal's.
import { createContext, useContext } from 'react';

export type Language = 'en' | 'de';
export type Say = (key: string, values?: Record<string, string | number>) => string;
type Texts = { [key: string]: string | Texts };

const KEY = 'heliograph.language'; // the portal's, too
const files = import.meta.glob<{ default: Texts }>('../texts/*/console.json');

export function preferred(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // Storage is switched off: the browser's language is as good.
  }
  return (kept ?? navigator.language).startsWith('de') ? 'de' : 'en';
}

export function keepLanguage(code: Language): void {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // Then it lasts as long as this tab.
  }
}

function flat(texts: Texts, before = ''): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') found[before + key] = value;
    else Object.assign(found, flat(value, `${before}${key}.`));
  }
  return found;
}

/** `name_one` and `name_other` by the `count` among the values; `{{hole}}` is filled in. */
export async function loadSay(code: Language): Promise<Say> {
  const texts = flat((await files[`../texts/${code}/console.json`]?.())?.default ?? {});
  const plural = new Intl.PluralRules(code);
  return (key, values = {}) => {
    const count = values['count'];
    const text = (typeof count === 'number' ? texts[`${key}_${plural.select(count)}`] : undefined) ?? texts[key] ?? key;
    return text.replace(/\{\{(\w+)\}\}/g, (_, hole: string) => String(values[hole] ?? ''));
  };
}

export const Words = createContext<{ language: Language; say: Say }>({ language: 'en', say: (key) => key });
/** Of one file alone: the name is for the test that looks for texts. */
export const useText = (_: 'console'): Say => useContext(Words).say;
export const useLanguage = (): Language => useContext(Words).language;
