"""A server to look at, its users, and windows on it."""

import http.client
import json
from collections.abc import Callable
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from playwright.sync_api import Browser, BrowserContext, Page

from tests.cli.program import Folder, Server

ADMINISTRATOR, USER, OBSERVER = "admin", "ulla", "otto"
PASSWORD = "a password for tests"
ROLES = {USER: 2, OBSERVER: 3}
WIDE, NARROW = {"width": 1280, "height": 800}, {"width": 360, "height": 740}
LONGEST_MS = 30_000  # patience: machines are busy
# What a browser tells of every answer that is not 2xx; the page has to deal with those.
_USUAL = "Failed to load resource"


class Place(NamedTuple):
    folder: Folder
    url: str
    passwords: dict[str, str]  # by user

    def api(self, method: str, path: str, body: object = None, user: str = ADMINISTRATOR) -> Any:
        """A call that has to succeed, as this user; what it answers. 201 without a body: the new id."""
        token = self.sign_in(user)["auth_token"]
        status, headers, found = self.ask(method, path, body, token)
        assert status < 300, (method, path, status, found)
        return found if found is not None else int(headers.get("location", "0").rpartition("/")[2])

    def ask(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> tuple[int, dict[str, str], Any]:
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=30)
        try:
            headers = {"authorization": f"Bearer {token}"} if token else {}
            connection.request(method, f"/api{path}", None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            octets = answer.read()
            named = {name.lower(): value for name, value in answer.getheaders()}
            return answer.status, named, json.loads(octets) if octets else None
        finally:
            connection.close()

    def sign_in(self, user: str) -> dict[str, str]:
        """The two tokens of a login of its own."""
        body = {"username": user, "password": self.passwords[user]}
        status, _, found = self.ask("POST", "/v1/authenticate", body)
        assert status == 200, found
        return dict(found)


def place_of(folder: Folder, server: Server) -> Place:
    started = server.started
    return Place(folder, started["portal"].rstrip("/"), {ADMINISTRATOR: started["secrets"]["password"]})


def add_users(place: Place) -> None:
    for name, role in ROLES.items():
        body = {"username": name, "name": name.capitalize(), "password": PASSWORD, "roles": [{"id": role}]}
        place.api("POST", "/v1/user", body)
        place.passwords[name] = PASSWORD


class Windows:
    """Browser windows of different people, each with storage of its own."""

    def __init__(self, browser: Browser, place: Place) -> None:
        self._browser = browser
        self._place = place
        self._contexts: list[BrowserContext] = []
        self.complaints: list[str] = []

    def open(self, user: str = ADMINISTRATOR, path: str = "/", **options: Any) -> Page:
        """`options` as Playwright's contexts have them: viewport, color_scheme, locale, timezone_id."""
        given = {"viewport": WIDE, "locale": "en-GB", "color_scheme": "light", "reduced_motion": "reduce"}
        context = self._browser.new_context(base_url=self._place.url, **{**given, **options})
        context.set_default_timeout(LONGEST_MS)
        self._contexts.append(context)
        if user:
            self._sign_in(context, user)
        page = context.new_page()
        self.listen(page)
        page.goto(path)
        return page

    def _sign_in(self, context: BrowserContext, user: str) -> None:
        """Once: a page that is loaded again keeps what it has become."""
        tokens = self._place.sign_in(user)
        session = json.dumps({"auth": tokens["auth_token"], "refresh": tokens["refresh_token"]})
        context.add_init_script(
            "if (!localStorage.getItem('tests.begun')) { localStorage.setItem('tests.begun', '1');"
            f" localStorage.setItem('heliograph.session', {json.dumps(session)}); }}"
        )

    def listen(self, page: Page) -> None:
        """For what no page may do."""
        page.on("pageerror", lambda error: self.complaints.append(f"{page.url}: {error}"))
        page.on("console", lambda said: self._heard(page, said.type, said.text))
        page.on("request", lambda asked: self._asked(asked.url))

    def _heard(self, page: Page, kind: str, text: str) -> None:
        if kind == "error" and _USUAL not in text:
            self.complaints.append(f"{page.url}: {text}")

    def _asked(self, url: str) -> None:
        if not url.startswith((self._place.url, "data:", "blob:")):
            self.complaints.append(f"asked somebody else: {url}")

    def close(self) -> None:
        for context in self._contexts:
            context.close()
        assert not self.complaints, self.complaints


Axe = Callable[[Page], list[str]]
