"""Managing devices: adding one and many, what is refused and in which words, changing, deleting."""

from collections import Counter
from time import process_time
from typing import Any

import pytest

from heliograph.core.delivery import Kind
from heliograph.core.device import Device
from heliograph.core.ids import SHARDS
from heliograph.core.message import DAY_MS, DEVICE_DELETED, State
from heliograph.core.outcome import Temporary
from heliograph.core.refusal import Refusal
from heliograph.flow.manage import departing
from heliograph.flow.manage.devices import SLICE, AddDevices, DeleteDevices, SetDevices, goes_on, slices
from heliograph.flow.manage.requests import DeleteDevice, DeviceWish, SetDevice
from heliograph.flow.ports import Urgency
from heliograph.store.sqlite.engine import Call
from tests.engine import APP, RADIO, Lab
from tests.flow.town import Town

ADD, SET, DELETE = AddDevices(), SetDevices(), DeleteDevices()
NUMBER = "447700900001"  # a device without one is nowhere, and what is for it waits


class Homes(Town):
    def add(self, name: str = "tracker", **fields: Any) -> Device | Refusal:
        answer: Device | Refusal = self.lab.run(ADD, self.new(name, **fields))[0]
        return answer

    def device(self, name: str = "tracker", **fields: Any) -> Device:
        device = self.add(name, **fields)
        assert isinstance(device, Device), device
        return device

    def set(self, device: int, org: int | None = None, **wish: Any) -> Device | Refusal:
        request = SetDevice(org or self.org, device, DeviceWish(**wish))
        answer: Device | Refusal = self.lab.run(SET, request)[0]
        return answer

    def delete(self, device: int, org: int | None = None) -> Device | Refusal:
        answer: Device | Refusal = self.lab.run(DELETE, DeleteDevice(org or self.org, device))[0]
        return answer


@pytest.fixture
def town() -> Homes:
    lab = Lab()
    lab.gate()
    return Homes(lab)


def refused(answer: object) -> tuple[str, str | None]:
    assert isinstance(answer, Refusal), answer
    return answer.code, answer.rule


def test_an_added_device_can_be_sent_to_at_once(town: Homes) -> None:
    device = town.device(msisdn="491700000001", imsi="262010000000001", tags=" a, b,,a ,c")
    assert town.lab.rows(Device) == [device]
    assert (device.tags, device.status, device.attached) == ("a,b,c", 0, 1)
    town.lab.accept(device.id, org=town.org)
    assert town.lab.one().msisdn == "491700000001"


@pytest.mark.parametrize(
    ("fields", "code", "rule"),
    [
        ({"name": ""}, "bad_value", "name"),
        ({"name": "x" * 101}, "bad_value", "name"),
        ({"name": "two\nlines"}, "bad_value", "name"),
        ({"name": " x"}, "bad_value", "name"),
        ({"msisdn": "+491700000001"}, "bad_value", "msisdn"),
        ({"msisdn": "0170"}, "bad_value", "msisdn"),
        ({"imsi": "26201"}, "bad_value", "imsi"),
        ({"imsi": "2620100000000019"}, "bad_value", "imsi"),
        ({"network": "No Such"}, "bad_value", "network"),
        ({"status": 2}, "bad_value", "status"),
        ({"tags": "x" * 1001}, "bad_value", "tags"),
        ({"policy": "none"}, "unknown_policy", "policy"),
        ({"policy": 12345}, "unknown_policy", "policy"),
        ({"org": 12345}, "unknown_organisation", None),
    ],
)
def test_what_is_not_well_formed_is_refused(
    town: Homes, fields: dict[str, Any], code: str, rule: str | None
) -> None:
    assert refused(town.lab.run(ADD, town.new(**fields))[0]) == (code, rule)
    assert town.lab.count("device") == 0


def test_the_longest_of_each_is_taken(town: Homes) -> None:
    device = town.device("x" * 100, msisdn="1" * 15, imsi="0" * 15, tags="y" * 1000)
    assert town.lab.rows(Device) == [device]


def test_a_name_is_the_organisations_and_a_number_the_platforms(town: Homes) -> None:
    town.device(msisdn="491700000001", imsi="262010000000001")
    assert refused(town.add()) == ("duplicate", "name")
    assert isinstance(town.add(org=town.other), Device)
    own = town.add("b", msisdn="491700000001"), town.add("b", imsi="262010000000001")
    others = (
        town.add("b", org=town.other, msisdn="491700000001"),
        town.add("b", org=town.other, imsi="262010000000001"),
    )
    assert [refused(answer) for answer in own] == [("duplicate", "msisdn"), ("duplicate", "imsi")]
    assert own == others  # the words do not tell whose it is


