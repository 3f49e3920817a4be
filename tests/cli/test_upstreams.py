"""Upstreams and routes from the command line, with and without a server."""

from pathlib import Path

from tests.cli.program import Folder, free_port


def make(folder: Folder, name: str = "acme", *words: object) -> dict[str, object]:
    made: dict[str, object] = folder.document(
        "upstream", "create", name, "--host", "127.0.0.1", "--enabled", "off", *words
    )
    return made


def test_an_upstream_is_made_changed_and_deleted(both: Folder) -> None:
    made = make(both, "acme", "--sender", "49* -> +49*", "--sender", "* -> FLEET", "--rate-per-s", "5")
    assert (made["name"], made["port"], made["rate_per_s"], made["origin"]) == ("acme", 2775, 5, "store")
    assert (made["source"], made["shared"], made["everyone"]) == ("49* -> +49*\n* -> FLEET", False, False)
    assert both.document("upstream", "show", "acme") == made
    words = ("--bind-mode", "tx+rx", "--sender", "none", "--rate-per-s", "none", "--tls", "on")
    changed = both.document("upstream", "set", made["id"], *words)
    assert (changed["bind_mode"], changed["source"], changed["rate_per_s"], changed["tls"]) == (
        "tx+rx",
        "",
        None,
        True,
    )
    files = ("--tls-certificate", "/ours.pem", "--tls-key", "/key.pem", "--tls-ca", "/ca.pem")
    assert both.document("upstream", "set", made["id"], *files)["tls_certificate"] == "/ours.pem"
    none = ("--tls-certificate", "none", "--tls-key", "none", "--tls-ca", "none")
    cleared = both.document("upstream", "set", made["id"], *none)
    assert (cleared["tls_certificate"], cleared["tls_key"], cleared["tls_ca"]) == ("", "", "")
    assert [row["name"] for row in both.rows("upstream", "list")] == ["acme"]
    assert "acme" in both.ok("upstream", "list").out
    health = both.document("upstream", "health", "acme")
    assert (health["running"], health["is_up"], health["links"]) == (False, False, [])
    assert "running" in both.ok("upstream", "health", "acme").out
    assert both.rows("upstream", "trace", "acme") == []
    assert both.ok("upstream", "delete", "acme").out == "The upstream acme is deleted.\n"
    assert both.run("upstream", "show", "acme", "--json").error["code"] == "unknown_upstream"


def test_a_password_is_read_and_never_shown(both: Folder) -> None:
    words = ("upstream", "create", "acme", "--host", "127.0.0.1", "--enabled", "off", "--stdin", "--json")
    made = both.run(*words, stdin="sesame\n")
    assert made.document["has_password"] is True
    shown = both.run("upstream", "show", "acme", "--json")
    assert "sesame" not in made.out + shown.out
    assert both.run("upstream", "password", "acme", stdin="größe\n").code == 1
    assert both.run("upstream", "password", "acme", stdin="again\n").out == (
        "The password for acme is changed.\n"
    )
    both.ok("upstream", "password", "acme", "--none")
    assert both.document("upstream", "show", "acme")["has_password"] is False


def test_routes_are_made_changed_and_shown_the_way(both: Folder) -> None:
    make(both, "acme", "--enabled", "on", "--everyone")
    made = both.document("route", "create", "acme", "--prefix", "+49", "--cost", "50000", "--everyone")
    assert (made["prefix"], made["everyone"], made["enabled"]) == ("49", True, True)
    assert both.run("route", "create", "acme", "--prefix", "49", "--everyone", "--json").error["code"] == (
        "duplicate"
    )
    (way,) = both.rows("route", "preview", "+4930123456")
    assert (way["order"], way["upstream"], way["route"]) == (1, "acme", made["id"])
    assert "prefix 49" in way["why"]
    assert both.run("route", "preview", "+4430123456", "--json").error["code"] == "no_external_route"
    assert both.run("route", "preview", "nobody", "--json").error["code"] == "unknown_device"
    assert both.document("route", "set", made["id"], "--weight", "3")["weight"] == 3
    assert [row["id"] for row in both.rows("route", "list")] == [made["id"]]
    assert both.run("upstream", "delete", "acme", "--json").error["code"] == "in_use"
    both.ok("upstream", "delete", "acme", "--force")
    assert both.rows("route", "list") == []
    assert both.run("route", "delete", made["id"], "--json").error["code"] == "unknown_route"
    assert both.run("route", "create", "acme", "--json").error["code"] == "unknown_upstream"


def test_a_bind_that_fails_is_said_by_the_exit_code(both: Folder) -> None:
    make(both, "acme", "--port", free_port())
    said = both.run("upstream", "test", "acme")
    assert said.code == 1
    assert said.out.startswith("Not bound (connect): ")


def test_what_cannot_be(both: Folder) -> None:
    assert both.run("upstream", "create", "UPPER", "--host", "x", "--json").error["code"] == "bad_value"
    assert both.run("upstream", "create", "acme", "--json").error["code"] == "bad_value"
    assert both.run("upstream", "create", "acme", "--host", "x", "--port", "0").code == 2
    assert both.run("upstream", "create", "acme", "--host", "x", "--rate-per-s", "many").code == 2
    make(both)
    assert both.run("upstream", "set", "acme").code == 2
    assert both.run("upstream", "create", "acme", "--host", "x", "--json").error["code"] == "duplicate"


def test_what_the_settings_name_is_not_changed_here(folder: Folder) -> None:
    variables = {"HELIOGRAPH_UPSTREAMS__CARRIER__HOST": "smsc.invalid"}
    folder.ok("device", "add", "one")
    found = folder.run("upstream", "show", "carrier", "--json", **variables).document
    assert (found["origin"], found["everyone"]) == ("settings", True)
    said = folder.run("upstream", "set", "carrier", "--window", "5", "--json", **variables)
    assert said.error["code"] == "configured"
    listed = folder.run("config", "--json", **variables).document
    assert [one["value"] for one in listed if one["name"] == "upstreams.carrier.host"] == ["smsc.invalid"]


OF_FLEET = """
[upstreams.acme]
host = "127.0.0.1"
organisation = "fleet"

[upstreams.beta]
host = "127.0.0.1"
enabled = false

[[routes]]
upstream = "acme"
prefix = "49"
organisation = "fleet"

[[routes]]
upstream = "acme"
prefix = "43"
"""


def test_settings_that_name_an_organisation_do_not_keep_it_from_being_made(
    folder: Folder, tmp_path: Path
) -> None:
    file = tmp_path / "heliograph.toml"
    file.write_text(OF_FLEET)
    folder.ok("token", "create")
    told = folder.run("check", "--config", file)
    assert told.code == 1
    assert "upstreams.acme.organisation: there is no organisation fleet" in told.out
    assert folder.rows("route", "list", "--config", file) == []  # nor one that leads to its upstream
    made = folder.ok("org", "create", "fleet", "--config", file)
    assert "its organisation is not there" in made.err
    assert [row["name"] for row in folder.rows("upstream", "list", "--config", file)] == ["beta"]
    assert "BAD" not in [line.split()[0] for line in folder.ok("check", "--config", file).out.splitlines()]
    shown = folder.rows("upstream", "list", "--config", file, "--org", "fleet")
    assert [(row["name"], row["enabled"]) for row in shown] == [("acme", True), ("beta", False)]
    routes = folder.rows("route", "list", "--config", file, "--org", "fleet")
    assert sorted(str(row["prefix"]) for row in routes) == ["43", "49"]
