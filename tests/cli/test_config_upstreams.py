"""Upstreams and routes in the settings: what is wrong is named by its place, a password is told nowhere."""

from pathlib import Path

import pytest

from heliograph.app.configured import check_upstreams, configured_routes, route_of, upstream_of
from heliograph.config import ConfigError, load
from heliograph.core.upstream import EVERYONE, is_configured
from heliograph.runtime.vault import open_vault

FILE = """
[upstreams.acme]
host = "smsc.acme.example"
port = 3550
tls = true
system_id = "us"
bind_mode = "tx+rx"
senders = ["49* -> +49*", "* -> FLEET"]
numbers = ["+12345=7"]
rate_per_s = 50

[upstreams.beta]
host = "10.0.0.5"
organisation = "default"

[[routes]]
upstream = "acme"
prefix = "+49"
cost = 50000

[[routes]]
upstream = "beta"
network = "nbiot"
organisation = "default"
enabled = false
"""


def toml(folder: Path, text: str) -> Path:
    path = folder / "heliograph.toml"
    path.write_text(text)
    return path


def refusal(file: Path | None = None, environment: dict[str, str] | None = None) -> str:
    with pytest.raises(ConfigError) as caught:
        load(file, environment or {})
    return str(caught.value)


def test_all_that_is_said_becomes_rows(tmp_path: Path) -> None:
    config, vault = load(toml(tmp_path, FILE), {}).config, open_vault(tmp_path)
    acme, beta = [upstream_of(name, one, {"default": 5}, vault) for name, one in config.upstreams.items()]
    assert (acme.name, acme.host, acme.port, acme.tls, acme.bind_mode) == (
        "acme",
        "smsc.acme.example",
        3550,
        1,
        "tx+rx",
    )
    assert (acme.org, acme.shared, acme.rate_per_s, acme.numbers) == (EVERYONE, 1, 50, "12345=7")
    assert acme.source == "49* -> +49*\n* -> FLEET"
    assert (beta.org, beta.shared, beta.rate_per_s, beta.password) == (5, 0, None, None)
    first, second = [route_of(n, one, {"default": 5}) for n, one in enumerate(config.routes)]
    assert (first.upstream, first.prefix, first.cost, first.org, first.enabled) == ("acme", "49", 50000, 0, 1)
    assert (second.network, second.org, second.enabled) == ("nbiot", 5, 0)
    ids = {acme.id, beta.id, first.id, second.id}
    assert len(ids) == 4
    assert all(map(is_configured, ids))
    assert upstream_of("acme", config.upstreams["acme"], {}, vault).id == acme.id


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[upstreams]\nacme = 3\n", ["upstreams.acme", "needs a table"]),
        ("upstreams = 3\n", ["upstreams", "[upstreams.NAME]"]),
        ('[upstreams.Acme]\nhost = "x"\n', ["upstreams.Acme", "small letters"]),
        ('[upstreams.acme]\nsystem_id = "us"\n', ["upstreams.acme.host", "missing"]),
        ('[upstreams.acme]\nhos = "x"\n', ["upstreams.acme.hos", "Did you mean upstreams.acme.host?"]),
        ('[upstreams.acme]\nhost = "x"\nport = 0\n', ["upstreams.acme.port", ">= 1", "given: 0"]),
        ('[upstreams.acme]\nhost = "x"\nreceipts = "maybe"\n', ["upstreams.acme.receipts", "maybe"]),
        ("[routes]\nprefix = 3\n", ["routes", "[[routes]]"]),
        ('[[routes]]\nupstream = "a"\n[[routes]]\nprefix = "49"\n', ["routes.2.upstream", "missing"]),
        ('[[routes]]\nupstream = "a"\nprefix = "0049"\n', ["routes.1.prefix", "0049"]),
        ('[[routes]]\nupstream = "a"\nweigth = 1\n', ["routes.1.weigth", "routes.1.weight?"]),
    ],
)
def test_what_is_wrong_is_named_by_place_field_and_reason(
    tmp_path: Path, text: str, words: list[str]
) -> None:
    said = refusal(toml(tmp_path, text))
    assert str(tmp_path) in said
    assert not [word for word in words if word not in said], said


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('host = "x"\nsenders = ["no arrow"]', ["upstreams.acme.senders", "no arrow"]),
        ('host = "a b"', ["upstreams.acme.host"]),
        ('host = "x"\nnumbers = ["FLEET"]', ["upstreams.acme.numbers"]),
        ('host = "x"\norganisation = "nobody"', ["upstreams.acme.organisation", "nobody"]),
    ],
)
def test_what_only_the_core_knows_is_named_too(tmp_path: Path, text: str, words: list[str]) -> None:
    config = load(toml(tmp_path, f"[upstreams.acme]\n{text}\n"), {}).config
    with pytest.raises(ConfigError) as caught:
        upstream_of("acme", config.upstreams["acme"], {}, open_vault(tmp_path))
    assert not [word for word in words if word not in str(caught.value)], caught.value


