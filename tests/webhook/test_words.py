"""What answers mean, and what is computed, looked at without a network."""

import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from heliograph.core.outcome import DELIVERED, GATE_FAULTS, MEANINGS, Outcome, Temporary
from heliograph.core.web_address import bad_url
from heliograph.interfaces.webhook.call import target_of
from heliograph.interfaces.webhook.signature import Hmac, keys_of, signed
from heliograph.interfaces.webhook.translate import outcome_of, shown

NOW = 1_773_144_000_000  # 2026-03-10 12:00 UTC


@given(st.binary(max_size=200), st.binary(max_size=500))
def test_hmac_is_hmac(key: bytes, text: bytes) -> None:
    assert Hmac(key).digest(text) == hmac.digest(key, text, "sha256")


@pytest.mark.parametrize(
    ("status", "retry_after", "outcome"),
    [
        (200, None, DELIVERED),
        (204, "120", DELIVERED),
        (299, None, DELIVERED),
        (199, None, Temporary("receiver_failing")),
        (300, None, Temporary("receiver_moved")),
        (302, None, Temporary("receiver_moved")),
        (400, None, Temporary("receiver_refused")),
        (401, "5", Temporary("receiver_refused")),
        (410, None, Temporary("callback_disabled")),
        (429, None, Temporary("receiver_busy")),
        (429, "120", Temporary("receiver_busy", 120)),
        (429, " 7 ", Temporary("receiver_busy", 7)),
        (429, "Tue, 10 Mar 2026 12:05:00 GMT", Temporary("receiver_busy", 300)),
        (429, "Tue, 10 Mar 2026 11:00:00 GMT", Temporary("receiver_busy", 0)),
        (429, "-5", Temporary("receiver_busy")),
        (429, "soon", Temporary("receiver_busy")),
        (429, "9" * 5_000, Temporary("receiver_busy", 86_400)),
        (500, "120", Temporary("receiver_failing")),
        (503, None, Temporary("receiver_failing")),
        (503, "120", Temporary("receiver_busy", 120)),
        (599, None, Temporary("receiver_failing")),
    ],
)
def test_what_an_answer_means(status: int, retry_after: str | None, outcome: Outcome) -> None:
    assert outcome_of(status, retry_after, NOW) == outcome


@given(st.integers(100, 599), st.none() | st.text(max_size=50))
def test_no_answer_is_a_surprise(status: int, retry_after: str | None) -> None:
    outcome = outcome_of(status, retry_after, NOW)
    assert outcome == DELIVERED or (isinstance(outcome, Temporary) and outcome.code in MEANINGS)


@given(
    st.sampled_from(["http", "https", "HTTP"]),
    st.from_regex(r"(\[[0-9a-f:.]{2,12}\]|[A-Za-z0-9_.-]{1,20})(:[0-9]{1,5})?", fullmatch=True),
    st.from_regex(r"([/?][!-~]{0,20})?", fullmatch=True),
)
def test_a_url_that_is_taken_can_be_called(scheme: str, authority: str, rest: str) -> None:
    """Or a callback that somebody made would keep the server from starting."""
    url = f"{scheme}://{authority}{rest}"
    if bad_url(url) is None:
        target = target_of(url)
        assert target.place.host
        assert target.request("POST", b"{}", {}).startswith(b"POST /")


def test_faults_of_gates_follow_the_applications_schedule() -> None:
    ours = {code for code in GATE_FAULTS if code.startswith(("receiver_", "address_"))}
    assert {MEANINGS[code].retry for code in ours} == {"application"}
    assert len(ours) == 9


def test_dates_say_no_zone() -> None:
    assert shown(NOW + 1_999) == "2026-03-10 12:00:01"


def test_the_same_call_is_signed_the_same_way() -> None:
    keys = keys_of(["new secret", "old secret"])
    first, again = (signed("mo_1", 1_773_144_000, b"{}", keys) for _ in range(2))
    assert first == again
    assert len(first["webhook-signature"].split(" ")) == 2
    other = signed("mo_2", 1_773_144_000, b"{}", keys)
    assert other["authorization"] != first["authorization"]
