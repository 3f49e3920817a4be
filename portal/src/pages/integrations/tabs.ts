// The kinds of integrations, and who sees them.
export const TABS = [
  { name: 'tokens', scope: 'token:read' },
  { name: 'callbacks', scope: 'callback:read' },
  { name: 'smpp', scope: 'smpp:read' },
  { name: 'upstreams', scope: 'upstream:read' },
  { name: 'links', scope: 'console:read' },
] as const;
export type TabName = (typeof TABS)[number]['name'];
