"""Kannel, as Debian packages it: bearerbox and smsbox on loopback. Fed over HTTP, since it has no SMPP server
there; its receipts come over HTTP as well.
"""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers.http_load import HttpOrders
from bench.peers.processes import Missing, Processes, wait_for_port
from bench.server import free_port
from bench.smpp_rig import Operator

CONNECTIONS = 64
CONFIGURATION = """group = core
admin-port = {admin}
admin-password = bench
admin-allow-ip = "127.0.0.1"
admin-deny-ip = "*.*.*.*"
smsbox-port = {boxes}
box-allow-ip = "127.0.0.1"
log-level = 4
log-file = "{folder}/bearerbox.log"
dlr-storage = internal
{store}

group = smsc
smsc = smpp
smsc-id = operator
host = 127.0.0.1
port = {operator}
transceiver-mode = true
smsc-username = bench
smsc-password = bench
system-type = ""
max-pending-submits = 500

group = smsbox
bearerbox-host = 127.0.0.1
sendsms-port = {http}
log-level = 4
log-file = "{folder}/smsbox.log"

group = sendsms-user
username = bench
password = bench
max-messages = 1
"""


@contextmanager
def kannel(folder: Path, operator: Operator, has_spool: bool) -> Iterator[tuple[HttpOrders, Processes]]:
    names = [shutil.which(name, path="/usr/sbin:/usr/bin") for name in ("bearerbox", "smsbox")]
    if None in names:
        raise Missing("Kannel is not installed (Debian: apt-get install kannel)")
    (folder / "spool").mkdir()
    http, boxes = free_port(), free_port()
    store = f'store-type = spool\nstore-location = "{folder}/spool"' if has_spool else ""
    path = folder / "kannel.conf"
    path.write_text(
        CONFIGURATION.format(
            admin=free_port(), boxes=boxes, http=http, operator=operator.port, folder=folder, store=store
        )
    )
    with Processes(folder) as running:
        for name, port in zip(names, (boxes, http), strict=True):
            running.start([str(name), "-v", "4", str(path)], stderr=subprocess.STDOUT)
            wait_for_port(port)
        operator.wait_until_bound()
        yield HttpOrders(http, "bench", "bench", CONNECTIONS, 20_000), running
