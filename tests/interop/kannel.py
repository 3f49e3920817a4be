"""Kannel of Debian as somebody runs it: a bearerbox that binds to us, and a smsbox in front of it.

HTTP goes in at the smsbox, as SMPP to us, and receipts and SMS from devices come back as HTTP. The
configuration is the one that docs/interop.md shows.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.cli.program import PATIENCE_SECONDS, free_port
from tests.interop.centre import HOST, PASSWORD
from tests.interop.needs import program
from tests.interop.page import block, replaced
from tests.interop.processes import serving

USER, SECRET = "fleet", "change-me"  # of the page
PORT = "port = 2775"
ALL_WAYS = "transceiver-mode = true\n"


class Kannel(NamedTuple):
    http: int
    url: str  # where it tells news

    def send(self, to: str, text: str | bytes, **more: str | bytes) -> str:
        """What it says: `0: Accepted for delivery`. What is empty is not said."""
        asked = {
            "username": USER,
            "password": SECRET,
            "from": "2020",
            "to": to,
            "text": text,
            "charset": "UTF-8",
            "dlr-mask": "31",
            "dlr-url": f"{self.url}/dlr?to={to}&kind=%d&answer=%A",
            **more,
        }
        query = urlencode({name: value for name, value in asked.items() if value})
        with urlopen(f"http://{HOST}:{self.http}/cgi-bin/sendsms?{query}", timeout=PATIENCE_SECONDS) as said:
            return str(said.read().decode())


def _in_two(text: str) -> str:
    """As the page says it: a group that sends, and one that receives."""
    groups = text.split("\n\n")
    at = next(number for number, group in enumerate(groups) if PORT in group)
    sends = replaced(groups[at], {ALL_WAYS: ""})
    groups[at : at + 1] = [sends, replaced(sends, {PORT: f"receive-{PORT}"})]
    return "\n\n".join(groups)


@contextmanager
def kannel(folder: Path, url: str, port: int, system_id: str, form: str = "plain") -> Iterator[Kannel]:
    """Both boxes. `form`: one bind, plain or over tls, or two: one that sends and one that receives.

    Skips where Kannel is not installed.
    """
    bearerbox, smsbox = program("bearerbox", "kannel"), program("smsbox", "kannel")
    boxes, http = free_port(), free_port()
    values = {
        "port = 13000": f"port = {free_port()}",
        "port = 13001": f"port = {boxes}",
        "port = 13013": f"port = {http}",
        PORT: f"port = {port}",
        "smsc-username = crm": f"smsc-username = {system_id}",
        "smsc-password = change-me": f"smsc-password = {PASSWORD}",
        "use-ssl = false": "use-ssl = true" if form == "tls" else "use-ssl = false",
        "/var/log/kannel": str(folder),
        "http://127.0.0.1:8000": url,
    }
    text = block("kannel")
    configuration = folder / "kannel.conf"
    configuration.write_text(replaced(_in_two(text) if form == "two" else text, values))
    with ExitStack() as stack:
        words = [bearerbox, str(configuration)]
        stack.enter_context(serving(words, folder / "bearerbox.out", (HOST, boxes)))
        stack.enter_context(serving([smsbox, str(configuration)], folder / "smsbox.out", (HOST, http)))
        yield Kannel(http, url)
