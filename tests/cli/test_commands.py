"""Every command from end to end, with a running server and without one, as JSON and for people."""

import json
from pathlib import Path

import pytest

from tests.cli.program import Folder, eventually


def test_a_message_is_delivered_explained_and_listed(both: Folder) -> None:
    said = both.ok("send", "one", "hello there", "--from", "Acme", "--wait", "--json")
    final = said.document
    assert (final["state"], final["text"], final["source"]) == ("DELIVERED", "hello there", "Acme")
    story = both.document("explain", final["id"])["story"]
    assert [step["code"] for step in story][:2] == ["accepted", "attempt"]
    assert "operator" in story[0]["text"]
    assert "DELIVERED" in both.ok("explain", final["id"]).out
    assert [row["id"] for row in both.rows("messages", "--device", "one", "--state", "delivered")] == [
        final["id"]
    ]
    assert both.rows("messages", "--direction", "mo") == []
    assert both.rows("messages", "--since", "2020-01-01T00:00Z", "--text", "HELLO")[0]["id"] == final["id"]
    assert "hello there" in both.ok("messages").out


@pytest.mark.parametrize("key", ["99900000001", "+99900000001"])
def test_a_device_is_named_by_its_number(both: Folder, key: str) -> None:
    assert both.document("send", key, "x")["device_name"] == "one"


def test_binary_flash_and_what_fits(both: Folder) -> None:
    binary = both.document("send", "one", "--binary", "00ff10", "--wait")
    assert (binary["octets"], binary["text"], binary["dcs"]) == ("00ff10", None, 4)
    assert both.document("send", "one", "now", "--flash", "--wait")["dcs"] == 0x10
    long = both.document("send", "one", "ü" * 161, "--wait")
    assert (long["segments"], long["state"]) == (2, "DELIVERED")
    assert both.document("send", "one", "ü", "--alphabet", "ucs2", "--wait")["dcs"] == 8


def test_a_scheduled_message_can_be_changed_and_canceled(both: Folder) -> None:
    sent = both.document("send", "one", "later", "--at", "+10m", "--validity", "1h", "--priority", "2")
    assert sent["state"] == "PENDING"
    both.ok("change", sent["id"], "--text", "other words", "--at", "+20m", "--priority", "3")
    row = both.rows("messages")[0]
    assert (row["text"], row["priority"]) == ("other words", 3)
    assert row["not_before"] - row["accepted_at"] > 19 * 60_000
    assert row["expires_at"] - row["not_before"] == 3_600_000
    assert both.document("cancel", sent["id"])["state"] == "CANCELED"
    refused = both.run("cancel", sent["id"], "--json")
    assert (refused.code, refused.error["code"]) == (1, "already_final")


def test_a_replacement_takes_the_place_of_its_predecessor(both: Folder) -> None:
    first = both.document("send", "one", "18 degrees", "--at", "+10m", "--replace-key", "t")
    second = both.document("send", "one", "19 degrees", "--at", "+10m", "--replace-key", "t")
    states = {row["id"]: row["state"] for row in both.rows("messages")}
    assert states == {first["id"]: "CANCELED", second["id"]: "PENDING"}


def test_devices_are_added_shown_changed_listed_and_deleted(both: Folder) -> None:
    both.ok("device", "add", "two", "--msisdn", "+99900000002", "--tags", "a, b,a")
    shown = both.document("device", "show", "two")
    assert (shown["msisdn"], shown["tags"], shown["policy"]) == ("99900000002", ["a", "b"], "default")
    assert (shown["lane"]["waiting"], shown["quota"]) == (0, None)
    changed = both.document("device", "set", "two", "--status", "disabled", "--name", "zwei", "--tags", "c")
    assert (changed["name"], changed["status"], changed["tags"]) == ("zwei", "disabled", ["c"])
    assert [row["name"] for row in both.rows("device", "list")] == ["one", "zwei"]
    assert [row["name"] for row in both.rows("device", "list", "--tag", "c")] == ["zwei"]
    assert "zwei" in both.ok("device", "list", "--limit", 5).out
    assert "zwei" in both.ok("device", "show", "zwei").out
    refused = both.run("send", "zwei", "x", "--json")
    assert (refused.error["code"], refused.error["rule"]) == ("device_disabled", "device zwei: status")
    both.ok("device", "delete", "zwei")
    assert both.run("device", "show", "zwei", "--json").error["code"] == "unknown_device"


