// Leaves out of the built CSS what no built script names: Mantine brings the styles of all its components, and
// each class of it (`m_1a2b3c4d`) stands in the script of its component.
import { createHash } from 'node:crypto';
import type { Plugin } from 'vite';

const CLASS = /\.(m_[0-9a-f]+)/g;

/** `a{…}b{…}` and at-rules, one by one. */
function* blocks(css: string): Generator<string> {
  let start = 0;
  let depth = 0;
  for (let at = 0; at < css.length; at += 1) {
    const sign = css[at];
    if (sign === '{') depth += 1;
    else if (sign === '}') depth -= 1;
    else if (sign !== ';' || depth > 0) continue;
    if (depth === 0) {
      yield css.slice(start, at + 1);
      start = at + 1;
    }
  }
  yield css.slice(start);
}

export function without(css: string, isNamed: (name: string) => boolean): string {
  let kept = '';
  for (const block of blocks(css)) {
    const open = block.indexOf('{');
    const head = block.slice(0, open);
    if (/^\s*@(media|supports|layer|container)/.test(head)) {
      const inner = without(block.slice(open + 1, -1), isNamed);
      if (inner.trim()) kept += `${block.slice(0, open + 1)}${inner}}`;
    } else {
      const names = [...head.matchAll(CLASS)].map(([, name]) => name ?? '');
      if (names.length === 0 || names.some(isNamed)) kept += block;
    }
  }
  return kept;
}

export function unusedStyles(): Plugin {
  return {
    name: 'unused-styles',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      const outputs = Object.values(bundle);
      const scripts = outputs.map((one) => (one.type === 'chunk' ? one.code : '')).join('');
      for (const one of outputs) {
        if (one.type !== 'asset' || !one.fileName.endsWith('.css')) continue;
        const before = String(one.source);
        const after = without(before, (name) => scripts.includes(name));
        if (after === before) continue;
        // Browsers keep it for ever, so its name has to tell of what is left. Pages name it, and so do scripts
        // that fetch it along with a page: Vite writes those names later, from what each chunk says it imports.
        const old = one.fileName;
        if (scripts.includes(old)) this.error(`${old} is named by a script`);
        const name = old.replace(/-[^-]+\.css$/, `-${createHash('sha256').update(after).digest('hex').slice(0, 8)}.css`);
        delete bundle[old];
        this.emitFile({ type: 'asset', fileName: name, source: after });
        for (const page of outputs) {
          const styles = page.type === 'chunk' ? page.viteMetadata?.importedCss : undefined;
          if (styles?.delete(old)) styles.add(name);
          if (page.type === 'asset' && page.fileName.endsWith('.html')) page.source = String(page.source).replaceAll(old, name);
        }
      }
    },
  };
}
