// A policy that is being changed: what is saved, what is not yet, and who may.
import { useQueryClient } from '@tanstack/react-query';
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from 'react';
import { type Problem, asProblem, refresh, useMay } from '@/api';
import type { ProfileShown, Rules } from '@/api/schema';
import { type Changes, type Content, type Key, contentOf, errorsOf, keptOf } from './content';
import { savePolicy } from './save';

export type Editing = {
  profile: ProfileShown;
  saved: Content;
  content: Content;
  changes: Changes;
  may: boolean;
  saving: boolean;
  problem: Problem | null;
  errors: Record<string, string>;
  change: (changes: Changes) => void;
  discard: () => void;
  /** Answers what undoes it, or null when it failed. */
  save: () => Promise<(() => Promise<void>) | null>;
  has: (key: Key) => boolean;
};

const TOUCHED = ['/v1/service_profile', '/v1/endpoint'];
/** Drafts stay while somebody looks at other pages. */
const drafts = new Map<number, Changes>();

export const PolicyContext = createContext<Editing | null>(null);

export function usePolicy(): Editing {
  const found = useContext(PolicyContext);
  if (found === null) throw new Error('outside of a policy');
  return found;
}

export function useEditing(profile: ProfileShown, rules: Rules): Editing {
  const queries = useQueryClient();
  const may = useMay('policy:write');
  const saved = useMemo(() => contentOf(profile, rules), [profile, rules]);
  const [given, setGiven] = useState<Changes>(() => drafts.get(profile.id) ?? {});
  const [saving, setSaving] = useState(false);
  const [problem, setProblem] = useState<Problem | null>(null);
  const changes = useMemo(() => keptOf(saved, given), [saved, given]);
  const content = useMemo(() => ({ ...saved, ...changes }), [saved, changes]);
  useEffect(() => {
    drafts.set(profile.id, changes);
  }, [profile.id, changes]);
  useUnsaved(Object.keys(changes).length > 0);
  const change = useCallback((more: Changes) => {
    setProblem(null);
    setGiven((now) => ({ ...now, ...more }));
  }, []);
  const discard = useCallback(() => {
    setProblem(null);
    setGiven({});
  }, []);
  const save = async () => {
    const before: Changes = Object.fromEntries(Object.keys(changes).map((key) => [key, saved[key as Key]]));
    setSaving(true);
    setProblem(null);
    try {
      await savePolicy(profile.id, saved, content, changes);
      await refresh(queries, TOUCHED);
      setGiven({});
      return async () => {
        await savePolicy(profile.id, content, { ...content, ...before }, before);
        await refresh(queries, TOUCHED);
      };
    } catch (thrown) {
      setProblem(asProblem(thrown));
      await refresh(queries, TOUCHED); // some of it may be saved
      return null;
    } finally {
      setSaving(false);
    }
  };
  const has = (key: Key) => key in changes;
  return { profile, saved, content, changes, may, saving, problem, errors: errorsOf(problem), change, discard, save, has };
}

/** The browser asks before the page is closed. */
function useUnsaved(unsaved: boolean) {
  useEffect(() => {
    if (!unsaved) return;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [unsaved]);
}
