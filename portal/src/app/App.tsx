// The portal: the gate, the frame, and in it the page that the path names.
import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider, useQueryClient } from '@tanstack/react-query';
import { Suspense, lazy, useEffect, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { useNews, useSession } from '@/api';
import { forgetArrival, useArrival } from '@/api/arrival';
import { queryClient } from '@/api/query';
import { Blank } from '@/parts/Blank';
import { ConfirmHost } from '@/parts/Confirm';
import { LanguageBoundary, loadTexts } from '@/texts';
import { ErrorBoundary } from './ErrorBoundary';
import { NotFound } from './NotFound';
import { Shell } from './Shell';
import { routes } from './routes';
import { resolver, theme } from './theme';

const SignIn = lazy(async () => (await Promise.all([import('@/pages/signin'), loadTexts('signin')]))[0]);

export function App() {
  const [queries] = useState(queryClient);
  return (
    <MantineProvider theme={theme} cssVariablesResolver={resolver} defaultColorScheme="auto">
      <QueryClientProvider client={queries}>
        <LanguageBoundary>
          <Notifications position="bottom-right" limit={3} />
          <ConfirmHost />
          <Gate />
        </LanguageBoundary>
      </QueryClientProvider>
    </MantineProvider>
  );
}

/** Nobody sees anything before they have signed in; afterwards nothing of somebody else is left. An invitation
 * may be for somebody else than who is signed in. */
function Gate() {
  const signedIn = useSession() !== null;
  const arrived = useArrival();
  const isInvited = arrived?.invitation !== undefined;
  const queries = useQueryClient();
  useEffect(() => {
    if (!signedIn) queries.clear();
    else if (!isInvited) forgetArrival();
  }, [signedIn, isInvited, queries]);
  if (!signedIn || isInvited) {
    return (
      <Suspense fallback={<Blank />}>
        <SignIn />
      </Suspense>
    );
  }
  return (
    <Shell>
      <Pages />
    </Shell>
  );
}

function Pages() {
  const queries = useQueryClient();
  useNews((news) => {
    if (news.kind === 'gap') void queries.invalidateQueries();
  });
  return (
    <Switch>
      {routes.map(({ path, Page }) => (
        <Route key={path} path={path}>
          <ErrorBoundary key={path}>
            <Suspense fallback={<Blank />}>
              <Page />
            </Suspense>
          </ErrorBoundary>
        </Route>
      ))}
      <Route path="/signin">
        <Redirect to="/" replace />
      </Route>
      <Route>
        <NotFound />
      </Route>
    </Switch>
  );
}
