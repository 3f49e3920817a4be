"""What an endpoint sent and received: by month, hour and day, each way, with its cost."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from heliograph.core.content import Content, content_of_text
from heliograph.flow.ports import Answers, Urgency
from heliograph.flow.reads.fleet_port import Spans
from heliograph.flow.reads.traffic import before
from heliograph.flow.requests import Inbound
from heliograph.flow.shown import Mark
from heliograph.store.reads import fleet as fleet_reader
from tests.rest.site import Site

PRICE_MT, PRICE_MO = 45_000, 20_000
LONG = "x" * 200  # two segments
APPLICATION = "4444"


@pytest.fixture(scope="module")
def policy(api: Site) -> int:
    return api.new_policy("priced", price_mt=PRICE_MT, price_mo=PRICE_MO)


def send(api: Site, device: int, text: str) -> None:
    assert api.post(f"/v1/endpoint/{device}/sms", {"payload": text}).status == 201


def hear(api: Site, imsi: str, to: str = APPLICATION) -> None:
    content = content_of_text("reading")
    assert isinstance(content, Content)
    api.ask(api.app.receive([Inbound("simulator", imsi, "", to, content)]))


def sums(period: dict[str, Any]) -> tuple[int, int, int, float, float]:
    sms = period["sms"]
    assert sms["traffic_type_id"] == sms["traffic_type"]["id"] == 6
    assert sms["cost"] == pytest.approx(sms["cost_tx"] + sms["cost_rx"])
    return sms["volume"], sms["volume_tx"], sms["volume_rx"], sms["cost_tx"], sms["cost_rx"]


class Earlier:
    """A flow of this test: the messages of a device were earlier."""

    urgency = Urgency.BULK

    async def __call__(self, tx: Any, requests: Sequence[tuple[int, int]]) -> Answers[None]:
        for device, shift in requests:
            text = "UPDATE message SET accepted_at = accepted_at - ? WHERE device = ? OR origin = ?"
            tx._connection.execute(text, (shift, device, device)).fetchall()
        return Answers([None for _ in requests], [])


def moved(api: Site, device: int, **by: float) -> None:
    api.run(Earlier(), (device, timedelta(**by) // timedelta(milliseconds=1)))


def test_segments_and_costs_each_way(api: Site, policy: int) -> None:
    imsi = "901880000000001"
    device = api.new_device("counted", policy, msisdn="8834000000001", imsi=imsi)
    send(api, device, "one")
    send(api, device, LONG)
    hear(api, imsi)
    found = api.get(f"/v1/endpoint/{device}/stats").body
    expected = (4, 3, 1, 0.135, 0.02)
    assert sums(found["current_month"]) == sums(found["last_hour"]) == expected
    assert sums(found["last_month"]) == (0, 0, 0, 0, 0)
    today = datetime.now(UTC).date()
    assert found["current_month"]["sms"]["month"] == f"{today:%Y-%m}-01"
    days = api.get(f"/v1/endpoint/{device}/stats/daily").body
    assert [day["date"] for day in days] == [f"{today:%Y-%m}-{number + 1:02}" for number in range(len(days))]
    assert sums(days[-1]) == expected
    assert all(sums(day)[0] == 0 for day in days[:-1])


def test_an_sms_between_devices_counts_for_both(api: Site, policy: int) -> None:
    one, two = ("901880000000011", "8834000000011"), ("901880000000012", "8834000000012")
    sender = api.new_device("p2p from", policy, imsi=one[0], msisdn=one[1])
    receiver = api.new_device("p2p to", policy, imsi=two[0], msisdn=two[1])
    hear(api, one[0], to=two[1])
    for device, expected in ((sender, (1, 0, 1, 0, 0.02)), (receiver, (1, 1, 0, 0.045, 0))):
        found = api.get(f"/v1/endpoint/{device}/stats").body
        assert sums(found["current_month"]) == sums(found["last_hour"]) == expected


def test_the_hour_and_the_days_begin_where_they_begin(api: Site, policy: int) -> None:
    device = api.new_device("earlier", policy, msisdn="8834000000021")
    send(api, device, LONG)
    moved(api, device, days=40)
    send(api, device, "a")
    moved(api, device, minutes=61)
    send(api, device, "b")
    found = api.get(f"/v1/endpoint/{device}/stats").body
    assert sums(found["last_hour"])[:3] == (1, 1, 0)
    now = datetime.now(UTC)
    long_ago = (now - timedelta(days=40, minutes=61)).date()
    query = f"start_date={long_ago}&end_date={now.date()}"
    days = {day["date"]: sums(day)[0] for day in api.get(f"/v1/endpoint/{device}/stats/daily?{query}").body}
    until = api.get(f"/v1/endpoint/{device}/stats/daily?start_date={long_ago}&end_date={long_ago}").body
    assert [sums(day)[0] for day in until] == [2]
    assert (len(days), days[str(long_ago)], sum(days.values())) == ((now.date() - long_ago).days + 1, 2, 4)


def test_what_was_taken_back_counts_nothing(api: Site, policy: int) -> None:
    device = api.new_device("cancelled", policy, msisdn="8834000000031")
    due = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    answer = api.post(f"/v1/endpoint/{device}/sms", {"payload": LONG, "not_before": due})
    assert answer.status == 201
    assert sums(api.get(f"/v1/endpoint/{device}/stats").body["last_hour"])[0] == 2
    assert api.call("DELETE", answer.headers["location"].split("/api")[1]).status == 200
    found = api.get(f"/v1/endpoint/{device}/stats").body
    assert sums(found["last_hour"])[0] == sums(found["current_month"])[0] == 0


def test_many_messages_are_counted_in_slices(api: Site, policy: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fleet_reader, "SLICE_MESSAGES", 3)
    device = api.new_device("busy", policy, msisdn="8834000000041")
    for number in range(10):
        send(api, device, str(number))
    reader = fleet_reader.SqliteFleetReader(api.app.reader)
    part = api.ask(reader.traffic(device, True, Spans(0, 2**50), Mark(2**50, -1), 0))
    assert part.spans == {0: (3, 3 * PRICE_MT)}
    assert part.before is not None
    assert sums(api.get(f"/v1/endpoint/{device}/stats").body["last_hour"])[:3] == (10, 10, 0)


@pytest.mark.parametrize(
    "query",
    [
        "start_date=2026-02-02&end_date=2026-02-01",
        "start_date=2020-01-01&end_date=2020-12-31",
        "start_date=soon",
    ],
)
def test_days_are_in_order_and_few(api: Site, policy: int, query: str) -> None:
    device = api.new_device(f"days {len(query)} {query[-2:]}", policy)
    assert api.get(f"/v1/endpoint/{device}/stats/daily?{query}").status == 400


def test_another_organisation_sees_none(api: Site, policy: int) -> None:
    device = api.new_device("private", policy)
    token = api.new_token("admin", org=api.new_organisation("counting strangers").id)
    for path in ("stats", "stats/daily"):
        assert api.get(f"/v1/endpoint/{device}/{path}", token=token).status == 404


def test_the_month_before() -> None:
    assert [before(202601), before(202612)] == [202512, 202611]
