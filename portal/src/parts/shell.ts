// What the frame around a page can do for it.
import { createContext, use } from 'react';

export type ShellActions = { openNavigation: () => void };
export const ShellContext = createContext<ShellActions | null>(null);
export const useShell = (): ShellActions | null => use(ShellContext);
