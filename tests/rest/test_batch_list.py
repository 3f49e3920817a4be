"""The list of batches is led on by `Link`, newest first, each batch once."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.rest.site import Site, site


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("site") / "data") as running:
        yield running


def test_batches_come_in_pages(api: Site) -> None:
    device = api.new_device("listed", msisdn="491530000900", imsi="901290000000900")
    wanted = {"payload": "x", "recipients": {"endpoints": [device]}}
    made = [api.post("/v1/sms", wanted).body["id"] for _ in range(5)]
    seen: list[int] = []
    path = "/v1/batch?per_page=2"
    while path:
        page = api.get(path)
        seen += [one["id"] for one in page.body]
        link = page.headers.get("link", "")
        assert not link or link.endswith('; rel="next"')
        where = urlsplit(link[1:].partition(">")[0])
        path = f"{where.path.removeprefix('/api')}?{where.query}" if link else ""
    assert seen == made[::-1]


def test_a_recipient_of_the_fleet_has_a_name(api: Site) -> None:
    device = api.new_device("named", msisdn="491530000901", imsi="901290000000901")
    recipients = {"endpoints": [device], "msisdns": ["4917612345678"]}
    batch = api.post("/v1/sms", {"payload": "x", "recipients": recipients}).body["id"]
    refused, sent = api.get(f"/v1/batch/{batch}/recipient").body
    assert (sent["recipient"], sent["name"]) == ("491530000901", "named")
    assert "name" not in refused