def test_a_bad_row_harms_no_other_and_twins_in_a_batch_are_found(town: Homes) -> None:
    rows = [
        town.new("a", msisdn="491700000001", imsi="262010000000001"),
        town.new("a"),
        town.new("b", msisdn="491700000001"),
        town.new("c", imsi="262010000000001"),
        town.new("d", msisdn="1"),
        town.new("d"),
        town.new("e"),  # no number twice is no twin
    ]
    answers = town.lab.run(ADD, *rows)
    assert [answer.name if isinstance(answer, Device) else answer.rule for answer in answers] == [
        "a",
        "name",
        "msisdn",
        "imsi",
        "msisdn",
        "d",
        "e",
    ]
    assert {device.name for device in town.lab.rows(Device)} == {"a", "d", "e"}


def test_twins_of_two_calls_in_one_transaction_are_found(town: Homes) -> None:
    first, second = town.lab.round(Call(ADD, [town.new("a")]), Call(ADD, [town.new("a")]))
    third = town.lab.round(Call(AddDevices(), [town.new("b")]), Call(AddDevices(), [town.new("b")]))
    assert isinstance(first[0], Device)
    assert refused(second[0]) == ("duplicate", "name")
    assert refused(third[1][0]) == ("duplicate", "name")


def test_an_import_is_fast_and_even_over_the_shards(town: Homes) -> None:
    flow = AddDevices(Urgency.BULK)
    rows = [
        town.new(f"device-{number}", msisdn=f"4917{number:08}", imsi=f"26201{number:010}", tags="fleet")
        for number in range(20_000)
    ]
    started = process_time()
    answers = [answer for part in slices(rows) for answer in town.lab.run(flow, *part)]
    assert process_time() - started < 4  # 100,000 in less than 5 s is the aim; this allows a busy machine
    assert all(isinstance(answer, Device) for answer in answers)
    assert town.lab.count("device") == len(rows)
    shards = Counter(answer.id % SHARDS for answer in answers)
    assert len(shards) == SHARDS
    assert max(shards.values()) - min(shards.values()) <= 2
    assert max(len(part) for part in slices(rows)) == SLICE


def test_single_devices_spread_as_well(town: Homes) -> None:
    shards = {town.device(f"d{number}").id % SHARDS for number in range(64)}
    assert len(shards) == 64


def test_fields_change_and_what_is_left_out_stays(town: Homes) -> None:
    device = town.device(msisdn="491700000001", imsi="262010000000001", tags="old")
    changed = town.set(device.id, name="new name", tags="x , y", msisdn="491700000002")
    assert isinstance(changed, Device)
    assert (changed.name, changed.tags, changed.msisdn, changed.imsi) == (
        "new name",
        "x,y",
        "491700000002",
        device.imsi,
    )
    assert town.lab.rows(Device) == [changed]
    assert town.lab.events() == []


def test_a_change_is_checked_like_a_new_device(town: Homes) -> None:
    first = town.device("a", msisdn="491700000001", imsi="262010000000001")
    second = town.device("b", org=town.other, msisdn="491700000002", imsi="262010000000002")
    assert refused(town.set(first.id, name="")) == ("bad_value", "name")
    assert refused(town.set(first.id, msisdn="491700000002")) == ("duplicate", "msisdn")
    assert refused(town.set(first.id, imsi="262010000000002")) == ("duplicate", "imsi")
    assert refused(town.set(first.id, policy="none")) == ("unknown_policy", "policy")
    assert refused(town.set(first.id, policy=second.policy)) == ("unknown_policy", "policy")
    assert refused(town.set(second.id, name="mine")) == ("unknown_device", None)
    assert isinstance(town.set(first.id, name="b"), Device)  # the other one's is another organisation's
    assert isinstance(town.set(first.id, name="b", msisdn="491700000001"), Device)  # its own
    assert isinstance(town.set(first.id, msisdn="", imsi=""), Device)
    assert town.lab.rows(Device, "org = ?", town.other) == [second]


def test_disabling_and_enabling_leave_events(town: Homes) -> None:
    device = town.device()
    town.set(device.id, status=1)
    assert refused(town.lab.submit(device.id, org=town.org))[0] == "device_disabled"
    town.set(device.id, status=1)
    town.set(device.id, status=0)
    assert town.lab.events() == ["device_disabled", "device_enabled"]


