"""The SQL of callbacks: their secrets, the log of their calls, replays. The catalogue's convention."""

from heliograph.core.callback import Callback, CallbackAttempt, CallbackSecret
from heliograph.core.changes import Happening
from heliograph.core.delivery import Delivery, Kind
from heliograph.core.message import Message
from heliograph.store.sql.catalogue import columns, compile_sql, digits, one_of

_MARKS = ", ".join(f":{name}" for name in columns(CallbackAttempt).split(", "))
# What the answer to "did it ever arrive" is for a receipt: only its message's timeline knows.
_LOST = "[[sqlite:instr]][[pg:strpos]](m.timeline, 'receipt_lost') > 0"

_FED = "d.receiver = :application AND d.receiver > 0 AND d.place = 0"  # in the words of the index

_TEXTS: dict[str, str] = {
    "subscribers": f"""SELECT id, org, events FROM callback
        WHERE {one_of("org", "orgs")} AND events <> '' ORDER BY id""",
    "count_callback": "SELECT count(*) FROM callback WHERE org = :org",
    "count_callback_secret": "SELECT count(*) FROM callback_secret WHERE org = :org",
    "policies_of_callback": """SELECT count(*) FROM policy
        WHERE org = :org AND (api_callback = :callback OR application = :callback)""",
    "users_of_secret": """SELECT (SELECT count(*) FROM policy WHERE org = :org AND api_secret = :secret)
        + (SELECT count(*) FROM callback WHERE org = :org AND api_secret = :secret)""",
    "drop_log": "DELETE FROM callback_attempt WHERE callback = :callback",
    "log": f"INSERT INTO callback_attempt({columns(CallbackAttempt)}) VALUES({_MARKS})",
    "trim_log": """DELETE FROM callback_attempt WHERE callback = :callback AND number IN (
        SELECT number FROM callback_attempt WHERE callback = :callback AND number <= :up_to
        ORDER BY number LIMIT :most) RETURNING number""",
    "replaying": f"""SELECT m.id FROM message m
        [[sqlite:CROSS]] JOIN delivery d ON d.receiver = :callback
        AND d.key = coalesce(m.origin, m.device, -CASE m.direction WHEN 2 THEN {digits("m.source")}
            ELSE {digits("m.destination")} END)
        AND d.message = m.id WHERE {one_of("m.id", "messages")}""",
    "feed": f"""SELECT d.position, d.kind, {columns(Message, "m.")}
        FROM delivery d [[sqlite:CROSS]] JOIN message m ON m.id = d.message
        WHERE {_FED} AND m.org = :org AND d.position > :after ORDER BY d.position LIMIT :most""",
    "events_by_id": f"SELECT {columns(Happening)} FROM event WHERE {one_of('id', 'ids')} ORDER BY at, id",
    "event_jobs": f"""SELECT {columns(Delivery, "d.")}, d.message, coalesce(e.org, 0), coalesce(e.at, 0),
        coalesce(e.type, ''), coalesce(e.severity, 0), e.device, e.message, coalesce(e.detail, ''),
        coalesce(l.attempts, 0) FROM delivery d LEFT JOIN event e ON e.id = d.message
        LEFT JOIN lane l ON l.receiver = d.receiver AND l.key = d.key
        WHERE {one_of("d.id", "ids")} AND d.kind = {int(Kind.EVENT)}""",
    "callbacks": f"""SELECT {columns(Callback)} FROM callback
        WHERE CAST(:org AS BIGINT) IS NULL OR org = :org ORDER BY id""",
    "callback": f"SELECT {columns(Callback)} FROM callback WHERE org = :org AND id = :id",
    "secrets": f"SELECT {columns(CallbackSecret)} FROM callback_secret WHERE org = :org ORDER BY id",
    "secret": f"SELECT {columns(CallbackSecret)} FROM callback_secret WHERE org = :org AND id = :id",
    "signing_policy": """SELECT id, api_secret FROM policy
        WHERE org = :org AND application = :callback AND api_secret IS NOT NULL ORDER BY id DESC LIMIT 1""",
    "addressees": f"""SELECT d.id, d.name, p.api_secret FROM device d JOIN policy p ON p.id = d.policy
        WHERE {one_of("d.id", "ids")}
        UNION ALL SELECT g.device, g.name, g.api_secret FROM departed g WHERE {one_of("g.device", "ids")}""",
    "secrets_by_id": f"SELECT {columns(CallbackSecret)} FROM callback_secret WHERE {one_of('id', 'ids')}",
    "organisation_names": f"SELECT id, name FROM organisation WHERE {one_of('id', 'ids')}",
    "calls": f"""SELECT {columns(CallbackAttempt)} FROM (SELECT * FROM callback_attempt
            WHERE callback = :callback AND number < :before ORDER BY number DESC LIMIT :scan) a
        WHERE (CAST(:device AS BIGINT) IS NULL OR device = :device)
        AND (CAST(:subject AS BIGINT) IS NULL OR subject = :subject)
        AND (CAST(:failed AS BIGINT) IS NULL OR (code <> 'delivered') = (:failed = 1))
        AND at >= :since AND (CAST(:until AS BIGINT) IS NULL OR at < :until)
        ORDER BY number DESC LIMIT :most""",
    "log_beyond": """SELECT number FROM callback_attempt WHERE callback = :callback
        ORDER BY number DESC LIMIT 1 OFFSET :keep""",
    "log_old": """SELECT number FROM (SELECT number, at FROM callback_attempt WHERE callback = :callback
        ORDER BY number LIMIT :most) a WHERE at < :since ORDER BY number DESC LIMIT 1""",
    # `+application`: the times bound what is looked at, whoever it was for.
    "replayable_mo": """SELECT accepted_at, id, wanted FROM (SELECT m.accepted_at, m.id,
            m.application = :callback AND m.direction = 2 AND m.final_at IS NOT NULL AND m.body IS NOT NULL
            AND (CAST(:device AS BIGINT) IS NULL OR m.origin = :device)
            AND (:failed = 0 OR m.state <> 4) AS wanted
        FROM message m WHERE m.org = :org AND m.accepted_at < :until
        AND (m.accepted_at, m.id) > (:at, :id) ORDER BY m.accepted_at, m.id LIMIT :scan) c""",
    "replayable_receipt": f"""SELECT accepted_at, id, wanted FROM (SELECT m.accepted_at, m.id,
            m.application = :callback AND m.direction <> 2 AND m.receipt <> 0 AND m.final_at IS NOT NULL
            AND (CAST(:device AS BIGINT) IS NULL OR m.device = :device)
            AND (:failed = 0 OR {_LOST}) AS wanted
        FROM message m WHERE m.org = :org AND m.accepted_at < :until
        AND (m.accepted_at, m.id) > (:at, :id) ORDER BY m.accepted_at, m.id LIMIT :scan) c""",
    "replayable_event": """SELECT at, id, wanted FROM (SELECT e.at, e.id,
            (:events = '*' OR [[sqlite:instr]][[pg:strpos]](',' || :events || ',', ',' || e.type || ',') > 0)
            AND (CAST(:device AS BIGINT) IS NULL OR e.device = :device) AS wanted
        FROM event e WHERE e.org = :org AND e.at < :until AND (e.at, e.id) > (:at, :id)
        ORDER BY e.at, e.id LIMIT :scan) c""",
}
SQL = {name: compile_sql(text, "sqlite") for name, text in _TEXTS.items()}
