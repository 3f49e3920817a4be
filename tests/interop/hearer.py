"""A web server that notes what it is asked, for peers that tell news by HTTP."""

import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit

from tests.cli.program import PATIENCE_SECONDS

Asked = dict[str, str]  # the query, with the path as `path`


class Hearer:
    def __init__(self) -> None:
        self._told = threading.Condition()
        self.asked: deque[Asked] = deque()
        self.url = ""

    def note(self, target: str) -> None:
        """Octets that are no UTF-8 stay what they are, as Latin-1 shows them."""
        parts = urlsplit(target)
        query = dict(parse_qsl(parts.query, keep_blank_values=True, encoding="latin-1"))
        with self._told:
            self.asked.append({"path": parts.path, **query})
            self._told.notify_all()

    def hear(self, holds: Callable[[Asked], bool], what: str) -> Asked:
        """The first that fits; others stay for later."""
        with self._told:
            came = self._told.wait_for(lambda: any(map(holds, self.asked)), PATIENCE_SECONDS)
            assert came, f"never came: {what}; but {list(self.asked)}"
            found = next(filter(holds, self.asked))
            self.asked.remove(found)
            return found


@contextmanager
def hearer() -> Iterator[Hearer]:
    made = Hearer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            made.note(self.path)
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        made.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield made
        finally:
            server.shutdown()
            thread.join()
