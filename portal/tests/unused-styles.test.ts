import { expect, it } from 'vitest';
import { without } from '../unused-styles';

const isNamed = (name: string) => name === 'm_a1';

it('leaves out the styles of what is not used, and nothing else', () => {
  const css =
    '@charset "utf-8";:root{--a:1}.m_a1{color:red}.m_b2{color:blue}.m_b2 .m_a1,.m_c3{top:0}a:hover{top:1px}' +
    '@media (min-width:1px){.m_b2{left:0}.m_a1{left:1px}}@media print{.m_b2{top:0}}@keyframes m_b2{0%{top:0}to{top:1px}}';
  expect(without(css, isNamed)).toBe(
    '@charset "utf-8";:root{--a:1}.m_a1{color:red}.m_b2 .m_a1,.m_c3{top:0}a:hover{top:1px}' +
      '@media (min-width:1px){.m_a1{left:1px}}@keyframes m_b2{0%{top:0}to{top:1px}}',
  );
});
