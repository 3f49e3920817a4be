// A word at the edge of the window about what was done, or could not be.
import { notifications } from '@mantine/notifications';
import type { Problem } from '@/api/problem';
import { say } from '@/texts';
import { errorText } from './errorText';

const closeButtonProps = () => ({ 'aria-label': say('parts', 'close') });

export const notifyDone = (message: string): void => {
  notifications.show({ message, autoClose: 4_000, closeButtonProps: closeButtonProps() });
};

export const notifyProblem = (problem: Problem): void => {
  notifications.show({ message: errorText(problem), color: 'red.8', autoClose: 10_000, closeButtonProps: closeButtonProps() });
};
