// The portal's own files, for tests that read them.
import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../src/', import.meta.url));

export type Source = { path: string; text: string };

export function sources(pattern: RegExp): Source[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf-8' })
    .filter((path) => pattern.test(path))
    .map((path) => ({ path, text: readFileSync(ROOT + path, 'utf-8') }));
}
