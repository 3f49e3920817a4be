// A CSV file of recipients: a number or an endpoint in each row, and what else it has fills in the text.
import type { To } from '@/api/schema';

export type Sheet = { name: string; columns: string[]; who: Who; rows: To[]; bad: number[]; variables: string[] };
type Who = { column: string; kind: 'msisdn' | 'endpoint' };
export type NoSheet = { name: string; wrong: 'empty' | 'who' };

const NUMBERS = ['msisdn', 'number', 'phone', 'telephone', 'mobile', 'nummer', 'telefon'];
const ENDPOINTS = ['endpoint', 'endpoint_id', 'device_id', 'id'];
const WORD = /[^\p{L}\p{N}_]+/gu; // what a variable's name may not have

export function sheetOf(name: string, text: string): Sheet | NoSheet {
  const [head, ...lines] = tableOf(text.replace(/^\uFEFF/, ''));
  if (head === undefined || lines.length === 0) return { name, wrong: 'empty' };
  const columns = head.map((title) => title.trim());
  const who = whoOf(columns);
  if (who === undefined) return { name, wrong: 'who' };
  const variables = columns.map((title) => (title === who.column ? '' : title.replace(WORD, '_')));
  const at = columns.indexOf(who.column);
  const rows: To[] = [];
  const bad: number[] = [];
  lines.forEach((line, index) => {
    const value = (line[at] ?? '').trim();
    if (!value || (who.kind === 'endpoint' && !/^\d+$/.test(value))) return bad.push(index + 2);
    const given = Object.fromEntries(variables.flatMap((title, n) => (title ? [[title, (line[n] ?? '').trim()]] : [])));
    rows.push({ ...(who.kind === 'endpoint' ? { endpoint: Number(value) } : { msisdn: value }), variables: given });
  });
  return { name, columns, who, rows, bad, variables: variables.filter(Boolean) };
}

function whoOf(columns: readonly string[]): Who | undefined {
  const find = (names: readonly string[]) => columns.find((title) => names.includes(title.toLowerCase()));
  // An export of devices has both: the device's id is the surer one.
  const [endpoint, number] = [find(ENDPOINTS), find(NUMBERS)];
  if (endpoint !== undefined) return { column: endpoint, kind: 'endpoint' };
  return number === undefined ? undefined : { column: number, kind: 'msisdn' };
}

/** RFC 4180, with commas, semicolons or tabs, whichever the first line has most of. Empty lines are passed over. */
export function tableOf(text: string): string[][] {
  const first = text.split('\n', 1)[0] ?? '';
  const sign = [',', ';', '\t'].reduce((best, one) => (first.split(one).length > first.split(best).length ? one : best));
  const rows: string[][] = [];
  let [row, cell, quoted] = [[] as string[], '', false];
  const end = () => {
    if (row.length > 0 || cell) rows.push([...row, cell]);
    [row, cell] = [[], ''];
  };
  for (let at = 0; at < text.length; at += 1) {
    const one = text[at];
    if (quoted) {
      if (one !== '"') cell += one;
      else if (text[at + 1] === '"') [cell, at] = [`${cell}"`, at + 1];
      else quoted = false;
    } else if (one === '"' && cell === '') quoted = true;
    else if (one === sign) [row, cell] = [[...row, cell], ''];
    else if (one === '\n') end();
    else if (one !== '\r') cell += one;
  }
  end();
  return rows;
}
