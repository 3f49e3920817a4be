"""People at a site: users with passwords, where they log in from, and time that passes for them."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import sha1
from itertools import count
from typing import Any

import pyotp

from heliograph.flow.manage.requests import NewAccount
from heliograph.runtime.passwords import hash_of_password
from tests.rest.site import Answered, Site

PASSWORD = "correct horse"
HASHED = hash_of_password(PASSWORD)
_numbers = count(1)


def new_address() -> str:
    """One that nobody called from before: logins are counted per address."""
    number = next(_numbers)
    return f"127.7.{number // 250}.{number % 250 + 1}"


def new_name() -> str:
    return f"user{next(_numbers)}@example.com"


def new_user(
    api: Site, role: str = "administrator", org: int | None = None, name: str = ""
) -> tuple[int, str]:
    """A user with `PASSWORD`, by id and name."""
    name = name or new_name()
    made = api.run(api.app.flows.create_accounts, NewAccount(org or api.org, name, HASHED, role))
    return made.id, name


def authenticate(api: Site, address: str = "", **body: Any) -> Answered:
    """As the SDK calls: with `Bearer None`."""
    return api.post("/v1/authenticate", body, token="None", address=address or new_address())


def log_in(api: Site, name: str, password: str = PASSWORD) -> dict[str, str]:
    answer = authenticate(api, username=name, password=password)
    assert answer.status == 200, answer
    return dict(answer.body)


def new_login(api: Site, role: str = "administrator", org: int | None = None) -> tuple[int, str]:
    """A new user and its token."""
    id, name = new_user(api, role, org)
    return id, log_in(api, name)["auth_token"]


def sha1_of(password: str) -> str:
    return sha1(password.encode(), usedforsecurity=False).hexdigest()


def at_once(calls: Sequence[Any]) -> list[Answered]:
    with ThreadPoolExecutor(len(calls)) as threads:
        return [call.result() for call in [threads.submit(call) for call in calls]]


@contextmanager
def passing(api: Site, minutes: float) -> Iterator[None]:
    """The site's clock is ahead within the block."""
    clock: Any = api.app.clock
    now = clock.now
    clock.now = lambda: now() + int(minutes * 60_000)
    try:
        yield
    finally:
        del clock.now


def code_of(api: Site, key: str, steps: int = 0) -> str:
    """What an authenticator shows now, or so many steps from now."""
    return pyotp.TOTP(key).generate_otp(api.app.clock.now() // 30_000 + steps)


def wrong_code(api: Site, key: str) -> str:
    good = {code_of(api, key, steps) for steps in range(-3, 4)}
    return next(f"{number:06}" for number in range(10) if f"{number:06}" not in good)


def new_key(api: Site, token: str) -> tuple[int, str]:
    """A second factor for whoever has this token: active, by a code of the step before this one."""
    made = api.post("/v1/user/mfa", {"type": {"id": 0}, "password": PASSWORD}, token=token)
    assert made.status == 200, made
    id, key = made.body["id"], made.body["secret_key"]
    body = {"status": {"id": 1}, "code": code_of(api, key, -1)}
    answer = api.call("PATCH", f"/v1/user/mfa/{id}", body, token=token)
    assert answer.status == 204, answer
    return id, key
