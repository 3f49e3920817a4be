// Texts: English and German, one file per page, fetched with it. No text stands in the code.
import i18next from 'i18next';
import { initReactI18next, useTranslation } from 'react-i18next';

export { LanguageBoundary } from './LanguageBoundary';

export const LANGUAGES = [
  { code: 'en', name: 'English' },
  { code: 'de', name: 'Deutsch' },
] as const;
export type Language = (typeof LANGUAGES)[number]['code'];
/** What every page may need: fetched before the first paint. */
export const ALWAYS = ['shell', 'parts', 'problems'] as const;

const KEY = 'heliograph.language';
const files = import.meta.glob<{ default: Record<string, unknown> }>('./*/*.json');

function preferred(): Language {
  let kept: string | null = null;
  try {
    kept = localStorage.getItem(KEY);
  } catch {
    // Storage is switched off: the browser's language is as good.
  }
  const wanted = kept ?? navigator.language.slice(0, 2);
  return LANGUAGES.find(({ code }) => code === wanted)?.code ?? 'en';
}

export async function startTexts(): Promise<void> {
  await i18next
    .use(initReactI18next)
    .use({
      type: 'backend',
      init: () => undefined,
      read: (code: string, name: string, done: (error: unknown, texts: object | null) => void) => {
        const load = files[`./${code}/${name}.json`];
        if (load === undefined) return done(new Error(`no texts: ${code}/${name}`), null);
        load().then(
          (file) => done(null, file.default),
          (error: unknown) => done(error, null),
        );
      },
    })
    .init({
      lng: preferred(),
      fallbackLng: false,
      ns: [...ALWAYS],
      defaultNS: 'shell',
      interpolation: { escapeValue: false }, // React escapes
      react: { useSuspense: true },
    });
  document.documentElement.lang = language();
  void loadTexts('refusals'); // soon enough for the first one
}

export const loadTexts = (name: string): Promise<void> => i18next.loadNamespaces(name);
export const language = (): Language => (i18next.language === 'de' ? 'de' : 'en');

export function setLanguage(code: Language): void {
  try {
    localStorage.setItem(KEY, code);
  } catch {
    // Then it lasts as long as this tab.
  }
  document.documentElement.lang = code;
  void i18next.changeLanguage(code);
}

export type Say = (key: string, values?: Record<string, unknown>) => string;

/** `const t = useText('devices')`, then `t('title')`, `t('chosen', { count })`. */
export function useText(name: string): Say {
  const { t } = useTranslation(name);
  return (key, values) => t(key, values ?? {});
}

/** Outside of components: `say('problems', 'code.1105')`. */
export const say = (name: string, key: string, values?: Record<string, unknown>): string =>
  i18next.t(key, { ns: name, ...values });
/** Is there such a text? For words that come from the API. */
export const isSaid = (name: string, key: string): boolean => i18next.exists(key, { ns: name });
