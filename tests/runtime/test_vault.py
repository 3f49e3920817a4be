"""The vault: what it seals, who opens it, and what a change does."""

import stat
from pathlib import Path

import pytest

from heliograph.runtime.vault import BadKeys, Sealed, Vault, open_vault, read_keys, write_keys

OLD, NEW = b"o" * 32, b"n" * 32


def test_a_secret_comes_back_and_its_seal_shows_nothing() -> None:
    sealed = Vault([NEW]).seal(b"whsec_secret", "callback 7")
    assert b"whsec" not in sealed
    assert Vault([NEW]).unseal(sealed, "callback 7") == b"whsec_secret"


def test_two_seals_of_one_secret_differ() -> None:
    vault = Vault([NEW])
    assert vault.seal(b"s", "p") != vault.seal(b"s", "p")


def test_an_older_key_still_opens_and_the_newest_seals() -> None:
    sealed = Vault([OLD]).seal(b"s", "p")
    ring = Vault([NEW, OLD])
    assert ring.unseal(sealed, "p") == b"s"
    assert not ring.is_current(sealed)
    assert ring.is_current(ring.seal(b"s", "p"))


@pytest.mark.parametrize("keys", [[OLD], [b"x" * 32]])
def test_a_key_that_is_gone_opens_nothing(keys: list[bytes]) -> None:
    with pytest.raises(Sealed):
        Vault(keys).unseal(Vault([NEW]).seal(b"s", "p"), "p")


def test_another_purpose_or_a_changed_octet_is_noticed() -> None:
    vault = Vault([NEW])
    sealed = vault.seal(b"s", "p")
    with pytest.raises(Sealed):
        vault.unseal(sealed, "q")
    for place in range(4, len(sealed)):
        changed = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        with pytest.raises(Sealed):
            vault.unseal(changed, "p")


def test_the_first_start_makes_a_key_that_only_its_owner_reads(tmp_path: Path) -> None:
    sealed = open_vault(tmp_path).seal(b"s", "p")
    assert stat.S_IMODE((tmp_path / "secret.key").stat().st_mode) == 0o600
    assert open_vault(tmp_path).unseal(sealed, "p") == b"s"


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_keys(tmp_path / "elsewhere", [OLD])
    monkeypatch.setenv("HELIOGRAPH_KEY", (tmp_path / "elsewhere").read_text())
    assert open_vault(tmp_path).unseal(Vault([OLD]).seal(b"s", "p"), "p") == b"s"
    assert not (tmp_path / "secret.key").exists()


@pytest.mark.parametrize("text", ["", "short", "not base64 !", "c2hvcnQ="])
def test_a_bad_ring_is_an_error(text: str) -> None:
    with pytest.raises(BadKeys):
        read_keys(text)