def test_a_password_comes_from_a_file_or_a_variable_and_is_not_shown(tmp_path: Path) -> None:
    (tmp_path / "password").write_text("sesame\n")
    text = f'[upstreams.my-acme]\nhost = "x"\npassword_file = "{tmp_path}/password"\n'
    loaded = load(toml(tmp_path, text), {})
    assert loaded.config.upstreams["my-acme"].password == "sesame"
    assert "sesame" not in str(loaded.settings)
    variable = {"HELIOGRAPH_UPSTREAMS__MY_ACME__PASSWORD": "again"}
    loaded = load(toml(tmp_path, '[upstreams.my-acme]\nhost = "x"\npassword = "before"\n'), variable)
    assert loaded.config.upstreams["my-acme"].password == "again"
    told = next(one for one in loaded.settings if one.name == "upstreams.my-acme.password")
    assert (told.value, told.origin) == ("(hidden)", "environment HELIOGRAPH_UPSTREAMS__MY_ACME__PASSWORD")
    assert "not both" in refusal(toml(tmp_path, text), variable)


def test_a_password_that_cannot_be_is_not_told(tmp_path: Path) -> None:
    long = "much-too-long" * 10
    said = refusal(toml(tmp_path, f'[upstreams.acme]\nhost = "x"\npassword = "{long}"\n'))
    assert "upstreams.acme.password" in said
    assert "much-too-long" not in said
    (tmp_path / "password").write_text(long)
    said = refusal(toml(tmp_path, f'[upstreams.acme]\nhost = "x"\npassword_file = "{tmp_path}/password"\n'))
    assert "upstreams.acme.password_file" in said
    assert "much-too-long" not in said
    said = refusal(toml(tmp_path, '[upstreams.acme]\nhost = "x"\npassword_file = "/nowhere"\n'))
    assert "upstreams.acme.password_file: cannot be read" in said


@pytest.mark.parametrize("password", ["sésame", "sesame\n"])
def test_a_password_that_no_bind_can_carry_is_refused_and_not_told(tmp_path: Path, password: str) -> None:
    variables = {"HELIOGRAPH_UPSTREAMS__ACME__HOST": "smsc", "HELIOGRAPH_UPSTREAMS__ACME__PASSWORD": password}
    with pytest.raises(ConfigError) as caught:
        check_upstreams(load(None, variables).config)
    assert "upstreams.acme.password: A password has up to 64 printable" in str(caught.value)
    assert "same" not in str(caught.value)


def test_a_variable_may_say_all_of_it() -> None:
    variables = {
        "HELIOGRAPH_UPSTREAMS__ACME__HOST": "smsc",
        "HELIOGRAPH_UPSTREAMS__ACME__TLS": "true",
        "HELIOGRAPH_UPSTREAMS__ACME__SENDERS": "49* -> +49*, * -> FLEET",
    }
    found = load(None, variables).config.upstreams["acme"]
    assert (found.host, found.tls, found.senders) == ("smsc", True, ("49* -> +49*", "* -> FLEET"))
    assert "names no setting" in refusal(None, {"HELIOGRAPH_UPSTREAMS__ACME": "x"})
    assert "Did you mean upstreams.acme.host?" in refusal(None, {"HELIOGRAPH_UPSTREAMS__ACME__HOTS": "x"})


def test_two_routes_of_one_place_are_refused(tmp_path: Path) -> None:
    one = '[[routes]]\nupstream = "acme"\nprefix = "{}49"\n'
    config = load(toml(tmp_path, one.format("+") + one.format("")), {}).config
    with pytest.raises(ConfigError, match=r"routes\.2"):
        configured_routes(enumerate(config.routes, 1), {})


def test_check_looks_at_them_without_knowing_organisations(tmp_path: Path) -> None:
    check_upstreams(load(toml(tmp_path, FILE), {}).config)
    config = load(toml(tmp_path, '[upstreams.acme]\nhost = "a b"\n'), {}).config
    with pytest.raises(ConfigError, match=r"upstreams\.acme\.host"):
        check_upstreams(config)


def test_check_looks_at_the_organisations_that_there_are(tmp_path: Path) -> None:
    config = load(toml(tmp_path, FILE), {}).config
    check_upstreams(config, ["default", "other"])
    with pytest.raises(ConfigError, match=r"upstreams\.beta\.organisation: there is no organisation default"):
        check_upstreams(config, ["renamed"])
