// Changes of many devices at once, and the way back from them.
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { type Body, asProblem, call, refresh } from '@/api';
import { confirm, formatNumber, notifyDone, notifyProblem, notifyUndo } from '@/parts';
import { useText } from '@/texts';
import type { Chosen } from './chosen';
import { type Device, tagsOf } from './columns';

export type Wish = Pick<Body<'patch', '/v1/endpoint'>, 'status' | 'service_profile' | 'add_tags' | 'remove_tags'>;
type Back = Wish & { endpoints: number[] };

/** What has to be asked for to have each as it was: one call for those that were alike. */
export function wayBack(devices: readonly Device[], wish: Wish): Back[] {
  const groups = new Map<string, Back>();
  for (const device of devices) {
    const back = backOf(device, wish);
    const key = JSON.stringify(back);
    const group = groups.get(key) ?? { ...back, endpoints: [] };
    group.endpoints.push(device.id);
    groups.set(key, group);
  }
  return [...groups.values()].filter(({ endpoints, ...rest }) => Object.keys(rest).length > 0);
}

function backOf(device: Device, wish: Wish): Wish {
  const had = new Set(tagsOf(device.tags));
  const added = (wish.add_tags ?? []).filter((tag) => !had.has(tag));
  const removed = (wish.remove_tags ?? []).filter((tag) => had.has(tag));
  return {
    ...(wish.status ? { status: { id: device.status.id } } : {}),
    ...(wish.service_profile ? { service_profile: { id: device.service_profile.id } } : {}),
    ...(added.length > 0 ? { remove_tags: added } : {}),
    ...(removed.length > 0 ? { add_tags: removed } : {}),
  };
}

export function useManyChange(chosen: Chosen, q: string) {
  const t = useText('devices');
  const queries = useQueryClient();
  const [isPending, setPending] = useState(false);
  const send = async (bodies: Body<'patch', '/v1/endpoint'>[]) => {
    let changed = 0;
    const failures: string[] = [];
    for (const body of bodies) {
      const { data } = await call('patch', '/v1/endpoint', { body });
      changed += data.changed;
      if (data.failed > 0) failures.push(t('someFailed', { count: data.failed, reason: data.failures[0]?.refusal.reason ?? '' }));
    }
    await refresh(queries, ['/v1/endpoint', '/v1/service_profile']);
    return { changed, failures };
  };
  const run = async (bodies: Body<'patch', '/v1/endpoint'>[], undo?: Back[]) => {
    setPending(true);
    try {
      const { changed, failures } = await send(bodies);
      const text = [t('changedMany', { count: changed, number: formatNumber(changed) }), ...failures].join(' ');
      if (undo && changed > 0 && undo.length > 0) notifyUndo(text, () => void run(undo));
      else notifyDone(text);
      return true;
    } catch (thrown) {
      notifyProblem(asProblem(thrown));
      await refresh(queries, ['/v1/endpoint']);
      return false;
    } finally {
      setPending(false);
    }
  };
  /** Chosen ones can be had back; before all that a search finds are changed, it asks. */
  const change = async (wish: Wish): Promise<boolean> => {
    if (!chosen.isAll) {
      const devices = chosen.devices();
      return run([{ endpoints: devices.map((one) => one.id), ...wish }], wayBack(devices, wish));
    }
    const number = formatNumber(chosen.count);
    const sure = await confirm({ title: t('sureTitle', { count: chosen.count, number }), text: t('sureText'), action: t('sureAction') });
    return sure && run([{ q, expect: chosen.count, ...wish }]);
  };
  return { change, isPending };
}
