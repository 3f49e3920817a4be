// What virtual devices are like.
import { useGet } from '@/api';
import type { Tone } from '@/parts';

const TONES: Record<string, Tone> = { attached: 'good', asleep: 'info', out_of_coverage: 'wait', full: 'wait', faulty: 'bad' };
const STALE_MS = 600_000; // they change with a release

export const toneOfDevice = (state: string): Tone => TONES[state] ?? 'off';
export const useProfiles = () => useGet('/v1/simulator/profile', {}, { staleMs: STALE_MS });
