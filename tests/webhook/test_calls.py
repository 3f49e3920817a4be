"""What is called: bodies and headers exactly as the contract has them, signed so that others can tell."""

from tests.webhook.desk import Desk
from tests.webhook.receiver import Receiver


def test_an_mo_is_posted_as_the_contract_says(desk: Desk, receiver: Receiver) -> None:
    (id,) = desk.send(0, "hello ä")
    (heard,) = receiver.wait()
    body = heard.body
    assert (heard.method, heard.path) == ("POST", "/hook")
    assert heard.headers["content-type"] == "application/json"
    assert len(body.pop("submit_date")) == len("2026-11-21 15:00:00")
    assert body == {
        "id": id,
        "pid": 0,
        "dcs": 0,
        "source_address": desk.msisdn(0),
        "dest_address": "12345",
        "endpoint": {"id": desk.devices[0], "name": desk.name_of(0)},
        "organisation": {"id": desk.site.org, "name": "default"},
        "multi_part_info": {"partno": 1, "total": 1, "identifier": id},
        "payload": "hello ä",
    }
