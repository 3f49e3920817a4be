// Times in the reader's language and zone.
import type { Language } from './texts';

/** `2022-08-04T01:45:24.000+0000`, as the API writes it. */
export const readTime = (text: string): number => Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));

/** The hour alone today, else with the day. */
/** As the browser writes it, where it speaks the language: 14:30 or 2:30 PM. */
const placeOf = (language: Language): string => (navigator.language.startsWith(language) ? navigator.language : language);

export function shortTime(at: number, language: Language): string {
  const today = new Date(at).toDateString() === new Date().toDateString();
  const day: Intl.DateTimeFormatOptions = today ? {} : { day: 'numeric', month: 'short' };
  return new Intl.DateTimeFormat(placeOf(language), { ...day, hour: '2-digit', minute: '2-digit' }).format(at);
}

export const fullTime = (at: number, language: Language): string => {
  const here = new Intl.DateTimeFormat(placeOf(language), { dateStyle: 'medium', timeStyle: 'medium' }).format(at);
  return `${here}\n${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
};

/** `40 seconds`, `2 minutes` */
export function span(seconds: number, language: Language): string {
  const [unit, size] = seconds < 90 ? (['second', 1] as const) : (['minute', 60] as const);
  return new Intl.NumberFormat(language, { style: 'unit', unit, unitDisplay: 'long' }).format(Math.max(1, Math.ceil(seconds / size)));
}
