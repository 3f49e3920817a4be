"""Progress of long work, on a terminal only: whoever pipes wants the result alone."""

import sys


class Bar:
    """How far a file is read."""

    def __init__(self, title: str, total: int) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        self._progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TaskProgressColumn(),
            TimeRemainingColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._task = self._progress.add_task(title, total=total)

    def start(self) -> None:
        self._progress.start()

    def at(self, done: int) -> None:
        self._progress.update(self._task, completed=done)

    def note(self, text: str) -> None:
        self._progress.console.print(text, markup=False, highlight=False)

    def stop(self) -> None:
        self._progress.stop()


class Silence:
    """Where nobody looks."""

    def start(self) -> None:
        pass

    def at(self, done: int) -> None:
        pass

    def note(self, text: str) -> None:
        print(text, file=sys.stderr)

    def stop(self) -> None:
        pass


def progress(title: str, total: int) -> Bar | Silence:
    return Bar(title, total) if sys.stderr.isatty() else Silence()