def test_policies_decide_and_say_which_rule(both: Folder) -> None:
    created = both.document(
        "policy", "create", "quiet", "--mt", "off", "--mo-limit", "5", "--price-mt", "45000"
    )
    assert (created["mt"], created["mo_limit"], created["price_mt"]) == (False, 5, 45000)
    both.ok("device", "set", "one", "--policy", "quiet")
    refused = both.run("send", "one", "x", "--json")
    assert refused.code == 1
    assert refused.error["code"] == "mt_off"
    assert refused.error["rule"] == "policy quiet: mt"
    assert refused.err.startswith('{"error"')
    assert "policy quiet: mt" in both.run("send", "one", "x").err
    both.ok("policy", "set", "quiet", "--mt", "on", "--mo-limit", "none", "--mt-limit", "1")
    assert both.document("policy", "show", "quiet")["mo_limit"] is None
    both.ok("send", "one", "first")
    assert both.run("send", "one", "second", "--json").error["code"] == "mt_limit_reached"
    assert {row["name"] for row in both.rows("policy", "list")} == {"default", "quiet"}
    assert [row["type"] for row in both.rows("events")] == ["device_blocked", "mt_limit_used_up"]
    assert "mt_limit_used_up" in both.ok("events").out


def test_quotas_are_set_added_shown_and_deleted(both: Folder) -> None:
    both.ok("policy", "set", "default", "--quota", "on")
    assert both.run("send", "one", "x", "--json").error["code"] == "quota_missing"
    both.ok("quota", "set", "one", "1", "--expires", "+30d")
    both.ok("send", "one", "x")
    assert both.run("send", "one", "x", "--json").error["code"] == "quota_exhausted"
    assert both.document("quota", "add", "one", "10")["remaining"] == 10
    assert both.document("quota", "show", "one")["volume"] == 11
    both.ok("quota", "delete", "one")
    assert both.document("quota", "show", "one") is None
    assert both.ok("quota", "show", "one").out == "no quota\n"


def test_organisations_see_nothing_of_each_other(both: Folder) -> None:
    both.ok("org", "create", "acme")
    both.ok("device", "add", "one", "--msisdn", "99900000009", "--org", "acme")
    assert [row["msisdn"] for row in both.rows("device", "list", "--org", "acme")] == ["99900000009"]
    assert [row["msisdn"] for row in both.rows("device", "list")] == ["99900000001"]
    sent = both.document("send", "one", "x", "--org", "acme")
    assert both.run("explain", sent["id"], "--json").error["code"] == "unknown_message"
    assert both.run("send", "99900000001", "x", "--org", "acme", "--json").error["code"] == "unknown_device"
    assert {row["name"] for row in both.rows("org", "list")} == {"default", "acme"}
    assert both.run("device", "list", "--org", "none", "--json").error["code"] == "unknown_organisation"


def test_an_organisation_is_shown_and_changed(both: Folder) -> None:
    assert both.document("org", "show", "default")["body_days"] is None
    assert both.document("org", "set", "default", "--body-days", "30")["body_days"] == 30
    assert both.document("org", "show", "default")["body_days"] == 30
    assert "30" in both.ok("org", "show", "default").out
    assert both.document("org", "set", "default", "--body-days", "none")["body_days"] is None
    assert both.run("org", "set", "default", "--body-days", "-1").code == 2
    assert both.document("org", "set", "default", "--country", "49")["country_code"] == "49"
    assert both.document("org", "set", "default", "--country", "")["country_code"] == ""
    assert both.run("org", "set", "default").code == 2
    nobody = both.run("org", "set", "nobody", "--body-days", "1", "--json")
    assert nobody.error["code"] == "unknown_organisation"


def test_a_name_that_could_be_a_number_is_refused(both: Folder) -> None:
    for words in (
        ["device", "add", "99900000021"],
        ["device", "add", "+99900000021"],
        ["device", "set", "one", "--name", "7"],
    ):
        said = both.run(*words, "--json")
        assert (said.code, said.error["code"], said.error["rule"]) == (1, "bad_value", "name"), said


def test_a_network_that_is_not_configured_is_refused(both: Folder) -> None:
    for words in (["add", "two", "--network", "mars"], ["set", "one", "--network", "mars"]):
        said = both.run("device", *words, "--json")
        assert (said.code, said.error["code"]) == (1, "no_network"), said
        assert "mars" in said.error["reason"]


def test_what_devices_of_a_new_policy_send_reaches_the_first_application(both: Folder) -> None:
    assert both.document("policy", "create", "p")["application"] == "default"
    assert both.document("policy", "create", "q", "--application", "none")["application"] is None


def test_a_token_is_printed_alone_and_kept_as_a_hash(both: Folder) -> None:
    secret = both.ok("token", "create", "--name", "gateway", "--scope", "sms:send").out
    assert secret.startswith("hg_")
    assert secret.count("\n") == 1
    rows = both.rows("token", "list")
    token = next(row for row in rows if row["name"] == "gateway")
    assert token["scopes"] == "sms:send"
    for file in both.data.iterdir():
        if file.is_file():
            assert secret.strip().encode() not in file.read_bytes()
    assert both.document("token", "revoke", token["id"])["revoked_at"] is not None


