"""Kannel of Debian as somebody runs it: a bearerbox that binds to us, and a smsbox in front of it.

HTTP goes in at the smsbox, as SMPP to us, and receipts and SMS from devices come back as HTTP. The
configuration is the one of docs/interop.md.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlencode
from urllib.request import urlopen

from tests.cli.program import PATIENCE_SECONDS
from tests.interop.centre import HOST, PASSWORD, free_port
from tests.interop.needs import program
from tests.interop.processes import serving

_TRANSCEIVER = "port = {port}\ntransceiver-mode = true"
WAYS = {"plain": [_TRANSCEIVER], "tls": [_TRANSCEIVER], "two": ["port = {port}", "receive-port = {port}"]}
USER, SECRET = "fleet", "http-secret"
MO_QUERY = "from=%p&to=%P&text=%b&charset=%C&coding=%c&udh=%u"
BEARERBOX = """
group = core
admin-port = {admin}
admin-interface = 127.0.0.1
admin-password = admin-secret
smsbox-port = {boxes}
smsbox-interface = 127.0.0.1
box-allow-ip = 127.0.0.1
dlr-storage = internal
log-file = {folder}/bearerbox.log
log-level = 0
sms-resend-freq = 1
"""
SMSC = """
group = smsc
smsc = smpp
smsc-id = heliograph
host = {host}
use-ssl = {tls}
{way}
smsc-username = {system_id}
smsc-password = {password}
system-type = ""
interface-version = 34
source-addr-autodetect = true
dest-addr-ton = 1
dest-addr-npi = 1
enquire-link-interval = 30
reconnect-delay = 1
max-pending-submits = 100
"""
SMSBOX = """
group = smsbox
bearerbox-host = 127.0.0.1
bearerbox-port = {boxes}
sendsms-port = {http}
sendsms-interface = 127.0.0.1
log-file = {folder}/smsbox.log
log-level = 0

group = sendsms-user
username = {user}
password = {secret}
max-messages = 10
concatenation = true

group = sms-service
keyword = default
catch-all = true
max-messages = 0
omit-empty = true
get-url = "{url}/mo?{query}"
"""


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


@contextmanager
def kannel(folder: Path, url: str, port: int, system_id: str, form: str = "plain") -> Iterator[Kannel]:
    """Both boxes. `form`: one bind, plain or over tls, or two: one that sends and one that receives.

    Skips where Kannel is not installed.
    """
    bearerbox, smsbox = program("bearerbox", "kannel"), program("smsbox", "kannel")
    admin, boxes, http = free_port(), free_port(), free_port()
    values = {
        "admin": admin,
        "boxes": boxes,
        "http": http,
        "host": HOST,
        "tls": "true" if form == "tls" else "false",
        "system_id": system_id,
        "password": PASSWORD,
        "folder": folder,
        "user": USER,
        "secret": SECRET,
        "url": url,
        "query": MO_QUERY,
    }
    configuration = folder / "kannel.conf"
    groups = "".join(SMSC.format(**values, way=way.format(port=port)) for way in WAYS[form])
    configuration.write_text(BEARERBOX.format(**values) + groups + SMSBOX.format(**values))
    with ExitStack() as stack:
        words = [bearerbox, str(configuration)]
        stack.enter_context(serving(words, folder / "bearerbox.out", (HOST, boxes)))
        stack.enter_context(serving([smsbox, str(configuration)], folder / "smsbox.out", (HOST, http)))
        yield Kannel(http, url)
