// A page that breaks takes no other with it.
import { Component, type ReactNode } from 'react';
import { ErrorNote } from '@/parts/ErrorNote';
import { asProblem } from '@/api/problem';
import { PageBody } from '@/parts/PageHead';

type State = { thrown: unknown };

export class ErrorBoundary extends Component<{ children: ReactNode }, State> {
  override state: State = { thrown: undefined };

  static getDerivedStateFromError(thrown: unknown): State {
    return { thrown: thrown ?? new Error() };
  }

  override render() {
    if (this.state.thrown === undefined) return this.props.children;
    return (
      <PageBody>
        <ErrorNote problem={asProblem(this.state.thrown)} retry={() => this.setState({ thrown: undefined })} />
      </PageBody>
    );
  }
}
