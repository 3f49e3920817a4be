"""`python -m bench.peers [--json] [--seconds=8]`: Heliograph, Kannel, Jasmin in turn, each between the same
application and the same operator. Prints a table; a peer that cannot be had is named, with what it needs.
"""

import json
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from msgspec import Struct

from bench.peers.http_load import HttpOrders
from bench.peers.jasmin import jasmin
from bench.peers.kannel import kannel
from bench.peers.processes import Missing
from bench.server import free_port
from bench.smpp import Place, Wish, judged, prepare
from bench.smpp_load import Orders, Stretch
from bench.smpp_rig import NAME, Operator, applications, operators

E2E_PER_S = 500.0
E2E_SECONDS = 5.0
WARM_SECONDS = 2.0
HOME = Path(".peers").absolute()
COLUMNS = (
    "receipted_per_s",
    "accepted_per_s",
    "p50_ms",
    "p99_ms",
    "cpu_us_per_message",
    "e2e_per_s",
    "e2e_p50_ms",
    "e2e_p99_ms",
    "acknowledged",
    "lost",
    "receipts_missing",
    "doubled",
)
Figures = dict[str, float]
Entered = tuple[Orders | HttpOrders, Callable[[], float]]


class Peer(Struct):
    name: str
    enter: Callable[[Path, Operator], AbstractContextManager[Entered]]


@contextmanager
def _ours(folder: Path, operator: Operator) -> Iterator[Entered]:
    here = Place(folder, free_port(), operator)
    with here.program() as server:
        yield prepare(server, here.port, NAME, Wish()), server.cpu_seconds


@contextmanager
def _jasmin(folder: Path, operator: Operator) -> Iterator[Entered]:
    with jasmin(folder, HOME / "jasmin", operator) as (orders, running):
        yield orders, running.cpu_seconds


@contextmanager
def _kannel_spool(folder: Path, operator: Operator) -> Iterator[Entered]:
    with kannel(folder, operator, True) as (orders, running):
        yield orders, running.cpu_seconds


@contextmanager
def _kannel_memory(folder: Path, operator: Operator) -> Iterator[Entered]:
    with kannel(folder, operator, False) as (orders, running):
        yield orders, running.cpu_seconds


PEERS = (
    Peer("Heliograph", _ours),
    Peer("Kannel (memory)", _kannel_memory),
    Peer("Kannel (spool)", _kannel_spool),
    Peer("Jasmin", _jasmin),
)


def measured(peer: Peer, seconds: float) -> Figures:
    with (
        tempfile.TemporaryDirectory(prefix="heliograph-peers-", dir=".") as name,
        operators() as operator,
        peer.enter(Path(name).absolute(), operator) as (orders, cpu_seconds),
        applications(orders) as application,
    ):
        warm = application.run(Stretch(WARM_SECONDS))
        before = cpu_seconds()
        full = application.run(Stretch(seconds))
        used = cpu_seconds() - before
        pace = min(E2E_PER_S, full.accepted / max(full.receipted_s, seconds) / 2)
        application.run(Stretch(E2E_SECONDS, pace))
        books = application.books()
        far = operator.books()
    found = judged(books, far)
    return {
        "receipted_per_s": round(
            max(0, full.accepted - full.missing + warm.missing) / max(seconds, full.receipted_s)
        ),
        "accepted_per_s": round(full.accepted / full.accepted_s),
        "p50_ms": full.p50_ms,
        "p99_ms": full.p99_ms,
        "cpu_us_per_message": round(used / max(1, full.accepted) * 1e6),
        "e2e_per_s": round(pace),
        "e2e_p50_ms": found.get("e2e_p50_ms_500", 0.0),
        "e2e_p99_ms": found.get("e2e_p99_ms_500", 0.0),
        **{name: found[name] for name in ("acknowledged", "lost", "receipts_missing", "doubled")},
    }


def table(found: dict[str, Figures], lacking: dict[str, str]) -> str:
    names = list(found)
    ours = found.get("Heliograph")
    lines = [f"{'':22}" + "".join(f"{name:>18}" for name in names)]
    lines += [f"{one:22}" + "".join(f"{found[name][one]:>18,}" for name in names) for one in COLUMNS]
    for title, column, is_cost in (
        ("times our rate", "receipted_per_s", False),
        ("times our CPU", "cpu_us_per_message", True),
        ("times our e2e p50", "e2e_p50_ms", True),
    ):
        if ours is not None and ours[column]:
            digits = 2 if is_cost else 4
            ratios = (found[name][column] / ours[column] for name in names)
            lines.append(f"{title:22}" + "".join(f"{ratio:>18.{digits}f}" for ratio in ratios))
    lines += [f"{name}: {why}" for name, why in lacking.items()]
    return "\n".join(lines)


def main() -> int:
    seconds = next((float(word[10:]) for word in sys.argv if word.startswith("--seconds=")), 8.0)
    found: dict[str, Figures] = {}
    lacking: dict[str, str] = {}
    for peer in PEERS:
        try:
            found[peer.name] = measured(peer, seconds)
        except Missing as why:
            lacking[peer.name] = str(why)
    print(
        json.dumps({"figures": found, "lacking": lacking}) if "--json" in sys.argv else table(found, lacking)
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
