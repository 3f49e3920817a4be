// Times and numbers in the reader's language and zone.
import { language } from '@/texts';

const UNITS: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['year', 31_536_000], ['month', 2_592_000], ['day', 86_400], ['hour', 3_600], ['minute', 60], ['second', 1],
];

/** Making one is slow, and tables have hundreds of times: each is made once. */
function kept<F>(make: (code: string, options: object) => F): (options?: object) => F {
  const made = new Map<string, F>();
  return (options = {}) => {
    const key = `${language()} ${JSON.stringify(options)}`;
    const found = made.get(key) ?? make(language(), options);
    made.set(key, found);
    return found;
  };
}
const dates = kept((code, options) => new Intl.DateTimeFormat(code, options));
const numbers = kept((code, options) => new Intl.NumberFormat(code, options));
const spans = kept((code, options) => new Intl.RelativeTimeFormat(code, options));

/** `2022-08-04T01:45:24.000+0000`, as the API writes it. */
export const readTime = (text: string): number => Date.parse(text.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));

export function relative(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = UNITS.find(([, least]) => Math.abs(seconds) >= least) ?? ['second', 1];
  const words = spans({ numeric: 'auto', style: 'short' });
  return words.format(Math.trunc(seconds / size), unit);
}

export const absolute = (at: number, options: Intl.DateTimeFormatOptions = { dateStyle: 'medium', timeStyle: 'medium' }): string =>
  dates(options).format(at);

/** For whoever compares it with a log. */
export const utc = (at: number): string => `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;

export const formatNumber = (value: number, options?: Intl.NumberFormatOptions): string =>
  numbers(options).format(value);
export const formatPercent = (share: number): string =>
  formatNumber(share, { style: 'percent', maximumFractionDigits: 1 });

/** `1.2 s`, `3 min`, `2 h` */
export function formatDuration(ms: number): string {
  const [unit, size] =
    ms < 1_000 ? (['millisecond', 1] as const)
    : ms < 120_000 ? (['second', 1_000] as const)
    : ms < 7_200_000 ? (['minute', 60_000] as const)
    : ms < 172_800_000 ? (['hour', 3_600_000] as const)
    : (['day', 86_400_000] as const);
  const digits = unit === 'second' && ms < 10_000 ? 1 : 0;
  return formatNumber(ms / size, { style: 'unit', unit, unitDisplay: 'short', maximumFractionDigits: digits });
}
