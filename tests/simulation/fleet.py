"""The fleet: two organisations with their applications, policies, quotas and devices, as values and as rows.

The world keeps its own copy of what it wrote, so that checks never ask the engine what is allowed.
"""

from random import Random

import apsw
from msgspec import Struct
from msgspec.structs import astuple

from heliograph.core.device import Device, Quota
from heliograph.core.policy import Policy
from heliograph.core.routing import Table
from heliograph.core.upstream import Route, Upstream
from heliograph.store.sql.catalogue import columns

RADIO = "radio"
METRO = "metro"
ROUTED = "routed"  # the network of devices behind upstreams
NETWORKS = (RADIO, METRO)
UPSTREAMS = ("acme", "beta")
NETWORK_WINDOWS = {RADIO: 12, METRO: 30, "upstream:acme": 8, "upstream:beta": 6}
FAILOVER_SECONDS = 20
APPLICATION_WINDOW = 4
ORGANISATIONS = (1, 2)
_ORG_OF_POLICY = (1, 1, 1, 1, 2, 2, 2)
PHONES = {
    491510000000 + number: 1 + number % 2 for number in range(12)
}  # outside the fleet: who sends to them


class Fleet(Struct):
    policies: dict[int, Policy]
    devices: dict[int, Device]
    quotas: dict[int, Quota]

    def policy_of(self, device: int) -> Policy:
        return self.policies[self.devices[device].policy]

    def org_of(self, receiver: int) -> int:
        """Whose a device is, or who sends to a phone."""
        device = self.devices.get(receiver)
        return PHONES[receiver] if device is None else device.org

    def forbids_mt(self, device: int) -> bool:
        return bool(self.devices[device].status) or not self.policy_of(device).mt


def table() -> Table:
    """Two upstreams that are equally good for devices; for phones, one costs less."""
    upstreams = [
        Upstream(number, name, "127.0.0.1", 2775, failover_seconds=FAILOVER_SECONDS)
        for number, name in enumerate(UPSTREAMS, 1)
    ]
    routes = [Route(number, name, network=ROUTED) for number, name in enumerate(UPSTREAMS, 1)]
    routes += [Route(number + 10, name, cost=number) for number, name in enumerate(UPSTREAMS, 1)]
    return Table(upstreams, routes)


def application_of(org: int) -> int:
    return org * 10


def make_fleet(rng: Random, devices: int) -> Fleet:
    made = [
        Policy(1, 1, "open", price_mo=2, price_mt=5, application=10),
        Policy(2, 1, "limited", mo_limit=12, mt_limit=25, price_mo=1, price_mt=3, application=10),
        Policy(3, 1, "prepaid", quota=1, price_mt=4, application=10),
        Policy(4, 1, "chatty", price_mo=7, price_mt=2, application=10),
        Policy(5, 2, "open", price_mt=1, application=20),
        Policy(6, 2, "unread", mt_limit=60, application=None),
        Policy(7, 2, "chatty", price_mo=1, price_mt=6, application=20),
    ]
    policies = {policy.id: policy for policy in made}
    fleet = Fleet(policies, {}, {})
    for number in range(1, devices + 1):
        policy = rng.randint(1, len(made))
        org = _ORG_OF_POLICY[policy - 1]
        network = rng.choice((RADIO, RADIO, METRO, METRO, ROUTED, ROUTED))
        id = number * 256 + rng.randrange(256)
        msisdn, imsi = f"4917{number:08}", f"26201{number:010}"
        fleet.devices[id] = Device(id, org, f"device-{number}", msisdn, imsi, policy, network)
        if policy == 3:
            volume = rng.randint(5, 40)
            fleet.quotas[id] = Quota(id, 1, volume, volume, volume, None, 50)
    return fleet


def _insert(connection: apsw.Connection, table: str, row: Struct) -> None:
    names = columns(type(row))
    marks = ", ".join("?" for _ in names.split(", "))
    connection.execute(f"INSERT INTO {table}({names}) VALUES({marks})", astuple(row)).fetchall()


def write_fleet(connection: apsw.Connection, fleet: Fleet) -> None:
    with connection:
        for org in ORGANISATIONS:
            connection.execute(
                "INSERT INTO organisation(id, name, created_at) VALUES(?, ?, 0)", (org, f"org-{org}")
            ).fetchall()
            connection.execute(
                "INSERT INTO application(id, org, name, created_at) VALUES(?, ?, 'app', 0)",
                (application_of(org), org),
            ).fetchall()
        for table, rows in (("policy", fleet.policies), ("device", fleet.devices), ("quota", fleet.quotas)):
            for row in rows.values():
                _insert(connection, table, row)
