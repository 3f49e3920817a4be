// Which path shows which page. Each page is a chunk of its own, fetched with its texts.
import { type ComponentType, type LazyExoticComponent, lazy } from 'react';
import { loadTexts } from '@/texts';

type Load = () => Promise<{ default: ComponentType }>;
export type PageRoute = { path: string; Page: LazyExoticComponent<ComponentType>; load: () => Promise<unknown> };

function page(path: string, name: string, load: Load): PageRoute {
  const both = async () => (await Promise.all([load(), loadTexts(name)]))[0];
  return { path, Page: lazy(both), load: both };
}

export const routes: readonly PageRoute[] = [
  page('/', 'overview', () => import('@/pages/overview')),
  page('/devices', 'devices', () => import('@/pages/devices')),
  page('/devices/:device/*?', 'device', () => import('@/pages/device')),
  page('/messages', 'messages', () => import('@/pages/messages')),
  page('/messages/:message/*?', 'message', () => import('@/pages/message')),
  page('/batches', 'batches', () => import('@/pages/batches')),
  page('/batches/:batch/*?', 'batch', () => import('@/pages/batch')),
  page('/policies', 'policies', () => import('@/pages/policies')),
  page('/policies/:policy/*?', 'policy', () => import('@/pages/policy')),
  page('/integrations/*?', 'integrations', () => import('@/pages/integrations')),
  page('/networks/*?', 'networks', () => import('@/pages/networks')),
  page('/organisation/*?', 'organisation', () => import('@/pages/organisation')),
];
