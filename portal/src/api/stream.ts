// The stream: one connection for the whole tab, by fetch, so that it can carry the credential. It is resumed
// where it broke off, and rests while nobody looks at the tab.
import { session, renew, subscribe, token } from './session';

export type Described = { id: number; description: string };
export type SmsNews = {
  id: number;
  date: string;
  direction: 'MT' | 'MO' | 'P2P';
  endpoint: { id: number } | null;
  source_address: string;
  dest_address: string;
  status: Described;
  reason: string | null;
  attempts: number;
  segments: number;
  payload?: string | null;
};
export type EventNews = {
  id: number;
  date: string;
  type: string;
  event_type: Described;
  event_source: Described;
  event_severity: Described;
  endpoint: { id: number } | null;
  sms: { id: number } | null;
  detail: string;
};
/** `gap`: something may have been missed, so everything is looked at anew. */
export type News =
  | { kind: 'sms'; news: SmsNews }
  | { kind: 'state'; news: SmsNews }
  | { kind: 'event'; news: EventNews }
  | { kind: 'gap' };
/** `off`: nobody is signed in, or may hear nothing. */
export type Liveness = 'live' | 'connecting' | 'away' | 'off';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;
const SILENCE_MS = 40_000; // the server speaks every 15 s
const HIDDEN_MS = 60_000; // then a tab that nobody sees lets go of its connection
const AWAY_AFTER = 2; // failures in a row

type Piece = { id?: string; event?: string; data: string };

/** Pieces of a stream of server-sent events, as its text comes in. */
export class Reader {
  private rest = '';

  take(text: string): Piece[] {
    this.rest += text.replace(/\r\n?/g, '\n');
    const blocks = this.rest.split('\n\n');
    this.rest = blocks.pop() ?? '';
    return blocks.map(pieceOf);
  }
}

function pieceOf(block: string): Piece {
  const piece: Piece = { data: '' };
  for (const line of block.split('\n')) {
    const at = line.indexOf(':');
    const name = at < 0 ? line : line.slice(0, at);
    const value = at < 0 ? '' : line.slice(at + 1).replace(/^ /, '');
    if (name === 'id') piece.id = value;
    else if (name === 'event') piece.event = value;
    else if (name === 'data') piece.data += (piece.data && '\n') + value;
  }
  return piece;
}

export const waitMs = (failures: number, chance: number): number =>
  Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** Math.min(failures, 5)) * (0.5 + chance / 2);

const handlers = new Set<(news: News) => void>();
const watchers = new Set<() => void>();
let liveness: Liveness = 'off';
let connection: AbortController | null = null;
let timer: ReturnType<typeof setTimeout> | undefined;
let failures = 0;
let lastId = '';

export const isLive = (): Liveness => liveness;

export function watch(watcher: () => void): () => void {
  watchers.add(watcher);
  return () => watchers.delete(watcher);
}

/** From now on, until what is answered is called. */
export function follow(handler: (news: News) => void): () => void {
  handlers.add(handler);
  if (connection === null && timer === undefined) open();
  return () => handlers.delete(handler);
}

function set(now: Liveness): void {
  if (liveness === now) return;
  liveness = now;
  for (const watcher of watchers) watcher();
}

function tell(news: News): void {
  for (const handler of [...handlers]) handler(news);
}

function later(ms: number): void {
  clearTimeout(timer);
  timer = setTimeout(open, ms);
}

function close(): void {
  clearTimeout(timer);
  timer = undefined;
  connection?.abort();
  connection = null;
}

function open(): void {
  close();
  if (session() === null || handlers.size === 0) return set('off');
  const mine = new AbortController();
  connection = mine;
  if (liveness === 'off') set('connecting');
  void listen(mine).then((again) => {
    if (connection !== mine) return;
    connection = null;
    if (!again) return set('off');
    failures += 1;
    if (failures >= AWAY_AFTER) set('away');
    else if (failures > 0) set('connecting');
    later(failures === 0 ? 0 : waitMs(failures - 1, Math.random()));
  });
}

/** Until it ends; false: it makes no sense to come again. */
async function listen(mine: AbortController): Promise<boolean> {
  let silence: ReturnType<typeof setTimeout> | undefined;
  const heard = () => {
    clearTimeout(silence);
    silence = setTimeout(() => mine.abort(), SILENCE_MS);
  };
  try {
    heard();
    const credential = await token();
    if (credential === null) return false;
    const headers: Record<string, string> = { authorization: `Bearer ${credential}` };
    if (lastId) headers['last-event-id'] = lastId;
    const response = await fetch('/api/v1/stream', { headers, signal: mine.signal, cache: 'no-store' });
    if (response.status === 401) return await renew(credential);
    if (response.status === 403) return false;
    if (!response.ok || response.body === null) return true;
    await read(response.body, heard);
    return true;
  } catch {
    return true; // cut off: it is tried again
  } finally {
    clearTimeout(silence);
  }
}

async function read(body: ReadableStream<Uint8Array>, heard: () => void): Promise<void> {
  const reader = new Reader();
  const source = body.getReader();
  const decoder = new TextDecoder();
  for (;;) {
    const { done, value } = await source.read();
    if (done) return;
    heard();
    for (const piece of reader.take(decoder.decode(value, { stream: true }))) take(piece);
  }
}

function take(piece: Piece): void {
  if (piece.id) lastId = piece.id;
  switch (piece.event) {
    case 'ready':
    case 'gap':
    case 'behind':
      failures = 0;
      set('live');
      if (piece.event !== 'ready') tell({ kind: 'gap' });
      return;
    case 'end':
      failures = -1; // it was no failure: come again at once
      return;
    case 'sms':
    case 'state':
      return tell({ kind: piece.event, news: JSON.parse(piece.data) as SmsNews });
    case 'event':
      return tell({ kind: 'event', news: JSON.parse(piece.data) as EventNews });
  }
}

if (typeof window !== 'undefined') {
  let hiding: ReturnType<typeof setTimeout> | undefined;
  document.addEventListener('visibilitychange', () => {
    clearTimeout(hiding);
    if (document.hidden) hiding = setTimeout(close, HIDDEN_MS);
    else if (connection === null && handlers.size > 0) open();
  });
  window.addEventListener('online', () => handlers.size > 0 && open());
  let signedIn = session() !== null;
  subscribe(() => {
    const now = session() !== null;
    if (now === signedIn) return;
    signedIn = now;
    lastId = '';
    failures = 0;
    if (now && handlers.size > 0) open();
    else if (!now) {
      close();
      set('off');
    }
  });
}
