"""Logins in the store: what was checked must still hold when the session opens; failures count exactly."""

import pytest
from msgspec.structs import replace

from heliograph.core.organisation import hash_of
from heliograph.core.refusal import Refusal
from heliograph.core.security.access import (
    FORGOTTEN_MS,
    LOCKED_MS,
    MOST_SESSIONS,
    MOST_TRUSTED,
    SESSION_MS,
    TRUSTED_MS,
    UserStatus,
)
from heliograph.flow.login import CountFailures, EndSessions, OpenedSession, OpenSessions
from heliograph.flow.manage.access_requests import (
    ActivateMfaKey,
    EndSession,
    Failure,
    Fingerprint,
    ForgetMfaKeys,
    NewMfaKey,
    NewSession,
    SetAccount,
)
from heliograph.flow.manage.mfa import ActivateMfaKeys, CreateMfaKeys, ForgetMfa
from heliograph.flow.manage.organisations import CreateOrganisations
from heliograph.flow.manage.requests import NewAccount, NewOrganisation
from heliograph.flow.manage.users import CreateAccounts, SetAccounts
from tests.engine import START_MS, Lab

HASH, OTHER = "$argon2id$one", "$argon2id$other"


class Chance:
    """Octets that differ each time."""

    def __init__(self) -> None:
        self._number = 0

    def __call__(self, count: int) -> bytes:
        self._number += 1
        return self._number.to_bytes(count, "big")


OPEN = OpenSessions(Chance())


@pytest.fixture
def user(lab: Lab) -> int:
    org = lab.run(CreateOrganisations(), NewOrganisation("acme"))[0].id
    return int(lab.run(CreateAccounts(), NewAccount(org, "ford", HASH))[0].id)


@pytest.fixture
def key(lab: Lab, user: int) -> int:
    (org,) = lab.sql("SELECT org FROM account WHERE id = ?", user)[0]
    made = lab.run(CreateMfaKeys(), NewMfaKey(org, user, b"sealed"))[0]
    lab.run(ActivateMfaKeys(), ActivateMfaKey(org, user, made.id, 100))
    return int(made.id)


def org_of(lab: Lab, user: int) -> int:
    return int(lab.sql("SELECT org FROM account WHERE id = ?", user)[0][0])


def wish(user: int) -> NewSession:
    return NewSession(user, HASH, "k", "192.0.2.1")


def is_opened(answer: object) -> bool:
    assert isinstance(answer, Refusal | OpenedSession), answer
    return isinstance(answer, OpenedSession)


def test_a_session_keeps_the_hash_of_its_secret(lab: Lab, user: int) -> None:
    opened = lab.run(OPEN, wish(user))[0]
    ((kept, expires_at, address),) = lab.sql("SELECT hash, expires_at, address FROM session")
    assert (kept, expires_at, address) == (hash_of(opened.refresh), START_MS + SESSION_MS, "192.0.2.1")


def test_a_password_that_changed_meanwhile_opens_nothing(lab: Lab, user: int) -> None:
    lab.run(SetAccounts(), SetAccount(org_of(lab, user), user, password=OTHER))
    assert not is_opened(lab.run(OPEN, wish(user))[0])
    assert is_opened(lab.run(OPEN, replace(wish(user), password=OTHER))[0])


def test_a_user_who_was_suspended_meanwhile_opens_nothing(lab: Lab, user: int) -> None:
    lab.run(CreateAccounts(), NewAccount(org_of(lab, user), "zaphod", HASH))
    lab.run(SetAccounts(), SetAccount(org_of(lab, user), user, status=UserStatus.SUSPENDED))
    assert not is_opened(lab.run(OPEN, wish(user))[0])
    assert not is_opened(lab.run(OPEN, wish(77))[0])
    assert lab.count("session") == 0


def test_a_key_that_was_activated_meanwhile_asks_for_its_code(lab: Lab, user: int, key: int) -> None:
    assert not is_opened(lab.run(OPEN, wish(user))[0])
    assert is_opened(lab.run(OPEN, replace(wish(user), step=(key, 101)))[0])


def test_a_step_is_used_once_also_in_one_batch(lab: Lab, user: int, key: int) -> None:
    request = replace(wish(user), step=(key, 101))
    assert [is_opened(answer) for answer in lab.run(OPEN, request, request)] == [True, False]
    for step in (99, 100, 101):
        assert not is_opened(lab.run(OPEN, replace(wish(user), step=(key, step)))[0])
    assert is_opened(lab.run(OPEN, replace(wish(user), step=(key, 102)))[0])
    assert not is_opened(lab.run(OPEN, replace(wish(user), step=(key + 1, 103)))[0])


