"""Metrics: what they count, and who may read them."""

import http.client
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.rest.site import Site, site


def scrape(api: Site, address: str = "127.0.0.1", **headers: str) -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", api.port, timeout=30, source_address=(address, 0))
    try:
        connection.request("GET", "/metrics", headers={k.replace("_", "-"): v for k, v in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def values(api: Site) -> dict[tuple[str, ...], float]:
    status, text = scrape(api)
    assert status == 200, text
    return {
        (one.name, *(f"{name}={value}" for name, value in sorted(one.labels.items()))): one.value
        for family in text_string_to_metric_families(text)
        for one in family.samples
    }


def more(before: dict[tuple[str, ...], float], after: dict[tuple[str, ...], float], *key: str) -> float:
    return after[key] - before.get(key, 0)


def test_messages_attempts_and_outcomes_are_counted(api: Site) -> None:
    device = api.new_device("counted", msisdn="99977700001", imsi="001017770000001")
    before = values(api)
    sms = api.post(f"/v1/endpoint/{device}/sms", {"payload": "hello"})
    assert sms.status == 201
    path = sms.headers["location"].partition("/api")[2]
    for _ in range(2_000):
        if api.get(path).body["status"]["description"] == "DELIVERED":
            break
    else:
        raise AssertionError(api.get(path))
    after = values(api)
    assert more(before, after, "heliograph_messages_accepted_total", "direction=mt") == 1
    assert more(before, after, "heliograph_messages_ended_total", "state=delivered") == 1
    assert more(before, after, "heliograph_attempts_total") == 1
    assert more(before, after, "heliograph_outcomes_total", "gate=simulator", "outcome=delivered") == 1
    assert more(before, after, "heliograph_store_rounds_total") >= 2
    assert after["heliograph_gate_reachable", "gate=simulator"] == 1
    assert after["heliograph_gate_window", "gate=simulator"] == 1000
    assert after["process_open_fds",] > 0


def test_upstreams_have_their_own(api: Site) -> None:
    api.post("/v1/upstream", {"name": "measured", "host": "127.0.0.1", "port": 1})
    found = values(api)
    assert found["heliograph_upstream_up", "upstream=measured"] == 0
    assert found["heliograph_upstream_binds", "state=bound", "upstream=measured"] == 0
    assert found["heliograph_upstream_submitted_total", "upstream=measured"] == 0
    assert found["heliograph_gate_reachable", "gate=upstream:measured"] == 0


def refused(api: Site, status: int, **headers: Any) -> None:
    found, text = scrape(api, **headers)
    assert found == status
    assert "heliograph_" not in text


@pytest.mark.parametrize(
    "headers",
    [
        {"X_Forwarded_For": "198.51.100.7"},
        {"Forwarded": "for=198.51.100.7"},
        {"Host": "sms.example.com"},
        {"Host": "sms.example.com:8080"},
    ],
)
def test_who_comes_through_a_proxy_or_a_browser_needs_a_token(api: Site, headers: dict[str, str]) -> None:
    refused(api, 401, **headers)
    assert scrape(api, Authorization=f"Bearer {api.token}", **headers)[0] == 200


def test_a_token_needs_the_scope_and_the_installation_s_organisation(api: Site) -> None:
    far = {"Host": "sms.example.com"}
    refused(api, 401, Authorization="Bearer hg_nothing", **far)
    refused(api, 403, Authorization=f"Bearer {api.new_token('sms:read')}", **far)
    other = api.new_token("admin", org=api.new_organisation("elsewhere metrics").id)
    refused(api, 403, Authorization=f"Bearer {other}", **far)
    token = api.new_token("metrics:read")
    assert scrape(api, Authorization=f"Bearer {token}", **far)[0] == 200


def test_they_may_need_a_token_always_or_be_off(tmp_path: Path) -> None:
    with site(tmp_path / "token", {"METRICS__ACCESS": "token"}) as api:
        refused(api, 401)
        assert scrape(api, Authorization=f"Bearer {api.token}")[0] == 200
    with site(tmp_path / "off", {"METRICS__ACCESS": "off"}) as api:
        refused(api, 404, Authorization=f"Bearer {api.token}")
