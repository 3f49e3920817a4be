"""Links to the third-party console from the command line, with and without a server."""

from tests.cli.program import Folder

USUAL = ("--expires", "+30d")


def test_links_are_made_listed_and_revoked(both: Folder) -> None:
    made = both.document(
        *("console-link", "create", "Workshop", "--device", "one", "--rate", "5", *USUAL),
        *("--command", "Restart=123456,RESET#", "--command", "Level=a=b"),
    )
    assert made["secret"].startswith("hgl_")
    assert (made["commands"], made["rate"], made["status"]) == (["Restart", "Level"], 5, "active")
    (row,) = both.rows("console-link", "list")
    assert "secret" not in row
    assert (row["id"], row["free_text"], row["pin"]) == (made["id"], False, False)
    said = both.ok("console-link", "revoke", str(made["id"])).out
    assert said == "The link Workshop opens nothing any more.\n"
    assert both.rows("console-link", "list")[0]["status"] == "revoked"


def test_what_opens_it_is_printed_alone(both: Folder) -> None:
    line = both.ok("console-link", "create", "Any", "--tag", "a", "--free-text", *USUAL).out
    assert line.startswith("/console#hgl_")
    assert line.count("\n") == 1


def test_links_that_cannot_be(both: Folder) -> None:
    create = ("console-link", "create", "x", "--json")
    assert both.run(*create, "--device", "nobody", "--free-text", *USUAL).error["code"] == "unknown_device"
    assert both.run(*create, "--device", "one", *USUAL).error["code"] == "bad_value"
    late = ("--device", "one", "--free-text", "--expires", "+400d")
    assert both.run(*create, *late).error["code"] == "bad_value"
    assert both.run(*create, "--device", "one", "--command", "no text", *USUAL).code == 2
    assert both.run(*create, "--device", "one", "--free-text").code == 2
    assert both.run("console-link", "revoke", "5", "--json").error["code"] == "unknown_console_link"