def test_a_backup_is_a_whole_store(both: Folder, tmp_path: Path) -> None:
    both.ok("send", "one", "kept")
    made = both.document("backup", str(tmp_path / "copies"))
    copy = Folder(tmp_path / "restored")
    copy.data.mkdir(mode=0o700)
    Path(made["path"]).rename(copy.data / "heliograph.db")
    assert [row["text"] for row in copy.rows("messages")] == ["kept"]


def test_a_backup_into_the_data_folder_is_refused(both: Folder) -> None:
    for folder in (both.data, both.data / "copies"):
        said = both.run("backup", folder, "--json")
        assert (said.code, said.error["code"]) == (1, "backup_failed")
        assert "in the data folder" in said.error["reason"]
    assert not list(both.data.rglob("*.sqlite"))


def test_without_a_server_a_command_ends_what_is_over(folder: Folder) -> None:
    folder.ok("device", "add", "one", "--msisdn", "99900000001")
    kept = folder.document("send", "one", "kept", "--validity", "1h")["id"]
    over = folder.document("send", "one", "over", "--validity", "1s", "--replace-key", "k")["id"]
    eventually(lambda: folder.document("explain", over)["state"] == "EXPIRED", "its validity ended")
    assert folder.run("cancel", over, "--json").error["code"] == "already_final"
    assert folder.run("change", over, "--validity", "1h", "--json").error["code"] == "already_final"
    folder.ok("send", "one", "new", "--replace-key", "k")
    states = {row["id"]: row["state"] for row in folder.rows("messages")}
    assert (states[kept], states[over]) == ("PENDING", "EXPIRED")


def test_lists_name_the_devices(both: Folder) -> None:
    sent = both.document("send", "one", "x", "--at", "+10m")
    both.ok("cancel", sent["id"])
    row = both.rows("messages")[0]
    assert (row["device_name"], row["origin_name"]) == ("one", None)
    said = both.ok("messages").out
    assert "one 99900000001" in said
    assert "CANCELED  " in said
    both.ok("quota", "set", "one", "5")
    assert both.rows("events")[0]["device_name"] == "one"
    assert "  one  " in both.ok("events").out


def test_people_see_the_first_devices_and_how_many_more(both: Folder) -> None:
    for number in range(2, 4):
        both.ok("device", "add", f"d{number}", "--msisdn", f"9990000000{number}")
    listed = both.ok("device", "list", "--limit", "1")
    assert len(listed.out.splitlines()) == 2
    assert listed.err == "... and 2 more; --limit shows them.\n"
    assert both.ok("device", "list").err == ""
    assert len(both.rows("device", "list")) == 3


def test_octets_that_are_none_are_told_in_plain_words(both: Folder) -> None:
    assert "hexadecimal digits" in both.run("send", "one", "--binary", "xyz").err


def test_the_check_finds_a_healthy_installation(both: Folder) -> None:
    report = both.document("check")
    assert report["healthy"] is True
    findings = {finding["what"]: finding["finding"] for finding in report["findings"]}
    names = {"settings", "data folder", "server", "socket", "ports", "schema", "store", "disk", "clock"}
    names |= {"API", "SMPP", "keys", "simulator"}
    assert findings.keys() == names
    assert f"commands come by the socket {both.data}" in findings["ports"]
    assert findings["ports"].startswith(("none configured", "API: "))
    assert "BAD" not in both.ok("check").out


def test_what_a_person_may_get_wrong_is_bad_usage(folder: Folder) -> None:
    for words in (
        ["send", "one"],
        ["send", "one", "x", "--priority", "9"],
        ["send", "one", "x", "--validity", "soon"],
        ["send", "one", "x", "--at", "tomorrow"],
        ["sned"],
        ["device", "set", "one"],
        ["policy", "set", "default", "--mo-limit", "few"],
        ["change", "1"],
        ["send", "one", "x", "--at", "0001-01-01"],
        ["quota", "set", "one", "3", "--expires", "0001-01-01"],
    ):
        said = folder.run(*words)
        assert said.code == 2, said
        as_json = folder.run(*words, "--json")
        assert (as_json.code, as_json.error["code"]) == (2, "bad_usage"), as_json


def test_text_that_is_not_utf8_is_bad_usage(both: Folder) -> None:
    for words, stdin in (
        (["send", "one", "\udcff\udcfe"], ""),
        (["send", "one", "-"], "\udcff"),
        (["messages", "--org", "\udcff"], ""),
        (["preview", "\udcff"], ""),
    ):
        said = both.run(*words, "--json", stdin=stdin)
        assert (said.code, said.error["code"]) == (2, "bad_usage"), said
        assert "UTF-8" in said.error["reason"]


