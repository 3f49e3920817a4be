// Texts: both languages have the same, each is used, and none that is used is missing.
import { describe, expect, it } from 'vitest';
import { type Source, sources } from './sources';

type Texts = { [key: string]: string | Texts };

const PLURAL = /_(zero|one|two|few|many|other)$/;
const code = sources(/\.tsx?$/).filter(({ path }) => !path.startsWith('texts/'));
const files = sources(/^texts\/.*\.json$/);
const names = [...new Set(files.map(({ path }) => path.replace(/^texts\/\w+\//, '').replace('.json', '')))];

function flat(texts: Texts, before = ''): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(texts)) {
    if (typeof value === 'string') found.set(before + key, value);
    else for (const [inner, text] of flat(value, `${before}${key}.`)) found.set(inner, text);
  }
  return found;
}

const textsOf = (language: string, name: string) => {
  const file = files.find(({ path }) => path === `texts/${language}/${name}.json`);
  return file === undefined ? null : flat(JSON.parse(file.text) as Texts);
};
const keysOf = (name: string) => new Set([...(textsOf('en', name)?.keys() ?? [])].map((key) => key.replace(PLURAL, '')));

/** Keys that a file uses, by namespace; one that ends in `*` stands for all that begin so. */
function used({ text }: Source): [name: string, key: string][] {
  const found: [string, string][] = [];
  const calls = [...text.matchAll(/(?:const|let) (\w+) = useText\(\s*'(\w+)'/g)];
  for (const [, caller, name] of calls) {
    const key = new RegExp(`\\b${caller}\\(\\s*(?:'([^']+)'|\`([^\`$]*)(\\$\\{)?)`, 'g');
    for (const [, plain, start, open] of text.matchAll(key)) found.push([name ?? '', plain ?? `${start}${open ? '*' : ''}`]);
    // A choice between two: t(a ? 'one' : 'two')
    for (const [, one, two] of text.matchAll(new RegExp(`\\b${caller}\\([^'"()]+\\? '([\\w.]+)' : '([\\w.]+)'`, 'g')))
      found.push([name ?? '', one ?? ''], [name ?? '', two ?? '']);
  }
  for (const [, name, rest] of text.matchAll(/\bsay\(\s*(?:'(\w+)'|NAME),\s*(.*)/g)) {
    const space = name ?? /const NAME = '(\w+)'/.exec(text)?.[1] ?? '';
    for (const [, key] of (rest ?? '').matchAll(/'([\w.]+)'/g)) found.push([space, key ?? '']);
    for (const [, start] of (rest ?? '').matchAll(/`([\w.]*)\$\{/g)) found.push([space, `${start}*`]);
  }
  // Keys that are put together first: const key = `refusal.${code}`
  for (const [, start] of text.matchAll(/const key = `([\w.]+\.)\$\{/g))
    for (const [, name] of text.matchAll(/const NAME = '(\w+)'/g)) found.push([name ?? '', `${start}*`]);
  return found;
}

const uses = code.flatMap((source) => used(source).map(([name, key]) => ({ path: source.path, name, key })));
const covers = (key: string, wanted: string) => (wanted.endsWith('*') ? key.startsWith(wanted.slice(0, -1)) : key === wanted);

describe.each(names)('texts of %s', (name) => {
  it('are the same in both languages', () => {
    const [en, de] = [textsOf('en', name), textsOf('de', name)];
    expect([...(de?.keys() ?? [])].sort()).toEqual([...(en?.keys() ?? [])].sort());
  });
  it('have the same values to fill in, and none is empty', () => {
    const [en, de] = [textsOf('en', name), textsOf('de', name)];
    const holes = (text = '') => [...text.matchAll(/\{\{(\w+)/g)].map(([, hole]) => hole).sort();
    for (const [key, text] of en ?? []) {
      expect(text, key).not.toBe('');
      expect(holes(de?.get(key)), key).toEqual(holes(text));
    }
  });
  it('are all used', () => {
    const wanted = uses.filter((use) => use.name === name).map(({ key }) => key);
    expect([...keysOf(name)].filter((key) => !wanted.some((one) => covers(key, one)))).toEqual([]);
  });
});

it('no text is missing', () => {
  expect(uses.length).toBeGreaterThan(20);
  const missing = uses.filter(({ name, key }) => ![...keysOf(name)].some((known) => covers(known, key)));
  expect(missing).toEqual([]);
});

it('no text stands in the code', () => {
  const found = code
    .filter(({ path }) => path.endsWith('.tsx'))
    .flatMap(({ path, text }) =>
      [...text.matchAll(/(?:>\s*|\b(?:label|title|placeholder|aria-label|description)=")([A-Z][a-zäöü]+(?: [\wäöüß]+)+)[^<>"=]*[<"]/g)].map(
        ([, words]) => `${path}: ${words}`,
      ),
    );
  expect(found).toEqual([]);
});
