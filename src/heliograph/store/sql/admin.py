"""The SQL beside the hot path: what people manage, what they read, and retention. The catalogue's
convention.

Text search reads what it finds through: the readers bound it by rows and by time.
"""

from heliograph.core.callback import Callback, CallbackSecret
from heliograph.core.console import ConsoleLink
from heliograph.core.device import Device, Quota
from heliograph.core.firewall.rules import RuleSet
from heliograph.core.firewall.suppression import StopWords, Suppression
from heliograph.core.organisation import Account, Application, Organisation, Token
from heliograph.core.policy import Policy
from heliograph.core.saved import SavedView, SmsTemplate
from heliograph.core.security.access import Invitation, MfaKey, Session, TrustedDevice
from heliograph.core.sim import AvoidedOperator, Sim
from heliograph.core.smpp_account import SmppAccount
from heliograph.core.tariff import Tariff
from heliograph.core.upstream import Route, Upstream
from heliograph.core.waking import MOVED
from heliograph.store.sql.catalogue import columns, compile_sql, one_of

TABLES: dict[type, str] = {
    Organisation: "organisation",
    Application: "application",
    Account: "account",
    MfaKey: "mfa_key",
    TrustedDevice: "trusted_device",
    Session: "session",
    Invitation: "invitation",
    Token: "token",
    Policy: "policy",
    Callback: "callback",
    CallbackSecret: "callback_secret",
    Tariff: "tariff",
    Device: "device",
    Sim: "sim",
    AvoidedOperator: "avoided_operator",
    RuleSet: "firewall",
    Suppression: "suppression",
    StopWords: "stop_words",
    SmppAccount: "smpp_account",
    Upstream: "upstream",
    Route: "route",
    SavedView: "saved_view",
    SmsTemplate: "sms_template",
    ConsoleLink: "console_link",
}
_PLATFORM_WIDE = (Organisation, Account, Upstream)  # their names are taken for all organisations


def _insert(kind: type) -> str:
    values = ", ".join(f":{name}" for name in columns(kind).split(", "))
    return f"INSERT INTO {TABLES[kind]}({columns(kind)}) VALUES({values})"


def _update(kind: type) -> str:
    """Every column but those that never change. The values come in the row's order."""
    names = [name for name in columns(kind).split(", ") if name not in ("id", "org")]
    sets = ", ".join(f"{name} = :{name}" for name in names)
    return f"UPDATE {TABLES[kind]} SET {sets} WHERE id = :id"


def _find(kind: type) -> str:
    own = "" if kind in _PLATFORM_WIDE else "org = :org AND "
    return f"SELECT name, id FROM {TABLES[kind]} WHERE {own}{one_of('name', 'names')}"


def _compiled(texts: dict[type, str]) -> dict[type, str]:
    return {kind: compile_sql(text, "sqlite") for kind, text in texts.items()}


INSERTS = _compiled({kind: _insert(kind) for kind in TABLES})
UPDATES = _compiled({kind: _update(kind) for kind in TABLES})
FINDS = _compiled({kind: _find(kind) for kind in TABLES if "name" in columns(kind).split(", ")})
LOADS = _compiled(
    {kind: f"SELECT {columns(kind)} FROM {TABLES[kind]} WHERE {one_of('id', 'ids')}" for kind in TABLES}
)
OF_ORG = _compiled(
    {
        kind: f"SELECT {columns(kind)} FROM {TABLES[kind]} WHERE org = :org ORDER BY id LIMIT :most"
        for kind in (SavedView, SmsTemplate)
    }
)
DELETES = _compiled({kind: f"DELETE FROM {TABLES[kind]} WHERE id = :id" for kind in TABLES})

