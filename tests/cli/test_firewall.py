"""Rules on the command line, with a server and without one."""

import json

from tests.cli.program import Folder

RULES = {"block": [{"peer": "+49", "match": "prefix"}], "anomaly": {"times": 3, "learning_hours": 0}}


def test_rules_are_set_shown_and_taken_away(both: Folder) -> None:
    for kind, key in (("policy", "default"), ("device", "one")):
        assert both.document(kind, "firewall", "show", key) == {}
        said = both.run(kind, "firewall", "set", key, "-", stdin=json.dumps(RULES))
        assert (said.code, json.loads(said.out)) == (0, RULES)
        assert json.loads(both.ok(kind, "firewall", "show", key).out) == RULES
        refused = both.run("send", "one", "hello", "--from", "+491701", "--json")
        assert refused.error["code"] == "peer_blocked"
        assert refused.error["rule"] == f'{kind} {key}: block list "+49"'
        assert both.run(kind, "firewall", "set", key, "-", stdin="{}").code == 0
        assert both.document(kind, "firewall", "show", key) == {}


def test_rules_that_are_none_change_nothing(both: Folder) -> None:
    both.run("policy", "firewall", "set", "default", "-", stdin=json.dumps(RULES))
    assert both.run("policy", "firewall", "set", "default", "-", stdin="{").code == 2
    for bad in ('{"blocks": []}', '{"content": [{"name": "x", "pattern": "("}]}', "[]"):
        refused = both.run("policy", "firewall", "set", "default", "-", "--json", stdin=bad)
        assert (refused.code, refused.error["code"]) == (1, "bad_value")
    assert both.document("policy", "firewall", "show", "default") == RULES
    unknown = both.run("policy", "firewall", "show", "nothing", "--json")
    assert unknown.error["code"] == "unknown_policy"
    assert both.run("device", "firewall", "release", "one", "--json").error["code"] == "not_held"
