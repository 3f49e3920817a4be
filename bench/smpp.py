"""`bench smpp`: SMS from an application over SMPP, through policy, store and lane, to virtual devices or to
an operator's SMS centre, and the receipts back. Application and operator are processes of their own; every
text has a number, which is looked for at the far end, and every receipt is matched.

`--kill`: the program is killed in the middle and started anew. `--binds=4 --window=100 --seconds=8`;
`--only=simulator`, `--only=upstream`.
"""

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from msgspec import Struct

from bench.server import Served, add_fleet, free_port, served, wait_until_final
from bench.smpp_load import Books, Figures, Orders, Stretch
from bench.smpp_rig import NAME, Application, Operator, applications, journal_of, operators, settings_of
from bench.smpp_upstream import Books as FarBooks

DEVICES = 20_000
LIMIT = 1_000_000_000  # a policy that counts and never refuses
WARM_SECONDS = 2.0
E2E_PER_S = 500.0
E2E_SECONDS = 6.0
KILL_AFTER_SECONDS = 2.0
UPSTREAM_BINDS, UPSTREAM_WINDOW = 2, 500
KINDS = ("simulator", "upstream")


class Wish(Struct):
    binds: int = 4
    window: int = 100
    seconds: float = 8.0


class Place(Struct):
    """Where one measurement lives: the folder stays when the program is started anew."""

    folder: Path
    port: int
    operator: Operator | None  # None: virtual devices

    @property
    def journal(self) -> Path:
        return self.folder / "far-end.jsonl"

    @contextmanager
    def program(self) -> Iterator[Served]:
        settings = {"SMPP__PORT": str(self.port), "SIMULATOR__WINDOW": "5000"}
        if self.operator is None:
            settings["SIMULATOR__JOURNAL"] = str(self.journal)
        else:
            settings |= settings_of(self.operator, UPSTREAM_BINDS, UPSTREAM_WINDOW)
        with served(self.folder, **settings) as server:
            if self.operator is not None:
                self.operator.wait_until_bound()
            yield server

    def far_end(self) -> FarBooks:
        return journal_of(self.journal) if self.operator is None else self.operator.books()


@contextmanager
def place(kind: str) -> Iterator[Place]:
    with tempfile.TemporaryDirectory(prefix="heliograph-bench-", dir=".") as folder:
        path = Path(folder).absolute()
        if kind == "simulator":
            yield Place(path, free_port(), None)
            return
        with operators() as operator:
            yield Place(path, free_port(), operator)


def prepare(server: Served, port: int, network: str, wish: Wish) -> Orders:
    """A fleet, a policy that limits, and an account."""
    add_fleet(server, DEVICES, network)
    server.command("policy", "set", "default", "--mt-limit", str(LIMIT))
    password = server.command(
        "account", "create", "bench", "--most-binds", str(wish.binds), "--window", "1000"
    ).strip()
    return Orders(port, "bench", password, wish.binds, wish.window, DEVICES)


def speed(kind: str, wish: Wish) -> dict[str, float]:
    with place(kind) as here:
        with here.program() as server:
            orders = prepare(server, here.port, _network(kind), wish)
            with applications(orders) as application:
                application.run(Stretch(WARM_SECONDS))
                cpu = server.cpu_seconds()
                full = application.run(Stretch(wish.seconds))
                cpu = server.cpu_seconds() - cpu
                half = application.run(Stretch(wish.seconds, full.accepted / full.receipted_s / 2))
                application.run(Stretch(E2E_SECONDS, E2E_PER_S))
                books = application.books()
        return {
            "accepted_per_s": round(full.accepted / full.accepted_s),
            "receipted_per_s": round(full.accepted / full.receipted_s),
            "p50_ms": full.p50_ms,
            "p90_ms": full.p90_ms,
            "p99_ms": full.p99_ms,
            "p99_ms_half_load": half.p99_ms,
            "half_load_per_s": round(half.accepted / half.accepted_s),
            "cpu_us_per_message": round(cpu / full.accepted * 1e6, 1),
            **judged(books, here.far_end()),
        }


def killed(kind: str, wish: Wish) -> dict[str, float]:
    """The program dies in the middle of the load, at once and without a word."""
    with place(kind) as here:
        with here.program() as server:
            orders = prepare(server, here.port, _network(kind), wish)
            with applications(orders) as application:
                figures = _with_a_kill(here, server, application, wish)
                books = application.books()
        return {
            "accepted": figures.accepted,
            "unanswered_at_kill": books.unanswered,
            **judged(books, here.far_end()),
        }


def _with_a_kill(here: Place, server: Served, application: Application, wish: Wish) -> Figures:
    application.begin(Stretch(KILL_AFTER_SECONDS + wish.seconds))
    time.sleep(KILL_AFTER_SECONDS)
    server.process.kill()
    server.process.wait()
    with here.program() as anew:
        figures = application.figures()
        wait_until_final(anew)
    return figures


def judged(books: Books, far: FarBooks) -> dict[str, float]:
    """Against what was acknowledged: what must have arrived once, with one receipt."""
    found: dict[str, float] = {}
    waits = sorted(far.arrived_at[mark] - at for mark, at in books.sent_at.items() if mark in far.arrived_at)
    if waits:
        found["e2e_p50_ms_500"] = round(waits[len(waits) // 2] * 1000, 2)
        found["e2e_p99_ms_500"] = round(waits[len(waits) * 99 // 100] * 1000, 2)
    arrived = far.arrived_at
    return {
        **found,
        "acknowledged": len(books.acknowledged),
        "lost": sum(1 for mark in books.acknowledged if mark not in arrived),
        "receipts_missing": books.missing,
        "doubled": far.doubled + books.doubled,
        "repeated_after_unknown": far.repeated + books.repeated,
        "strange": far.strange,
        "receipts_of_unanswered": books.strange,
    }


def _network(kind: str) -> str:
    return "simulator" if kind == "simulator" else NAME


def measure(kill: bool = False, **words: str) -> dict[str, Any]:
    kinds = [words.pop("only")] if "only" in words else KINDS
    wish = Wish(**{name: type(getattr(Wish(), name))(value) for name, value in words.items()})
    return {kind: (killed if kill else speed)(kind, wish) for kind in kinds}