def test_a_trusted_device_needs_no_step_until_it_ends(lab: Lab, user: int, key: int) -> None:
    request = replace(wish(user), step=(key, 101), trust=Fingerprint(b"f", "os", "browser"))
    assert is_opened(lab.run(OPEN, request)[0])
    assert is_opened(lab.run(OPEN, replace(wish(user), trusted=b"f"))[0])
    assert not is_opened(lab.run(OPEN, replace(wish(user), trusted=b"g"))[0])
    lab.advance(TRUSTED_MS / 1000)
    assert not is_opened(lab.run(OPEN, replace(wish(user), trusted=b"f"))[0])


def test_a_device_trusted_again_is_one_device(lab: Lab, user: int, key: int) -> None:
    for step in (101, 102):
        trust = Fingerprint(b"f", "os", f"browser {step}")
        lab.run(OPEN, replace(wish(user), step=(key, step), trust=trust))
        lab.advance(60)
    assert lab.sql("SELECT browser, expires_at FROM trusted_device") == [
        ("browser 102", START_MS + 60_000 + TRUSTED_MS)
    ]


def test_only_so_many_devices_are_trusted(lab: Lab, user: int, key: int) -> None:
    for number in range(MOST_TRUSTED + 2):
        lab.run(OPEN, replace(wish(user), step=(key, 101 + number), trust=Fingerprint(bytes([number]))))
        lab.advance(1)
    hashes = [row[0] for row in lab.sql("SELECT hash FROM trusted_device ORDER BY created_at")]
    assert hashes == [bytes([number]) for number in range(2, MOST_TRUSTED + 2)]


def test_trust_asks_for_a_code(lab: Lab, user: int) -> None:
    assert is_opened(lab.run(OPEN, replace(wish(user), trust=Fingerprint(b"f")))[0])
    assert lab.count("trusted_device") == 0


def test_sessions_end_by_number_and_by_time(lab: Lab, user: int) -> None:
    first = lab.run(OPEN, wish(user))[0]
    for _ in range(MOST_SESSIONS):
        last = lab.run(OPEN, wish(user))[0]
    ids = {row[0] for row in lab.sql("SELECT id FROM session")}
    assert (len(ids), first.session.id in ids, last.session.id in ids) == (MOST_SESSIONS, False, True)
    lab.advance(SESSION_MS / 1000)
    lab.run(OPEN, wish(user))
    assert lab.count("session") == 1


def test_one_session_ends_for_its_own_user(lab: Lab, user: int) -> None:
    one, other = lab.run(OPEN, wish(user), wish(user))
    lab.run(EndSessions(), EndSession(user + 1, one.session.id), EndSession(user, other.session.id))
    assert [row[0] for row in lab.sql("SELECT id FROM session")] == [one.session.id]


def test_failures_of_one_batch_count_as_many(lab: Lab) -> None:
    guards = lab.run(CountFailures(), *[Failure("k")] * 3, Failure("other"))
    assert [(guard.failures, guard.locked_until) for guard in guards] == [
        (1, None),
        (2, None),
        (3, START_MS + LOCKED_MS),
        (1, None),
    ]


def test_a_login_forgets_failures(lab: Lab, user: int) -> None:
    lab.run(CountFailures(), Failure("k"), Failure("k"), Failure("other"))
    lab.run(OPEN, wish(user))
    assert lab.sql("SELECT key FROM login_guard") == [("other",)]


def test_old_failures_are_swept(lab: Lab) -> None:
    lab.run(CountFailures(), *[Failure(f"k{number}") for number in range(20)])
    lab.advance(FORGOTTEN_MS / 1000)
    lab.run(CountFailures(), Failure("new"))
    assert lab.sql("SELECT key FROM login_guard") == [("new",)]


def test_an_organisation_hears_of_failures(lab: Lab) -> None:
    lab.run(CountFailures(), *[Failure("k", 1, "from 'ford'")] * 3, Failure("unknown"))
    assert lab.sql("SELECT org, type, detail FROM event ORDER BY id") == [
        (1, "login_failed", "from 'ford'"),
        (1, "login_failed", "from 'ford'"),
        (1, "login_failed", "from 'ford'; the name is locked for 5 minutes"),
    ]


def test_keys_are_forgotten_with_what_they_trusted(lab: Lab, user: int, key: int) -> None:
    lab.run(OPEN, replace(wish(user), step=(key, 101), trust=Fingerprint(b"f")))
    org = org_of(lab, user)
    assert lab.run(ForgetMfa(), ForgetMfaKeys(org, user), ForgetMfaKeys(org, user)) == [1, 0]
    assert lab.count("mfa_key") == lab.count("trusted_device") == 0
    refusal = lab.run(ForgetMfa(), ForgetMfaKeys(org + 1, user))[0]
    assert isinstance(refusal, Refusal)
    assert is_opened(lab.run(OPEN, wish(user))[0])
