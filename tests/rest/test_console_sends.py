"""What a console may send is asked once more in the transaction that accepts it."""

from typing import Any

import pytest
from msgspec.structs import replace

from heliograph.app.settings import accept_settings
from heliograph.core.console import OF_TAG_AN_HOUR, mark_of, mark_of_link
from heliograph.core.refusal import Refusal
from heliograph.flow.console import ConsoleSend, SendFromConsole
from heliograph.flow.requests import Submitted
from heliograph.flow.submit import Submit
from heliograph.store.reads.console import SqliteConsoleReader
from heliograph.store.sql.console import SQL
from tests.rest.site import Site
from tests.rest.test_console import Pump, new_identifier, new_link


def run(api: Site, *requests: ConsoleSend) -> list[Any]:
    flow = SendFromConsole(Submit(accept_settings(api.app.config), api.app.routes))

    async def work() -> list[Any]:
        return list(await api.app.store.run(flow, requests))

    return api.ask(work())


def request_of(api: Site, link: dict[str, Any], device: int) -> ConsoleSend:
    row = api.ask(SqliteConsoleReader(api.app.reader).link(link["id"]))
    assert row is not None
    return ConsoleSend(api.org, row.id, device, mark_of_link(row), "reboot")


def codes(answers: list[Any]) -> list[str]:
    return [answer.code for answer in answers if isinstance(answer, Refusal)]


def test_many_at_a_time_get_exactly_the_rate(api: Site) -> None:
    pump = Pump(api)
    wanted = request_of(api, new_link(api, pump.id, rate=3), pump.id)
    answers = run(api, *[wanted] * 10)
    assert [type(answer) for answer in answers[:3]] == [Submitted] * 3
    assert codes(answers) == ["console_rate_reached"] * 7
    identifier = new_identifier()
    tagged = Pump(api, f"sms-{identifier}")
    by_tag = ConsoleSend(api.org, 0, tagged.id, mark_of(identifier), "reboot")
    assert codes(run(api, *[by_tag] * (OF_TAG_AN_HOUR + 2))) == ["console_rate_reached"] * 2


def test_what_a_policy_refuses_counts_for_no_rate(api: Site) -> None:
    pump = Pump(api, policy=api.new_policy("nothing to devices", mt=0))
    wanted = request_of(api, new_link(api, pump.id, rate=1), pump.id)
    assert codes(run(api, wanted, wanted)) == ["mt_off"] * 2


def test_what_holds_no_longer_sends_nothing(api: Site) -> None:
    """A link that was revoked, or opened otherwise, since the console's token was looked at."""
    pump, other, theirs = Pump(api), Pump(api), api.new_organisation("theirs").id
    link = new_link(api, pump.id)
    wanted = request_of(api, link, pump.id)
    assert codes(run(api, replace(wanted, mark="of another secret"))) == ["console_over"]
    assert codes(run(api, replace(wanted, org=theirs))) == ["unknown_device"]
    assert codes(run(api, replace(wanted, device=other.id))) == ["unknown_device"]
    assert codes(run(api, replace(wanted, link=2**40))) == ["console_over"]
    api.call("PATCH", f"/v1/console_link/{link['id']}", {"revoked": True})
    assert codes(run(api, wanted)) == ["console_over"]
    identifier = new_identifier()
    tagged = Pump(api, f"sms-{identifier}")
    by_tag = ConsoleSend(api.org, 0, tagged.id, mark_of(identifier), command="Restart")
    assert codes(run(api, by_tag)) == ["console_not_allowed"]
    assert codes(run(api, replace(by_tag, device=pump.id))) == ["console_over"]


INDEXES = {
    "conversation": ["console_sent_to_device", "message_of_origin"],
    "sent_by_link": ["console_sent_of_link"],
    "sent_to_device": ["console_sent_to_device"],
    "device_numbered": ["device_msisdn"],
    "link_of": ["sqlite_autoindex_console_link_1"],
}


@pytest.mark.parametrize("name", INDEXES)
def test_what_is_asked_often_is_found_by_an_index(api: Site, name: str) -> None:
    def plan(view: Any) -> list[str]:
        text = SQL[name]
        count = max(number for number in range(1, 10) if f"?{number}" in text)
        found = view.connection.execute(f"EXPLAIN QUERY PLAN {text}", (1,) * count).fetchall()
        return [row[3] for row in found]

    steps = [step for step in api.ask(api.app.reader.ask(plan)) if "INDEX " in step]
    assert [step.partition("INDEX ")[2].split()[0] for step in steps] == INDEXES[name]
