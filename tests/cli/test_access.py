"""Tokens and users at the command line."""

from typing import Any

from tests.cli.program import Folder


def listed(folder: Folder) -> dict[str, Any]:
    return {row["name"]: row for row in folder.rows("token", "list")}


def test_a_token_has_scopes_and_address_ranges(folder: Folder) -> None:
    words = ("--scope", "callback:write", "--scope", "admin", "--ip", "192.0.2.7/24", "--ip", "::1")
    secret = folder.ok("token", "create", "--name", "crm", *words).out.strip()
    assert secret.startswith("hg_")
    row = listed(folder)["crm"]
    assert (row["scopes"], row["networks"]) == ("callback:write admin", "192.0.2.0/24,::1/128")
    folder.ok("token", "create", "--name", "plain")
    assert listed(folder)["plain"]["networks"] == ""


def test_a_range_that_is_none_makes_no_token(folder: Folder) -> None:
    folder.ok("token", "create", "--name", "first")
    said = folder.run("token", "create", "--name", "bad", "--ip", "example.com", "--json")
    assert (said.code, said.error["code"], said.error["rule"]) == (1, "bad_value", "ip")
    assert set(listed(folder)) == {"first"}


def test_codes_are_forgotten_by_name(folder: Folder) -> None:
    with folder.serving() as server:
        server.stop()
    assert folder.document("user", "forget-codes", "admin") == {"account": "admin", "keys": 0}
    assert folder.run("user", "forget-codes", "nobody", "--json").error["code"] == "unknown_account"