def test_bad_wishes_are_refused(both: Folder) -> None:
    for words, code in (
        (["send", "one", "x", "--validity", "0s"], "bad_validity"),
        (["send", "one", "--binary", "xyz"], "bad_text"),
        (["send", "one", "ж", "--alphabet", "gsm7"], "bad_text"),
        (["messages", "--state", "lost"], "bad_value"),
        (["explain", "1"], "unknown_message"),
        (["explain", 2**63], "unknown_message"),
        (["cancel", 2**53], "unknown_message"),
        (["token", "revoke", 2**63], "unknown_token"),
        (["messages", "--device", 2**63], "unknown_device"),
        (["send", "one", "x", "--at", "2020-01-01T00:00Z"], "bad_schedule"),
        (["simulator", "set", "one", "upside_down"], "bad_value"),
    ):
        said = both.run(*words, "--json")
        assert (said.code, said.error["code"]) == (1, code), said


def test_a_text_is_previewed_without_a_folder(folder: Folder) -> None:
    fit = folder.document("preview", "Grüße ✓")
    assert (fit["encoding"], fit["segments"], fit["characters_left"]) == ("ucs2", 1, 63)
    assert fit["forced_by"] == "✓ at 6"
    assert folder.run("preview", "ж", "--alphabet", "gsm7", "--json").error["code"] == "bad_text"
    assert not folder.data.exists()


def test_settings_explain_what_an_upstream_and_a_route_may_say(folder: Folder) -> None:
    """Also while there are none: how else would somebody write the first?"""
    said = folder.ok("config", "--explain").out
    assert (
        "upstreams.NAME.host\n    Name or address of the operator's SMS centre.\n    default none: it is"
        in said
    )
    assert "upstreams.NAME.port\n    Its port.\n    default 2775\n" in said
    assert "\nroutes.prefix\n" in said


def test_settings_explain_themselves(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "heliograph.toml"
    file.write_text("[messages]\nlane_limit = 7\n")
    said = folder.ok("config", "--explain", "--json", "--config", str(file), HELIOGRAPH_LOG__LEVEL="debug")
    settings = {setting["name"]: setting for setting in said.document}
    assert settings["messages.lane_limit"]["value"] == 7
    assert settings["messages.lane_limit"]["origin"] == str(file)
    assert settings["log.level"]["origin"] == "environment HELIOGRAPH_LOG__LEVEL"
    people = folder.ok("config", "--explain", "--config", str(file)).out
    assert "messages.lane_limit" in people
    assert "default 1000" in people
    file.write_text("[messages]\nlane_limt = 7\n")
    bad = folder.run("config", "--config", str(file), "--json")
    assert (bad.code, bad.error["code"]) == (2, "bad_config")
    assert "messages.lane_limit" in bad.error["reason"]


def test_settings_reach_the_engine(folder: Folder, tmp_path: Path) -> None:
    file = tmp_path / "heliograph.toml"
    file.write_text("[messages]\nlane_limit = 1\n")
    with folder.serving("--config", str(file)):
        folder.ok("device", "add", "one", "--msisdn", "99900000001")
        folder.ok("simulator", "set", "one", "detached")
        folder.ok("send", "one", "x")
        assert folder.run("send", "one", "x", "--json").error["code"] == "queue_full"


def test_the_check_says_what_is_wrong(folder: Folder) -> None:
    missing = folder.run("check", "--json")
    assert missing.code == 1
    assert missing.document["healthy"] is False
    folder.data.mkdir(mode=0o755)
    (folder.data / "heliograph.db").write_bytes(b"this is no database " * 100)
    report = folder.run("check", "--json")
    bad = {finding["what"] for finding in report.document["findings"] if not finding["ok"]}
    assert (report.code, bad) == (1, {"data folder", "store"})
    unavailable = folder.run("messages", "--json")
    assert (unavailable.code, unavailable.error["code"]) == (3, "unavailable")
    assert json.loads(folder.run("serve", "--json").err)["error"]["code"] == "unavailable"


def test_a_reader_that_has_seen_enough_ends_the_command_quietly(both: Folder, tmp_path: Path) -> None:
    file = tmp_path / "many.csv"
    file.write_text("name,msisdn\n" + "".join(f"d{i},{99900100000 + i}\n" for i in range(3000)))
    both.ok("device", "import", str(file))
    for words in (["device", "list", "--json"], ["device", "list", "--limit", "3001"]):
        with both.start(*words) as listing:
            assert listing.stdout is not None
            assert listing.stderr is not None
            assert listing.stdout.readline()
            listing.stdout.close()
            assert listing.stderr.read() == ""
