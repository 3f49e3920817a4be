"""The schema as numbered migrations. A migration that has been released is never edited: its checksum is
kept in every database, and a database that knows a newer number than this program is refused.
"""

from hashlib import sha256

from msgspec import Struct

from heliograph.store.migrations import (
    access,
    audit,
    batch,
    callback,
    console,
    feed,
    firewall,
    portal,
    sending,
    sim,
    smpp_account,
    tariff,
    upstream,
)

TYPES = {
    "sqlite": {
        "@INT@": "INTEGER",
        "@BYTES@": "BLOB",
        "@STRICT@": " STRICT",
        "@KEYED@": " STRICT, WITHOUT ROWID",
    },
    "pg": {"@INT@": "BIGINT", "@BYTES@": "BYTEA", "@STRICT@": "", "@KEYED@": ""},
}


class Migration(Struct, frozen=True):
    number: int
    name: str
    text: str

    @property
    def checksum(self) -> str:
        return sha256(self.text.encode()).hexdigest()

    def statements(self, engine: str) -> list[str]:
        text = self.text
        for token, word in TYPES[engine].items():
            text = text.replace(token, word)
        return [statement for statement in map(str.strip, text.split(";")) if statement]


_FOUNDATION = """
CREATE TABLE sequence(name TEXT PRIMARY KEY, next @INT@ NOT NULL)@KEYED@;

CREATE TABLE organisation(
    id @INT@ PRIMARY KEY, name TEXT NOT NULL UNIQUE, created_at @INT@ NOT NULL,
    body_days @INT@, country_code TEXT NOT NULL DEFAULT '', time_zone TEXT NOT NULL DEFAULT '',
    language TEXT NOT NULL DEFAULT '')@STRICT@;

CREATE TABLE application(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, name TEXT NOT NULL, created_at @INT@ NOT NULL, UNIQUE(org,
    name))@STRICT@;

CREATE TABLE token(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, name TEXT NOT NULL, hash @BYTES@ NOT NULL UNIQUE,
    scopes TEXT NOT NULL, created_at @INT@ NOT NULL, expires_at @INT@, revoked_at @INT@,
    networks TEXT NOT NULL, creator @INT@)@STRICT@;

CREATE TABLE account(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, name TEXT NOT NULL UNIQUE, password TEXT NOT NULL,
    role TEXT NOT NULL,
    created_at @INT@ NOT NULL, full_name TEXT NOT NULL, status @INT@ NOT NULL,
    issuer TEXT NOT NULL, subject TEXT NOT NULL)@STRICT@;
CREATE INDEX account_of_org ON account(org, name);
CREATE UNIQUE INDEX account_of_subject ON account(org, issuer, subject) WHERE subject <> '';

CREATE TABLE policy(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, name TEXT NOT NULL, mo @INT@ NOT NULL, mt @INT@ NOT NULL,
    p2p_internal @INT@ NOT NULL, p2p_external @INT@ NOT NULL, mo_limit @INT@, mt_limit @INT@,
    quota @INT@ NOT NULL,
    price_mo @INT@ NOT NULL, price_mt @INT@ NOT NULL, application @INT@,
    p2p_received_per_minute @INT@ NOT NULL,
    p2p_sent_per_day @INT@ NOT NULL, description TEXT NOT NULL, interface @INT@ NOT NULL,
    api_callback @INT@, api_secret @INT@, mo_per_part @INT@ NOT NULL, extras TEXT NOT NULL,
    created_at @INT@ NOT NULL, updated_at @INT@ NOT NULL, firewall @INT@ NOT NULL, smpp_account @INT@,
    UNIQUE(org, name))@STRICT@;

CREATE TABLE device(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, name TEXT NOT NULL, msisdn TEXT NOT NULL, imsi TEXT NOT NULL,
    policy @INT@ NOT NULL, network TEXT NOT NULL, status @INT@ NOT NULL, attached @INT@ NOT NULL,
    tags TEXT NOT NULL, tariff @INT@, barred @INT@ NOT NULL, imei TEXT NOT NULL, imei_lock @INT@ NOT NULL,
    ip_address TEXT NOT NULL, created_at @INT@ NOT NULL, updated_at @INT@ NOT NULL,
    firewall @INT@ NOT NULL)@STRICT@;
CREATE INDEX device_of_org ON device(org);
CREATE UNIQUE INDEX device_name ON device(org, name);
CREATE UNIQUE INDEX device_msisdn ON device(msisdn) WHERE msisdn <> '';
CREATE UNIQUE INDEX device_imsi ON device(imsi) WHERE imsi <> '';

CREATE TABLE tally(
    device @INT@ PRIMARY KEY, month @INT@ NOT NULL, mt @INT@ NOT NULL, mo @INT@ NOT NULL,
    cost_mt @INT@ NOT NULL,
    cost_mo @INT@ NOT NULL, p2p_received TEXT NOT NULL, p2p_sent TEXT NOT NULL,
    heard TEXT NOT NULL)@STRICT@;
CREATE TABLE tally_history(
    device @INT@ NOT NULL, month @INT@ NOT NULL, mt @INT@ NOT NULL, mo @INT@ NOT NULL,
    cost_mt @INT@ NOT NULL, cost_mo @INT@ NOT NULL, PRIMARY KEY(device, month))@KEYED@;
CREATE TABLE quota(
    device @INT@ PRIMARY KEY, org @INT@ NOT NULL, volume @INT@ NOT NULL, remaining @INT@ NOT NULL,
    last_added @INT@ NOT NULL, expires_at @INT@, threshold_percent @INT@, auto_refill @INT@ NOT NULL,
    refilled_day @INT@ NOT NULL, threshold @INT@, ended @INT@ NOT NULL)@STRICT@;

CREATE TABLE message(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, direction @INT@ NOT NULL, device @INT@, origin @INT@,
    application @INT@,
    sender TEXT NOT NULL, source TEXT NOT NULL, destination TEXT NOT NULL, body @BYTES@, dcs @INT@ NOT NULL,
    pid @INT@ NOT NULL, udh @BYTES@ NOT NULL, languages @INT@ NOT NULL, segments @INT@ NOT NULL,
    priority @INT@ NOT NULL, receipt @INT@ NOT NULL, at_most_once @INT@ NOT NULL, replace_key TEXT,
    price @INT@ NOT NULL, state @INT@ NOT NULL, reason TEXT, accepted_at @INT@ NOT NULL, not_before @INT@,
    expires_at @INT@ NOT NULL, final_at @INT@, attempts @INT@ NOT NULL, timeline TEXT NOT NULL,
    service_type TEXT NOT NULL)@STRICT@;
CREATE INDEX message_of_org ON message(org, accepted_at);
CREATE INDEX message_of_device ON message(device, accepted_at) WHERE device IS NOT NULL;
CREATE INDEX message_of_origin ON message(origin, accepted_at) WHERE origin IS NOT NULL;
CREATE INDEX message_replace ON message(device, replace_key) WHERE replace_key IS NOT NULL;

CREATE TABLE delivery(
    id @INT@ PRIMARY KEY, kind @INT@ NOT NULL, message @INT@ NOT NULL, receiver @INT@ NOT NULL,
    key @INT@ NOT NULL,
    priority @INT@ NOT NULL, position @INT@ NOT NULL, place @INT@ NOT NULL, segment @INT@ NOT NULL,
    attempts @INT@ NOT NULL, repeated @INT@ NOT NULL, enter_at @INT@, expires_at @INT@ NOT NULL,
    via TEXT NOT NULL)@STRICT@;
CREATE INDEX delivery_lane ON delivery(receiver, key, place, priority DESC, position) WHERE place <> 1;
CREATE INDEX delivery_entry ON delivery(enter_at) WHERE place = 2;
CREATE INDEX delivery_expiry ON delivery(expires_at) WHERE place <> 1;

CREATE TABLE lane(
    receiver @INT@ NOT NULL, key @INT@ NOT NULL, gate TEXT NOT NULL, due_at @INT@, attempts @INT@ NOT NULL,
    code TEXT NOT NULL, PRIMARY KEY(receiver, key))@KEYED@;
CREATE INDEX lane_due ON lane(gate, due_at) WHERE due_at IS NOT NULL;

CREATE TABLE part(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, device @INT@ NOT NULL, destination TEXT NOT NULL,
    reference @INT@ NOT NULL, total @INT@ NOT NULL, number @INT@ NOT NULL, arrived_at @INT@ NOT NULL,
    dcs @INT@ NOT NULL, pid @INT@ NOT NULL, udh @BYTES@ NOT NULL, body @BYTES@ NOT NULL,
    raw_ucs2 @INT@ NOT NULL)@STRICT@;
CREATE INDEX part_set ON part(device, destination, reference, total, number);
CREATE INDEX part_age ON part(arrived_at);

CREATE TABLE reference(
    gate TEXT NOT NULL, reference TEXT NOT NULL, message @INT@ NOT NULL, delivery @INT@ NOT NULL,
    segment @INT@ NOT NULL, code TEXT, PRIMARY KEY(gate, reference))@KEYED@;
CREATE INDEX reference_of_message ON reference(message);

CREATE TABLE event(
    id @INT@ PRIMARY KEY, org @INT@ NOT NULL, at @INT@ NOT NULL, type TEXT NOT NULL,
    severity @INT@ NOT NULL,
    device @INT@, message @INT@, detail TEXT NOT NULL, sim @INT@)@STRICT@;
CREATE INDEX event_of_org ON event(org, at);
CREATE INDEX event_of_device ON event(device, at) WHERE device IS NOT NULL;
CREATE INDEX event_of_sim ON event(sim, at) WHERE sim IS NOT NULL;

CREATE TABLE retention_walk(
    org @INT@ NOT NULL, what @INT@ NOT NULL, accepted_at @INT@ NOT NULL, message @INT@ NOT NULL,
    PRIMARY KEY(org, what))@KEYED@;
CREATE TABLE retention_kept(
    org @INT@ NOT NULL, what @INT@ NOT NULL, look_at @INT@ NOT NULL, message @INT@ NOT NULL,
    PRIMARY KEY(org, what, look_at, message))@KEYED@
"""

MIGRATIONS = (
    Migration(1, "foundation", _FOUNDATION),
    Migration(2, "audit", audit.TEXT),
    Migration(3, "tariff", tariff.TEXT),
    Migration(4, "sending", sending.TEXT),
    Migration(5, "access", access.TEXT),
    Migration(6, "sim", sim.TEXT),
    Migration(7, "callback", callback.TEXT),
    Migration(8, "firewall", firewall.TEXT),
    Migration(9, "batch", batch.TEXT),
    Migration(10, "feed", feed.TEXT),
    Migration(11, "smpp_account", smpp_account.TEXT),
    Migration(12, "upstream", upstream.TEXT),
    Migration(13, "portal", portal.TEXT),
    Migration(14, "console", console.TEXT),
)
