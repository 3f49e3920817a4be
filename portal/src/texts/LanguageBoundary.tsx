// Texts of another language are fetched when somebody chooses it; until they are here, the page stands still.
import { type ReactNode, Suspense } from 'react';
import { Blank } from '@/parts/Blank';

export const LanguageBoundary = ({ children }: { children: ReactNode }) => (
  <Suspense fallback={<Blank />}>{children}</Suspense>
);
