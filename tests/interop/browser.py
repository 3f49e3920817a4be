"""A browser of sorts: it keeps cookies, goes where it is sent, and fills in forms. Enough for signing in.

`at` says where a site of the outside world really is, so that a test may call itself what it likes.
"""

import http.client
import re
from collections.abc import Mapping
from html import unescape
from urllib.parse import urlencode, urljoin, urlsplit

from msgspec import Struct

PATIENCE_SECONDS = 20.0
MOST_STEPS = 12
_FORM = re.compile(r'<form[^>]*action="([^"]+)"[^>]*>(.*?)</form>', re.DOTALL)
_FIELD = re.compile(r"<input[^>]*>")
_ATTRIBUTE = re.compile(r'([a-z]+)="([^"]*)"')


class Page(Struct):
    url: str
    status: int
    headers: list[tuple[str, str]]
    text: str

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known.lower() == name), "")

    def form(self) -> tuple[str, dict[str, str]]:
        """Where it goes, and its fields."""
        found = _FORM.search(self.text)
        assert found is not None, (self.url, self.status, self.text[:2000])
        fields = [dict(_ATTRIBUTE.findall(field)) for field in _FIELD.findall(found[2])]
        named = {field["name"]: unescape(field.get("value", "")) for field in fields}
        return urljoin(self.url, unescape(found[1])), named


class Browser:
    def __init__(self, at: Mapping[str, int]) -> None:
        self._at = at  # the port by the name of a site
        self.cookies: dict[tuple[str, str], tuple[str, str]] = {}  # by host and name: value, path
        self.set: list[str] = []  # as servers sent them

    def get(self, url: str) -> Page:
        return self._ask("GET", url, None)

    def post(self, url: str, fields: Mapping[str, str]) -> Page:
        return self._ask("POST", url, urlencode(fields))

    def go(self, url: str, until: str = "#") -> Page:
        """Follows where it is sent, until that holds `until`, or there is a page."""
        page = self.get(url)
        for _ in range(MOST_STEPS):
            where = page.header("location")
            if page.status // 100 != 3 or until in where:
                return page
            page = self.get(urljoin(page.url, where))
        raise AssertionError(f"sent around in circles: {page.url}")

    def _ask(self, method: str, url: str, body: str | None) -> Page:
        parts = urlsplit(url)
        host = parts.netloc
        port = self._at.get(host) or parts.port
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE_SECONDS)
        headers = {"Host": host, "Accept": "text/html", "User-Agent": "Mozilla/5.0 (Linux) Firefox/145.0"}
        sent = [
            f"{name}={value}"
            for (of, name), (value, path) in self.cookies.items()
            if of == host and parts.path.startswith(path)
        ]
        if sent:
            headers["Cookie"] = "; ".join(sent)
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            target = parts.path + (f"?{parts.query}" if parts.query else "")
            connection.request(method, target, body, headers)
            answer = connection.getresponse()
            page = Page(url, answer.status, answer.getheaders(), answer.read().decode())
        finally:
            connection.close()
        for name, value in page.headers:
            if name.lower() == "set-cookie":
                self._keep(host, value)
        return page

    def _keep(self, host: str, text: str) -> None:
        self.set.append(text)
        pair, *attributes = (part.strip() for part in text.split(";"))
        name, _, value = pair.partition("=")
        named = {one.partition("=")[0].lower(): one.partition("=")[2] for one in attributes}
        gone = named.get("max-age") == "0" or "1970" in named.get("expires", "")
        self.cookies.pop((host, name), None)
        if not gone:
            self.cookies[(host, name)] = (value, named.get("path", "/"))
