"""Rules of time, looked at again and again while the process runs: nothing that is due stays, no lane sleeps
without somebody to wake it, memory and disk agree.

In: the database between two rounds. What is late is late only after the process had the time to notice.
"""

from heliograph.store.sqlite.engine import SqliteEngine
from tests.simulation.books import Books
from tests.simulation.fleet import Fleet
from tests.simulation.process import Process
from tests.simulation.world import World

NOTICE_SECONDS = 75.0  # the longest sleep of the loop, and some
LATEST_SECONDS = 150.0  # and a gate's timer
PASSES_PER_SECOND = 60
LIMIT = 1_000

_LATE = {
    "what is past its validity ends": "SELECT id FROM delivery WHERE place <> 1 AND expires_at <= ?1",
    "what is due enters its lane": "SELECT id FROM delivery WHERE place = 2 AND enter_at <= ?1",
    "parts go on without the missing one": "SELECT id FROM part WHERE arrived_at + 600000 <= ?1",
    "an attempt ends": "SELECT id, attempts FROM delivery WHERE place = 1 AND ?1",
}
# The last word of `via` is what is left when all before its last space is taken away.
_UNWOKEN = """SELECT d.receiver, d.key, CASE WHEN d.via <> ''
        THEN 'upstream:' || replace(d.via, rtrim(d.via, replace(d.via, ' ', '')), '')
    WHEN d.receiver = 0 THEN v.network ELSE 'application:' || d.receiver END AS gate, d.id, d.attempts
    FROM delivery d LEFT JOIN device v ON v.id = d.key
    LEFT JOIN lane l ON l.receiver = d.receiver AND l.key = d.key
    WHERE d.place = 0 AND l.due_at IS NULL
    AND NOT EXISTS(SELECT 1 FROM delivery f WHERE f.place = 0 AND f.receiver = d.receiver AND f.key = d.key
        AND (f.priority > d.priority OR f.priority = d.priority AND f.position < d.position))
    AND NOT EXISTS(SELECT 1 FROM delivery t
        WHERE t.place = 1 AND t.receiver = d.receiver AND t.key = d.key)"""
_TWO_UNDER_WAY = (
    "SELECT receiver, key FROM delivery WHERE place = 1 GROUP BY receiver, key HAVING count(*) > 1"
)
_DUE_LANES = "SELECT l.receiver, l.key, l.gate, l.due_at FROM lane l WHERE l.due_at <= ?"
_OVER = """SELECT t.device FROM tally t JOIN device d ON d.id = t.device JOIN policy p ON p.id = d.policy
    WHERE t.mt > p.mt_limit OR t.mo > p.mo_limit"""
_NEXT = """SELECT min(at) FROM (SELECT min(due_at) AS at FROM lane UNION ALL
    SELECT min(enter_at) FROM delivery WHERE place = 2 UNION ALL
    SELECT min(expires_at) FROM delivery UNION ALL SELECT min(arrived_at) + 600000 FROM part)"""


class Watch:
    def __init__(self, books: Books, world: World, fleet: Fleet) -> None:
        self._books = books
        self._world = world
        self._fleet = fleet
        self._since: dict[tuple[str, object], float] = {}
        self._looks = 0
        self._passes = 0
        self._looked_at = 0.0

    def started(self, process: Process) -> None:
        """A new process: it has time again to notice. What the last one left is checked as it lies."""
        self._since.clear()
        self._passes, self._looked_at = 0, self._world.loop.time()
        connection = process.engine.connection
        now = self._books.clock.now()
        if connection.execute("SELECT 1 FROM delivery WHERE expires_at <= ? LIMIT 1", (now,)).fetchall():
            self._books.coverage.hit("expired while down")
        known = {row[0] for row in connection.execute("SELECT id FROM message").fetchall()}
        for id, acked in self._books.acked.items():
            if id not in known:
                self._books.violate("what was acknowledged is there", acked.token)

    def look(self, process: Process) -> None:
        """Cheap, and called often; the rest every few times."""
        died = process.crashed()
        if died is not None:
            self._books.violate("the loop goes on", died)
        self._looks += 1
        if self._looks % 8 or self._books.violations:
            return
        self._spin(process)
        self._rows(process.engine)
        self._lanes(process)

    def _spin(self, process: Process) -> None:
        now, passes = self._world.loop.time(), process.dispatcher.counters.passes
        if passes - self._passes > 50 + PASSES_PER_SECOND * (now - self._looked_at):
            self._books.violate("waiting costs nothing", passes - self._passes, "passes")
        self._passes, self._looked_at = passes, now

    def _rows(self, engine: SqliteEngine) -> None:
        now, execute = self._books.clock.now(), engine.connection.execute
        for rule, text in _LATE.items():
            self._late(rule, set(execute(text, (now,)).fetchall()), LATEST_SECONDS)
        for row in execute(_TWO_UNDER_WAY).fetchall():
            self._books.violate("one in flight per lane", row)
        for row in execute(_OVER).fetchall():
            self._books.violate("limits are never passed", self._fleet.devices[int(str(row[0]))].name)

    def _lanes(self, process: Process) -> None:
        execute, now = process.engine.connection.execute, self._books.clock.now()
        gates = process.gates.by_name
        opening = set(process.dispatcher._opening)
        unwoken = {
            row
            for row in execute(_UNWOKEN).fetchall()
            if gates[str(row[2])].reachable and row[2] not in opening
        }
        self._late("an open gate wakes its lanes", opening, NOTICE_SECONDS)
        self._late("somebody wakes every lane", unwoken, 1.0)
        open_gates = {name for name, gate in gates.items() if min(gate.far.free(), gate.budget(now)) > 0}
        due = {row for row in execute(_DUE_LANES, (now,)).fetchall() if row[2] in open_gates}
        self._late("a due lane is taken", due, NOTICE_SECONDS)

    def _late(self, rule: str, found: set[object], seconds: float) -> None:
        now = self._world.loop.time()
        for key in [key for key in self._since if key[0] == rule and key[1] not in found]:
            del self._since[key]
        for row in sorted(found, key=repr):
            since = self._since.setdefault((rule, row), now)
            if now - since > seconds:
                self._books.violate(rule, row, "for", round(now - since), "s")
                return

    def next_due(self, process: Process) -> int | None:
        """When the next thing happens by itself; None when nothing waits any more."""
        execute = process.engine.connection.execute
        rows = execute("SELECT 1 FROM delivery UNION ALL SELECT 1 FROM part LIMIT 1").fetchall()
        if not rows:
            return None
        at = execute(_NEXT).fetchall()[0][0]
        return self._books.clock.now() if at is None else int(str(at))

    def waiting(self, process: Process | None) -> object:
        if process is None:
            return "no process"
        return process.engine.connection.execute("SELECT * FROM delivery LIMIT 5").fetchall()