# The condition of each index, said so that it is used: a look at all SIMs would cost an import its time.
_SIM_INDEXES = {
    "iccid": "iccid <> ''",
    "imsi": "imsi <> ''",
    "msisdn": "msisdn <> ''",
    "device": "device IS NOT NULL",
}
_WRITES: dict[str, str] = {
    "users_of_policy": "SELECT count(*) FROM device WHERE org = :org AND policy = :policy",
    "users_of_tariff": "SELECT count(*) FROM device WHERE org = :org AND tariff = :tariff",
    "users_of_application": """SELECT count(*) FROM policy WHERE org = :org
        AND (application = :application OR api_callback = :application)""",
    "application_awaited": """SELECT EXISTS(SELECT 1 FROM delivery
        WHERE receiver = :application AND place <> 1)""",
    "waiting_for_application": """SELECT d.id FROM delivery d
        WHERE d.receiver = :application AND d.receiver > 0 AND d.place = 0 AND d.position <= :up_to
        ORDER BY d.position LIMIT :most""",
    "drop_lanes_of_application": "DELETE FROM lane WHERE receiver = :application",
    "quotas": f"SELECT {columns(Quota)} FROM quota WHERE {one_of('device', 'devices')}",
    "ended_quotas": f"""SELECT {columns(Quota)} FROM quota
        WHERE expires_at <= :now AND ended = 0 AND expires_at IS NOT NULL ORDER BY expires_at LIMIT :most""",
    "drop_quotas": f"DELETE FROM quota WHERE {one_of('device', 'devices')}",
    "awaited": f"""SELECT v.id FROM device v WHERE {one_of("v.id", "devices")} AND v.org = :org AND (
        EXISTS(SELECT 1 FROM message m WHERE m.device = v.id AND m.final_at IS NULL AND m.state = 2)
        OR EXISTS(SELECT 1 FROM part p WHERE p.device = v.id))""",
    "waiting_for": """SELECT message FROM delivery
        WHERE receiver = 0 AND key = :device AND place <> 1 LIMIT :most""",
    # What waits for an application is told all the same, as it would have been.
    "note_departed": f"""INSERT INTO departed(device, name, api_secret, at)
        SELECT v.id, v.name, p.api_secret, CAST(:now AS BIGINT) FROM device v JOIN policy p ON p.id = v.policy
        WHERE {one_of("v.id", "devices")}""",
    "forget_departed": "DELETE FROM departed WHERE at < :before",
    "drop_devices": f"DELETE FROM device WHERE {one_of('id', 'devices')}",
    "drop_avoided": f"DELETE FROM avoided_operator WHERE {one_of('device', 'devices')}",
    **{
        f"sims_by_{column}": f"SELECT {columns(Sim)} FROM sim WHERE {one_of(column, 'values')} AND {indexed}"
        for column, indexed in _SIM_INDEXES.items()
    },
    "batch": f"SELECT {columns(Sim)} FROM sim WHERE org = :org AND bic = :bic AND bic <> '' LIMIT :most",
    "avoided": f"SELECT {columns(AvoidedOperator)} FROM avoided_operator WHERE device = :device",
    "drop_tallies": f"DELETE FROM tally WHERE {one_of('device', 'devices')}",
    "drop_history": f"DELETE FROM tally_history WHERE {one_of('device', 'devices')}",
    "drop_lanes": f"DELETE FROM lane WHERE receiver = 0 AND {one_of('key', 'devices')}",
    "move_lane": "UPDATE lane SET gate = :gate WHERE receiver = 0 AND key = :device",
    "start_lane": f"""INSERT INTO lane(receiver, key, gate, due_at, attempts, code)
        SELECT 0, :device, :gate, :now, 0, '{MOVED}' WHERE EXISTS(SELECT 1 FROM delivery d
            WHERE d.receiver = 0 AND d.key = :device AND d.place = 0 AND d.place <> 1)
        ON CONFLICT(receiver, key) DO NOTHING""",
    "walked": "SELECT accepted_at, message FROM retention_walk WHERE org = :org AND what = :what",
    "set_walked": """INSERT INTO retention_walk(org, what, accepted_at, message)
        VALUES(:org, :what, :accepted_at, :message)
        ON CONFLICT(org, what) DO UPDATE SET accepted_at = excluded.accepted_at,
        message = excluded.message""",
    "walk": """SELECT m.id, m.accepted_at, m.final_at, m.expires_at, m.timeline FROM message m
        WHERE m.org = :org AND m.accepted_at <= :until AND (m.accepted_at, m.id) > (:accepted_at, :id)
        ORDER BY m.accepted_at, m.id LIMIT :most""",
    "kept": """SELECT look_at, message FROM retention_kept WHERE org = :org AND what = :what
        AND look_at <= :until ORDER BY look_at LIMIT :most""",
    "candidates": f"""SELECT m.id, m.accepted_at, m.final_at, m.expires_at, m.timeline FROM message m
        WHERE {one_of("m.id", "ids")}""",
    "keep": """INSERT INTO retention_kept(org, what, look_at, message)
        VALUES(:org, :what, :look_at, :message)""",
    "forget": """DELETE FROM retention_kept WHERE org = :org AND what = :what AND look_at = :look_at
        AND message = :message""",
    "drop_bodies": f"UPDATE message SET body = NULL WHERE {one_of('id', 'ids')}",
    "drop_messages": f"DELETE FROM message WHERE {one_of('id', 'ids')}",
    "drop_references": f"DELETE FROM reference WHERE {one_of('message', 'ids')}",
    "drop_console_sent": f"DELETE FROM console_sent WHERE {one_of('message', 'ids')}",
    "drop_labels": f"DELETE FROM message_label WHERE {one_of('message', 'ids')}",
    "drop_kept_answers": """DELETE FROM kept_answer WHERE (org, key) IN (SELECT org, key FROM kept_answer
        WHERE org = :org AND at <= :until ORDER BY at LIMIT :most) RETURNING key""",
    "drop_events": """DELETE FROM event WHERE id IN (SELECT id FROM event
        WHERE org = :org AND at <= :until ORDER BY at LIMIT :most) RETURNING id""",
}
WRITES = {name: compile_sql(text, "sqlite") for name, text in _WRITES.items()}
