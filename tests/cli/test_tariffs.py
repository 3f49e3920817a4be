"""Tariffs and what policies keep for the API, from the command line, with and without a server."""

from tests.cli.program import Folder


def test_tariffs_are_made_given_to_devices_and_deleted(both: Folder) -> None:
    made = both.document("tariff", "create", "europe", "--price-mt", "45000", "--description", "all of it")
    assert (made["price_mt"], made["price_mo"], made["devices"]) == (45000, 0, 0)
    assert both.document("device", "show", "one")["tariff"] is None
    assert both.document("device", "set", "one", "--tariff", "europe")["tariff"] == "europe"
    assert both.document("device", "show", "one")["tariff"] == "europe"
    assert both.document("tariff", "set", "europe", "--price-mo", "7", "--name", "eu")["price_mo"] == 7
    assert "45000" in both.ok("tariff", "show", "eu").out
    listed = [(row["name"], row["devices"]) for row in both.rows("tariff", "list")]
    assert listed == [("default", 0), ("eu", 1)]
    assert "eu" in both.ok("tariff", "list").out
    assert both.run("tariff", "delete", "eu", "--json").error["code"] == "in_use"
    assert both.document("device", "set", "one", "--tariff", "none")["tariff"] is None
    assert both.ok("tariff", "delete", "eu").out == "The tariff eu is deleted.\n"
    assert both.run("tariff", "show", "eu", "--json").error["code"] == "unknown_tariff"


def test_tariffs_that_cannot_be(both: Folder) -> None:
    assert both.run("tariff", "create", "default", "--json").error["code"] == "duplicate"
    assert both.run("tariff", "create", "x", "--price-mt", "-1", "--json").error["code"] == "bad_value"
    assert both.run("tariff", "set", "default").code == 2
    wrong = both.run("device", "add", "three", "--tariff", "nothing", "--json")
    assert wrong.error["code"] == "unknown_tariff"


def test_a_policy_has_a_description_and_an_interface(both: Folder) -> None:
    words = ("--description", "none", "--interface", "console", "--mo-per-part", "on")
    made = both.document("policy", "create", "heard", *words)
    assert (made["description"], made["interface"], made["mo_per_part"]) == ("none", "console", True)
    assert (made["extras"], made["application"]) == ({}, "default")
    assert both.document("policy", "set", "heard", "--interface", "rest")["interface"] == "rest"
