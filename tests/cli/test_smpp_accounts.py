"""SMPP accounts from the command line, with and without a server."""

from tests.cli.program import Folder


def test_an_account_is_made_changed_and_deleted(both: Folder) -> None:
    made = both.document(
        "account", "create", "crm", "--binds", "rx,tx", "--ip", "10.0.0.0/8", "--window", "7"
    )
    assert (made["system_id"], made["binds"], made["networks"], made["window"]) == (
        "crm",
        "tx rx",
        "10.0.0.0/8",
        7,
    )
    assert (made["enabled"], made["bound"], len(made["password"])) == (True, 0, 8)
    shown = both.document("account", "show", "crm")
    assert "password" not in shown
    assert {**shown, "password": made["password"]} == made
    words = ("--rate-per-s", "50", "--ip", "all", "--enabled", "off", "--system-id", "crm2")
    changed = both.document("account", "set", made["id"], *words)
    assert (changed["rate_per_s"], changed["networks"], changed["enabled"]) == (50, "", False)
    assert both.document("account", "set", "crm2", "--rate-per-s", "none")["rate_per_s"] is None
    assert both.document("account", "set", "crm2", "--source", "on")["source"] == "on"  # no switch
    assert [row["system_id"] for row in both.rows("account", "list")] == ["crm2"]
    assert "crm2" in both.ok("account", "list").out
    assert (both.rows("account", "binds", "crm2"), both.rows("account", "trace", "crm2")) == ([], [])
    assert both.run("account", "unbind", "crm2", "7", "--json").error["code"] == "unknown_bind"
    assert both.ok("account", "delete", "crm2").out == "The account crm2 is deleted.\n"
    assert both.run("account", "show", "crm2", "--json").error["code"] == "unknown_smpp_account"


def test_a_password_is_printed_alone_or_read(both: Folder) -> None:
    printed = both.ok("account", "create", "crm").out
    again = both.ok("account", "password", "crm").out
    assert (len(printed), len(again), printed == again) == (9, 9, False)
    read = both.run("account", "password", "crm", "--stdin", stdin="by hand!\n")
    assert (read.code, read.out) == (0, "The password of crm is changed.\n")
    assert both.run("account", "password", "crm", "--stdin", stdin="\n").code == 2
    assert both.run("account", "password", "crm", "--stdin", stdin="die größe\n").code == 2


def test_what_cannot_be(both: Folder) -> None:
    both.ok("account", "create", "crm")
    assert both.run("account", "create", "crm", "--json").error["code"] == "duplicate"
    assert both.run("account", "create", "x" * 16, "--json").error["code"] == "bad_value"
    assert (
        both.run("account", "set", "crm", "--receipt-coding", "morse", "--json").error["code"] == "bad_value"
    )
    assert both.run("account", "set", "crm", "--rate-per-s", "many").code == 2
    assert both.run("account", "set", "crm").code == 2


def test_a_policy_names_its_account(both: Folder) -> None:
    both.ok("account", "create", "crm")
    made = both.document("policy", "create", "bound", "--smpp-account", "crm")
    id = both.document("account", "show", "crm")["id"]
    assert (made["interface"], made["smpp_account"]) == ("smpp", id)
    assert both.run("account", "delete", "crm", "--json").error["code"] == "in_use"
    wrong = both.run("policy", "set", "bound", "--smpp-account", "nobody", "--json")
    assert wrong.error["code"] == "unknown_smpp_account"
    assert both.document("policy", "set", "bound", "--smpp-account", "none")["smpp_account"] is None
    both.ok("account", "delete", "crm", "--fail-waiting")


def test_nobody_listens_as_an_account(folder: Folder) -> None:
    with folder.serving():
        folder.ok("account", "create", "crm")
        said = folder.run("listen", "--application", "SMPP account crm", "--json")
        assert (said.code, said.error["reason"]) == (1, "SMPP account crm hears by SMPP.")
