"""What the API says of itself is what it does."""

from schemathesis import openapi

from heliograph.interfaces.rest.routes import ROUTES
from tests.rest.site import Site


def test_every_route_is_described(api: Site) -> None:
    paths = api.get("/openapi.json", token=None).body["paths"]
    described = {(method.upper(), path) for path, operations in paths.items() for method in operations}
    assert described == {(route.method, route.path) for route in ROUTES}


def test_the_description_is_valid_openapi(api: Site) -> None:
    schema = openapi.from_dict(api.get("/openapi.json", token=None).body)
    schema.validate()
    assert schema.specification.version == "3.1.0"


def test_operations_are_told_apart(api: Site) -> None:
    paths = api.get("/openapi.json", token=None).body["paths"]
    names = [one["operationId"] for operations in paths.values() for one in operations.values()]
    assert len(names) == len(set(names))


def test_every_route_has_a_section_a_summary_and_a_success() -> None:
    for route in ROUTES:
        assert route.section
        assert route.summary
        assert [status for status in route.answers if status < 400], route.path


def test_the_page_shows_every_route_and_asks_nobody_else(api: Site) -> None:
    answer = api.get("/docs", token=None)
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    for route in ROUTES:
        assert route.path in answer.text
    assert "http://" not in answer.text
    assert "https://" not in answer.text
