"""A receiver of callbacks: checks signatures, drops repeats, prints what it hears. `receiver.py SECRET`."""

import base64
import hashlib
import hmac
import sys
import time
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, HTTPServer

SECRET = sys.argv[1]
PORT = int(sys.argv[2]) if len(sys.argv) > 2 else 0
OLDEST_SECONDS = 300
REMEMBERED = 10_000
MOST_BODY = 1 << 20
KEY = base64.b64decode(SECRET.removeprefix("whsec_")) if SECRET.startswith("whsec_") else SECRET.encode()
seen: OrderedDict[str, None] = OrderedDict()


def is_ours(id: str, at: str, body: bytes, signatures: str) -> bool:
    if not at.isdecimal() or abs(time.time() - int(at)) > OLDEST_SECONDS:
        return False
    signed = hmac.new(KEY, f"{id}.{at}.".encode() + body, hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(signed).decode()
    return any(hmac.compare_digest(expected, given) for given in signatures.split())


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        self.hear("POST")  # an SMS from a device, or an event

    def do_PATCH(self) -> None:
        self.hear("PATCH")  # a receipt

    def hear(self, method: str) -> None:
        body = self.rfile.read(min(int(self.headers.get("content-length", 0)), MOST_BODY))
        id = self.headers.get("webhook-id", "")
        at, signatures = self.headers.get("webhook-timestamp", ""), self.headers.get("webhook-signature", "")
        ours = is_ours(id, at, body, signatures)
        if ours and id not in seen:
            print(method, id, body.decode(), flush=True)
            seen[id] = None
            if len(seen) > REMEMBERED:
                seen.popitem(last=False)
        self.send_response(204 if ours else 401)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Quiet."""


if __name__ == "__main__":
    server = HTTPServer(("127.0.0.1", PORT), Receiver)
    print(f"http://127.0.0.1:{server.server_port}/", flush=True)
    server.serve_forever()
