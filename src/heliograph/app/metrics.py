"""Metrics: what the parts have counted, as families of Prometheus. Made when somebody asks.

In: the app, whose parts count in plain integers. Out: text. Accounts, applications and devices are sums here:
only networks and upstreams, of which there are few, have names.
"""

from collections.abc import Iterable, Iterator

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.registry import Collector

from heliograph import __version__
from heliograph.app import App
from heliograph.core.message import FINAL, Direction, State
from heliograph.flow.reads.upstream_port import UpstreamView

Family = CounterMetricFamily | GaugeMetricFamily
Rows = Iterable[tuple[tuple[str, ...], float]]
_APPLICATION = "application"


def renderer(app: App) -> "Renderer":
    return Renderer(app)


class Renderer:
    def __init__(self, app: App) -> None:
        self._registry = CollectorRegistry()
        self._registry.register(_Collector(app))
        ProcessCollector(registry=self._registry)

    def __call__(self) -> bytes:
        return generate_latest(self._registry)


class _Collector(Collector):
    def __init__(self, app: App) -> None:
        self._app = app

    def describe(self) -> list[Family]:
        return []  # nothing is asked before somebody asks for all of it

    def collect(self) -> Iterator[Family]:
        app = self._app
        yield gauge("info", "The version that runs.", ("version",), [((__version__,), 1)])
        yield from _messages(app)
        yield from _attempts(app)
        yield from _gates(app)
        views = app.upstreams.links.views()
        yield from _upstreams(views)
        yield from _upstream_answers(views)
        yield from _smpp(app)
        yield from _webhooks(app)
        yield from _store(app)


def counter(name: str, about: str, labels: tuple[str, ...], rows: Rows) -> Family:
    return _filled(CounterMetricFamily(f"heliograph_{name}", about, labels=labels), rows)


def gauge(name: str, about: str, labels: tuple[str, ...], rows: Rows) -> Family:
    return _filled(GaugeMetricFamily(f"heliograph_{name}", about, labels=labels), rows)


def _filled(family: Family, rows: Rows) -> Family:
    for labels, value in rows:
        family.add_metric(labels, value)
    return family


def _messages(app: App) -> Iterator[Family]:
    counts = app.counts
    yield counter(
        "messages_accepted",
        "Messages that were accepted, by direction.",
        ("direction",),
        [((one.name.lower(),), counts.accepted[one]) for one in Direction],
    )
    yield counter(
        "messages_ended",
        "Messages that reached their end, by state.",
        ("state",),
        [((one.name.lower(),), counts.ended[one]) for one in State if one in FINAL],
    )


def _attempts(app: App) -> Iterator[Family]:
    counted = app.dispatcher.counters
    yield counter("attempts", "Deliveries handed to a gate.", (), [((), counted.sent)])
    yield counter("settled", "Outcomes that were written.", (), [((), counted.settled)])
    yield counter("late_outcomes", "Outcomes that came too late to count.", (), [((), counted.dropped)])
    yield counter("dispatcher_passes", "Passes of the dispatcher's loop.", (), [((), counted.passes)])
    sums: dict[tuple[str, ...], int] = {}
    for gate, outcomes in app.dispatcher.outcomes().items():
        for outcome, number in outcomes.items():
            key = (_kind(gate), outcome)
            sums[key] = sums.get(key, 0) + number
    yield counter(
        "outcomes", "What came of attempts, by kind of gate.", ("gate", "outcome"), sorted(sums.items())
    )


def _kind(gate: str) -> str:
    """`application`, `upstream`, or the network's own name."""
    return gate.partition(":")[0]


def _gates(app: App) -> Iterator[Family]:
    """Those of networks and upstreams by name; of applications, sums."""
    now = app.clock.now()
    named = {name: gate for name, gate in app.gates.by_name.items() if _kind(name) != _APPLICATION}
    of_applications = [gate for name, gate in app.gates.by_name.items() if _kind(name) == _APPLICATION]
    yield gauge(
        "gate_in_flight",
        "Attempts without an outcome.",
        ("gate",),
        [((n,), g.in_flight) for n, g in named.items()],
    )
    yield gauge(
        "gate_window", "How many there may be.", ("gate",), [((n,), g.far.window) for n, g in named.items()]
    )
    yield gauge(
        "gate_reachable",
        "1: something may leave there.",
        ("gate",),
        [((n,), int(g.reachable)) for n, g in named.items()],
    )
    yield gauge(
        "gate_circuit_open",
        "1: it failed so often that it is left alone for a while.",
        ("gate",),
        [((n,), int(g.far.circuit_open(now))) for n, g in named.items()],
    )
    open_ones = sum(gate.reachable for gate in of_applications)
    yield gauge(
        "application_gates",
        "Gates of applications, by whether something may leave there.",
        ("state",),
        [(("open",), open_ones), (("closed",), len(of_applications) - open_ones)],
    )
    yield gauge(
        "application_in_flight",
        "Attempts towards applications without an outcome.",
        (),
        [((), sum(gate.in_flight for gate in of_applications))],
    )
    resting = sum(gate.far.circuit_open(now) for gate in of_applications)
    yield gauge("application_circuits_open", "Gates that are left alone.", (), [((), resting)])


