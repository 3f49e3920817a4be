import { useSyncExternalStore } from 'react';
import { type Session, session, subscribe } from './session';
import { type Liveness, isLive, watch } from './stream';

export const useSession = (): Session | null => useSyncExternalStore(subscribe, session);
export const useLiveness = (): Liveness => useSyncExternalStore(watch, isLive);
