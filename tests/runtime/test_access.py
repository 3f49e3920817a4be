"""Passwords, signed tokens and one-time codes."""

import asyncio
from hashlib import sha1

import pytest

from heliograph.runtime.one_time_codes import STEP_MS, key_of, link_of, step_of
from heliograph.runtime.passwords import (
    MOST_WAITING,
    Busy,
    Passwords,
    form_of,
    hash_of_password,
    is_form,
    is_password,
)
from heliograph.runtime.signed import Signer

PASSWORD = "correct horse ü"
SHA1 = sha1(PASSWORD.encode(), usedforsecurity=False).hexdigest()


def test_one_form_rules() -> None:
    assert (form_of(PASSWORD), form_of(SHA1), is_form(SHA1)) == (SHA1, SHA1, True)
    assert form_of(SHA1.upper()) != SHA1
    assert not is_form(SHA1[:-1] + "g")


def test_what_is_kept_is_argon2id_of_the_form() -> None:
    for password in (PASSWORD, SHA1):
        kept = hash_of_password(password)
        assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
        assert is_password(kept, PASSWORD)
        assert is_password(kept, SHA1)
        assert not is_password(kept, "wrong")
    assert not is_password("", PASSWORD)
    assert not is_password("$argon2id$broken", PASSWORD)


def test_nobody_has_no_password() -> None:
    async def ask() -> list[bool]:
        passwords = Passwords()
        kept = await passwords.hash(PASSWORD)
        wishes = [(kept, PASSWORD), (kept, "wrong"), (None, PASSWORD), ("", PASSWORD)]
        return [await passwords.match(*wish) for wish in wishes]

    assert asyncio.run(ask()) == [True, False, False, False]


def test_the_loop_goes_on_and_only_so_many_wait() -> None:
    async def ask() -> tuple[int, int]:
        passwords, turns = Passwords(), 0
        waiting = [asyncio.ensure_future(passwords.match(None, "x")) for _ in range(MOST_WAITING + 5)]
        while not all(one.done() for one in waiting[:4]):
            await asyncio.sleep(0)
            turns += 1
        for one in waiting[4:MOST_WAITING]:
            one.cancel()
        answers = await asyncio.gather(*waiting, return_exceptions=True)
        return turns, sum(isinstance(answer, Busy) for answer in answers)

    turns, busy = asyncio.run(ask())
    assert turns > 100
    assert busy == 5


def test_signed_tokens_outlive_a_rotation_and_no_forgery() -> None:
    old, new = b"o" * 32, b"n" * 32
    text = Signer([old]).sign({"sub": "user:1"})
    both = Signer([new, old])
    assert both.read(text) == {"sub": "user:1"}
    assert both.read(Signer([new]).sign({"sub": "x"})) == {"sub": "x"}
    assert Signer([new]).read(text) is None
    assert both.read(text[:-4] + "AAAA") is None
    assert Signer([new]).read(both.sign({"a": 1})) == {"a": 1}


@pytest.mark.parametrize(
    "text", ["", ".", "..", "a.b.c", "é.é.é", "eyJhbGciOiJub25lIn0.e30.", "a.b.c.d", "x" * 9_000]
)
def test_what_is_no_token_of_ours_is_none(text: str) -> None:
    assert Signer([b"k" * 32]).read(text) is None


# RFC 6238 appendix B, SHA-1, the last six of eight digits.
@pytest.mark.parametrize(
    ("seconds", "code"),
    [
        (59, "287082"),
        (1_111_111_109, "081804"),
        (1_111_111_111, "050471"),
        (1_234_567_890, "005924"),
        (2_000_000_000, "279037"),
        (20_000_000_000, "353130"),
    ],
)
def test_codes_are_those_of_the_standard(seconds: int, code: str) -> None:
    seed = b"12345678901234567890"
    step = seconds * 1000 // STEP_MS
    assert step_of(seed, code, seconds * 1000) == step
    for other, found in ((-2, None), (-1, step), (1, step), (2, None)):
        assert step_of(seed, code, seconds * 1000 + other * STEP_MS) == found
    assert step_of(seed, code[:-1], seconds * 1000) is None
    assert step_of(seed, f"{code}0", seconds * 1000) is None
    assert step_of(seed, "é\ud800", seconds * 1000) is None


def test_the_link_is_what_authenticators_read() -> None:
    seed = b"12345678901234567890"
    assert key_of(seed) == "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    assert link_of(seed, "a b@x") == (
        "otpauth://totp/Heliograph:a%20b%40x?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Heliograph"
    )