def test_what_waits_goes_by_the_new_network(town: Homes) -> None:
    town.lab.gates.add("old", town.lab.gates.by_name[RADIO])
    lab = town.lab
    device = town.device(network="old", msisdn=NUMBER)
    lab.routes.networks["old"] = lab.routes.networks[RADIO]  # type: ignore[index]  # a dict in this lab
    message = lab.accept(device.id, org=town.org)
    lab.settle(Temporary("absent"))
    lane = lab.lane(device.id)
    assert lane is not None
    assert lane.gate == "old"
    town.set(device.id, network=RADIO)
    assert lab.wake_at == lab.clock.now_ms
    assert lab.lane(device.id).gate == RADIO  # type: ignore[union-attr]  # it waits, so there is one
    lab.deliver(RADIO)
    job = lab.one()
    assert (job.message.id, job.gate) == (message, RADIO)


def test_what_waits_behind_a_closed_network_starts_by_the_new_one(town: Homes) -> None:
    lab = town.lab
    lab.gate("closed")
    lab.close("closed")
    lab.routes.networks["closed"] = lab.routes.networks[RADIO]  # type: ignore[index]  # a dict in this lab
    device = town.device(network="closed", msisdn=NUMBER)
    message = lab.accept(device.id, org=town.org)
    assert lab.lane(device.id) is None  # a closed gate's lane costs nothing, not even a row
    town.set(device.id, network=RADIO)
    lab.deliver(RADIO)
    assert lab.one().message.id == message


def test_what_waits_for_a_device_that_goes_is_canceled(town: Homes) -> None:
    device, lab = town.device(msisdn=NUMBER), town.lab
    lab.sql("INSERT INTO application VALUES(?, ?, 'app', 0)", APP, town.org)
    tried = lab.accept(device.id, org=town.org, receipt_to=APP)
    lab.settle(Temporary("absent"))
    later = lab.accept(device.id, org=town.org, receipt_to=APP, not_before=lab.clock.now() + 3 * DAY_MS)
    assert town.delete(device.id) == device
    ends = lab.sql("SELECT id, state, reason FROM message ORDER BY id")
    assert ends == sorted((id, State.CANCELED, DEVICE_DELETED) for id in (tried, later))
    assert [lab.count(name) for name in ("device", "tally", "lane")] == [0, 0, 0]
    lab.application()
    lab.poll()
    assert (lab.jobs[0].delivery.kind, lab.jobs[0].message.id) == (Kind.RECEIPT, tried)


def test_more_than_a_slice_is_canceled_slice_by_slice(town: Homes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(departing, "SLICE", 2)
    device, lab = town.device(), town.lab  # it has no number: all of it waits
    for _ in range(5):
        lab.accept(device.id, org=town.org)
    answers = [town.delete(device.id) for _ in range(3)]
    assert [goes_on(answer) for answer in answers] == [True, True, False]
    assert answers[2] == device
    assert lab.sql("SELECT DISTINCT state FROM message") == [(State.CANCELED,)]


def test_what_a_device_sent_to_another_goes_on_without_it(town: Homes) -> None:
    sender, other = (
        town.device(msisdn=NUMBER, imsi="262010000000001"),
        town.device("other", msisdn="447700900002"),
    )
    lab = town.lab
    lab.receive(imsi=sender.imsi, destination=other.msisdn)
    lab.settle(Temporary("absent"))
    assert town.delete(sender.id) == sender
    lab.advance(60)
    lab.settle()
    assert lab.sql("SELECT state FROM message") == [(State.DELIVERED,)]


def test_a_device_goes_only_when_nothing_is_under_way(town: Homes) -> None:
    device = town.device(msisdn=NUMBER)
    town.lab.accept(device.id, org=town.org)
    assert refused(town.delete(device.id)) == ("messages_wait", "device")  # under way
    town.lab.settle()
    assert refused(town.delete(device.id, town.other)) == ("unknown_device", None)
    assert town.delete(device.id) == device
    assert [town.lab.count(name) for name in ("device", "tally", "lane", "message")] == [0, 0, 0, 1]
    assert refused(town.delete(device.id)) == ("unknown_device", None)
    assert isinstance(town.add(), Device)  # the name is free


def test_a_device_stays_while_a_part_of_its_sms_waits(town: Homes) -> None:
    device = town.device(imsi="262010000000001")
    town.lab.receive(imsi=device.imsi, part_total=2, part_number=1, part_reference=7)
    assert town.lab.count("part") == 1
    assert refused(town.delete(device.id)) == ("messages_wait", "device")


def test_a_device_goes_while_its_receipt_waits(town: Homes) -> None:
    device = town.device(msisdn=NUMBER)
    lab = town.lab
    lab.sql("INSERT INTO application VALUES(?, ?, 'app', 0)", APP, town.org)
    lab.accept(device.id, org=town.org, receipt_to=APP)
    lab.settle()
    assert town.delete(device.id) == device
    lab.application()
    lab.poll()
    assert lab.jobs[0].delivery.kind == Kind.RECEIPT
    lab.settle()
    assert lab.count("delivery") == 0