def _upstreams(views: list[UpstreamView]) -> Iterator[Family]:
    label = ("upstream",)
    yield gauge("upstream_up", "1: SMS may go there.", label, [((v.name,), int(v.is_up)) for v in views])
    yield gauge(
        "upstream_binds",
        "Binds, by state.",
        ("upstream", "state"),
        [((v.name, state), number) for v in views for state, number in _states(v).items()],
    )
    yield gauge(
        "upstream_rate_per_second",
        "The rate that it is given now, where it has one.",
        label,
        [((v.name,), v.rate_per_s) for v in views if v.rate_per_s is not None],
    )
    yield gauge(
        "upstream_throttled_timestamp_seconds",
        "When it last complained of the rate.",
        label,
        [((v.name,), v.throttled_at / 1000) for v in views if v.throttled_at is not None],
    )
    yield gauge(
        "upstream_held_receipts",
        "Receipts that are ahead of their messages.",
        label,
        [((v.name,), v.held_receipts) for v in views],
    )


def _states(view: UpstreamView) -> dict[str, int]:
    found: dict[str, int] = {"bound": 0}
    for link in view.links:
        found[link.state] = found.get(link.state, 0) + 1
    return found


def _upstream_answers(views: list[UpstreamView]) -> Iterator[Family]:
    label = ("upstream",)
    for name, about, field in (
        ("submitted", "submit_sm that left.", "submitted"),
        ("accepted", "submit_sm answered by ESME_ROK.", "accepted"),
        ("unanswered", "submit_sm without an answer.", "unanswered"),
        ("duplicate_receipts", "Receipts of what was reported before.", "duplicate_receipts"),
        ("unknown_references", "Receipts of messages that nobody knows.", "unknown_references"),
        ("received", "SMS that it brought.", "received"),
        ("received_refused", "SMS that it brought and nobody took.", "received_refused"),
    ):
        rows = [((view.name,), float(getattr(view, field))) for view in views]
        yield counter(f"upstream_{name}", about, label, rows)
    yield counter(
        "upstream_refused",
        "submit_sm answered by another status.",
        ("upstream", "status"),
        [((v.name, status), number) for v in views for status, number in v.refused.items()],
    )
    yield counter(
        "upstream_receipts",
        "Receipts, by what they say.",
        ("upstream", "state"),
        [((v.name, state), number) for v in views for state, number in v.receipts.items()],
    )


def _smpp(app: App) -> Iterator[Family]:
    """Of all accounts together."""
    if app.smpp_desk.views is None:
        return
    server = app.smpp_desk.views.server
    bound: dict[str, int] = {"trx": 0, "tx": 0, "rx": 0}
    for connection in server.connections.values():
        if connection.desk is not None:
            bound[connection.bind_type] = bound.get(connection.bind_type, 0) + 1
    yield gauge("smpp_connections", "Connections of applications.", (), [((), len(server.connections))])
    yield gauge("smpp_binds", "Sessions that are bound.", ("bind",), [((k,), v) for k, v in bound.items()])
    counted = server.counted()
    for name, about in (
        ("submitted", "Submits that were accepted."),
        ("refused", "Submits that were refused."),
        ("throttled", "Submits beyond a window or a rate."),
        ("delivered", "deliver_sm that were answered by ESME_ROK."),
        ("failed", "deliver_sm that were answered by an error, or not at all."),
    ):
        yield counter(f"smpp_{name}", about, (), [((), getattr(counted, name))])
    yield counter(
        "smpp_pdus",
        "PDUs of applications' connections.",
        ("direction", "command"),
        [(("sent" if is_ours else "received", name), n) for is_ours, name, n in server.tally.read()],
    )


def _webhooks(app: App) -> Iterator[Family]:
    outcomes = sorted(app.webhooks.outcomes.items())
    yield counter("webhook_calls", "What came of calls.", ("outcome",), [((k,), n) for k, n in outcomes])
    yield counter(
        "webhook_log_dropped", "Calls that the log had no room for.", (), [((), app.webhooks.journal.dropped)]
    )


def _store(app: App) -> Iterator[Family]:
    counts = app.counts
    yield counter("store_rounds", "Transactions of the writer.", (), [((), counts.rounds)])
    yield counter("store_failed_rounds", "Those that ran again in parts.", (), [((), counts.failed_rounds)])
    yield counter("store_calls", "Calls that these served.", (), [((), counts.calls)])
    yield counter("store_seconds", "Time that these took.", (), [((), counts.seconds)])
    yield gauge("store_waiting", "Requests that wait for a round.", (), [((), app.store.waiting)])
