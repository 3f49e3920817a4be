"""A mobile network of one MSC and its HLR, on loopback addresses of its own, with an SMPP server.

Their ports are fixed, so each network has an address in 127.0.0.0/8 that no other has.
"""

import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.cli.program import PATIENCE_SECONDS, free_port
from tests.interop.needs import file, program
from tests.interop.page import block, replaced
from tests.interop.processes import serving

SGS_PORT, GSUP_PORT, SMPP_PORT = 29118, 4222, 2775
SYSTEM_ID, PASSWORD = "heliograph", "to-osmo"
SHIM = Path(__file__).with_name("sctp_over_tcp.c")
HLR = """
log stderr
 logging filter all 1
 logging color 0
 logging level set-all notice
line vty
 bind {address}
ctrl
 bind {address}
hlr
 gsup
  bind ip {address}
"""
MSC = """
log stderr
 logging filter all 1
 logging color 0
 logging print category 1
 logging level set-all notice
 logging level lsms debug
 logging level smpp debug
line vty
 bind {address}
ctrl
 bind {address}
cs7 instance 0
 point-code 0.0.1
 asp to-nobody 2905 0 m3ua
  remote-ip {address}
  local-ip {address}
 as everything m3ua
  asp to-nobody
  routing-key 1 0.0.1
network
 network country code 001
 mobile network code 01
 authentication optional
msc
 mgw remote-ip {address}
sgs
 local-ip {address}
 vlr-name vlr.heliograph.example
hlr
 remote-ip {address}
smsc
 database sms.db
"""


class Network(NamedTuple):
    address: str
    log: Path  # of the MSC


def _subscribe(tool: str, database: Path, subscribers: Mapping[str, str]) -> None:
    made = subprocess.run(
        [tool, "-l", str(database), "create"], capture_output=True, timeout=PATIENCE_SECONDS, check=False
    )
    assert made.returncode == 0, made.stderr
    with closing(sqlite3.connect(database)) as store, store:
        rows = [(imsi, number) for imsi, number in subscribers.items()]
        store.executemany("INSERT INTO subscriber (imsi, msisdn, nam_cs, nam_ps) VALUES (?, ?, 1, 1)", rows)


def _shim(compiler: str, folder: Path) -> Path:
    made = folder / "sctp_over_tcp.so"
    words = [compiler, "-O2", "-shared", "-fPIC", "-o", str(made), str(SHIM), "-ldl"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False)
    assert done.returncode == 0, done.stderr
    return made


@contextmanager
def network(folder: Path, subscribers: Mapping[str, str]) -> Iterator[Network]:
    """`subscribers`: IMSI to number. Skips where a program is not installed."""
    msc, hlr = program("osmo-msc", "osmo-msc"), program("osmo-hlr", "osmo-hlr")
    tool, compiler = program("osmo-hlr-db-tool", "osmo-hlr"), program("gcc", "gcc libc6-dev")
    file("usr/lib/*/dbd/libdbdsqlite3.so", "libdbd-sqlite3")
    high, low = divmod(free_port(), 256)  # a number that nobody else has now
    address = f"127.{high}.{low}.1"
    smpp = replaced(block("osmo"), {"127.0.0.1": address, "change-me": PASSWORD})
    (folder / "hlr.cfg").write_text(HLR.format(address=address))
    (folder / "msc.cfg").write_text(MSC.format(address=address) + smpp)
    _subscribe(tool, folder / "hlr.db", subscribers)
    shim = {"LD_PRELOAD": str(_shim(compiler, folder))}
    with ExitStack() as stack:
        words = [hlr, "-c", "hlr.cfg", "-l", "hlr.db"]
        stack.enter_context(serving(words, folder / "hlr.log", (address, GSUP_PORT), cwd=folder))
        places = (address, SGS_PORT), (address, SMPP_PORT)
        words = [msc, "-c", "msc.cfg"]
        stack.enter_context(serving(words, folder / "msc.log", *places, variables=shim, cwd=folder))
        yield Network(address, folder / "msc.log")
