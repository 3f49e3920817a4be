// The places of the left side, in their order.
import {
  IconAdjustments,
  IconAntennaBars5,
  IconBuilding,
  IconDeviceMobile,
  IconLayoutDashboard,
  IconMessage,
  IconPlugConnected,
  IconSend,
} from '@tabler/icons-react';

export type Place = { key: string; path: string; Icon: typeof IconMessage; scope: string };

export const places: readonly Place[] = [
  { key: 'overview', path: '/', Icon: IconLayoutDashboard, scope: 'sms:read' },
  { key: 'devices', path: '/devices', Icon: IconDeviceMobile, scope: 'device:read' },
  { key: 'messages', path: '/messages', Icon: IconMessage, scope: 'sms:read' },
  { key: 'batches', path: '/batches', Icon: IconSend, scope: 'sms:read' },
  { key: 'policies', path: '/policies', Icon: IconAdjustments, scope: 'policy:read' },
  { key: 'integrations', path: '/integrations', Icon: IconPlugConnected, scope: 'callback:read' },
  { key: 'networks', path: '/networks', Icon: IconAntennaBars5, scope: 'upstream:read' },
  { key: 'organisation', path: '/organisation', Icon: IconBuilding, scope: 'organisation:read' },
];

/** `/devices/7` lies in `/devices`; everything lies in `/`, so that counts only by itself. */
export const isIn = (path: string, place: string): boolean =>
  place === '/' ? path === '/' : path === place || path.startsWith(`${place}/`);
