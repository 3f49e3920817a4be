"""A new password for the administrator; policies and applications that go."""

import sqlite3

import pytest

from heliograph.runtime.passwords import is_password
from tests.cli.program import Folder


def kept(folder: Folder) -> str:
    """The administrator's hash, with no server running."""
    with sqlite3.connect(folder.data / "heliograph.db") as store:
        password: str = store.execute("SELECT password FROM account WHERE name = 'admin'").fetchone()[0]
    return password


@pytest.fixture
def founded(folder: Folder) -> Folder:
    """A folder whose administrator's password is lost."""
    with folder.serving() as server:
        server.stop()
    return folder


def test_a_generated_password_is_printed_once_and_kept_as_a_hash(founded: Folder) -> None:
    before = kept(founded)
    said = founded.ok("user", "password", "admin").out
    password = said.strip()
    assert (len(password) >= 16, said) == (True, f"{password}\n")
    assert kept(founded) != before
    assert is_password(kept(founded), password)
    document = founded.document("user", "password", "admin")
    assert is_password(kept(founded), document["password"])


def test_a_password_is_read_and_never_shown(folder: Folder) -> None:
    with folder.serving() as server:
        said = folder.run("user", "password", "admin", "--stdin", stdin="correct horse ü\nnot this\n")
        assert (said.code, said.out) == (0, "The password of admin is changed.\n")
        shown = folder.run("user", "password", "admin", "--stdin", "--json", stdin="correct horse ü")
        assert shown.document == {"account": "admin", "role": "administrator"}
        server.stop()
    assert is_password(kept(folder), "correct horse ü")


def test_a_password_that_cannot_be_set_changes_nothing(founded: Folder) -> None:
    before = kept(founded)
    assert founded.run("user", "password", "nobody", "--json").error["code"] == "unknown_account"
    assert founded.run("user", "password", "admin", "--stdin", stdin="short").code == 2
    assert founded.run("user", "password", "admin", "--stdin", stdin="x" * 1001).code == 2
    assert kept(founded) == before


def test_policies_and_applications_go_when_nothing_needs_them(both: Folder) -> None:
    """The device `one` has the policy `default`."""
    both.ok("application", "create", "crm")
    both.ok("policy", "create", "readings", "--application", "crm")
    assert [row["name"] for row in both.rows("application", "list")] == ["crm", "default"]
    assert "crm" in both.ok("application", "list").out
    refused = both.run("application", "delete", "crm")
    assert (refused.code, "in use by 1 policy" in refused.err) == (1, True)
    refused = both.run("policy", "delete", "default")
    assert (refused.code, "in use by 1 device" in refused.err) == (1, True)
    assert both.ok("policy", "delete", "readings").out == "The policy readings is deleted.\n"
    assert both.ok("application", "delete", "crm").out == "The application crm is deleted.\n"
    assert both.run("policy", "delete", "readings", "--json").error["code"] == "unknown_policy"
    assert both.run("application", "delete", "crm", "--json").error["code"] == "unknown_application"
    assert [row["name"] for row in both.rows("policy", "list")] == ["default"]
