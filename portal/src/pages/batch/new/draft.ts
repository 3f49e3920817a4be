// What is being made: who gets it, which text, when and how fast; and the call that it becomes.
import type { ManyBody, Recipients } from '@/api/schema';
import { type DeviceFilters, NO_FILTERS, filtersOf, qOf } from '@/parts/deviceFilters';
import type { NoSheet, Sheet } from './sheet';

export type Kind = 'chosen' | 'devices' | 'numbers' | 'file';
export type Draft = {
  kind: Kind;
  chosen: readonly number[];
  filters: DeviceFilters;
  numbers: string;
  sheet: Sheet | NoSheet | null;
  payload: string;
  source: string;
  name: string;
  /** As the input for local times has it; empty: at once. */
  start: string;
  pace: number | null;
  unit: 'second' | 'minute';
};

const EVERYONE = 'search:'; // a search for nothing finds all

/** The devices that were chosen in the list, or its search, may have been handed over. */
export function firstDraft(q: string | null, state: unknown): Draft {
  const chosen = idsOf(state);
  return {
    kind: chosen.length > 0 ? 'chosen' : 'devices',
    chosen, filters: q ? filtersOf(q) : NO_FILTERS,
    numbers: '', sheet: null, payload: '', source: '', name: '', start: '', pace: null, unit: 'minute',
  };
}

function idsOf(state: unknown): number[] {
  if (typeof state !== 'object' || state === null || !('endpoints' in state) || !Array.isArray(state.endpoints)) return [];
  return state.endpoints.filter((id): id is number => typeof id === 'number');
}

/** One in each line, or parted by commas; blanks within a number are its own. */
export const numbersOf = (text: string): string[] => text.split(/[\n,;]+/).map((one) => one.trim()).filter(Boolean);

export function recipientsOf(draft: Draft): Recipients | null {
  if (draft.kind === 'chosen') return draft.chosen.length > 0 ? { endpoints: [...draft.chosen] } : null;
  if (draft.kind === 'devices') return { q: qOf(draft.filters) || EVERYONE };
  if (draft.kind === 'numbers') {
    const msisdns = numbersOf(draft.numbers);
    return msisdns.length > 0 ? { msisdns } : null;
  }
  return draft.sheet !== null && 'rows' in draft.sheet && draft.sheet.rows.length > 0 ? { each: draft.sheet.rows } : null;
}

/** Null: something that it needs is not there yet. */
export function bodyOf(draft: Draft): ManyBody | null {
  const recipients = recipientsOf(draft);
  if (recipients === null || draft.payload.trim() === '') return null;
  const start = draft.start ? new Date(draft.start) : null;
  return {
    payload: draft.payload,
    recipients,
    ...(draft.name.trim() ? { name: draft.name.trim() } : {}),
    ...(draft.source.trim() ? { source_address: draft.source.trim() } : {}),
    ...(start && !Number.isNaN(start.getTime()) ? { not_before: start.toISOString() } : {}),
    ...(draft.pace ? (draft.unit === 'second' ? { per_second: draft.pace } : { per_minute: draft.pace }) : {}),
  };
}

/** From the first to the last, in ms. */
export const lastsMs = (draft: Draft, count: number): number =>
  draft.pace ? (Math.max(0, count - 1) * (draft.unit === 'second' ? 1_000 : 60_000)) / draft.pace : 0;
