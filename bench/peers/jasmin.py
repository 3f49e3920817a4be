"""Jasmin from PyPI in a virtual environment of its own, with Debian's redis-server and rabbitmq-server on
loopback. SMPP in, an upstream out, receipts by its own threads in the one process.
"""

import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bench.peers.processes import Missing, Processes, wait_for_port, without_ours
from bench.server import free_port
from bench.smpp_load import Orders
from bench.smpp_rig import Operator

VERSION = "0.11.1"
WELCOME, PROMPT = b"Session ref", b"jcli : "
LONGEST_END = 24
ANSWER_SECONDS = 20.0
BENCH = "bench"


def installed(home: Path) -> Path:
    """Its virtual environment, made once."""
    programs = ("redis-server", "rabbitmq-server")
    if lacking := [one for one in programs if shutil.which(one, path="/usr/sbin:/usr/bin") is None]:
        names = " ".join(lacking)
        raise Missing(f"Jasmin needs {names} (Debian: apt-get install --no-install-recommends {names})")
    python = home / "bin" / "python"
    if not (home / "ready").exists():
        try:
            subprocess.run([sys.executable, "-m", "venv", str(home)], check=True)
            wanted = f"jasmin=={VERSION}"
            subprocess.run([str(python), "-m", "pip", "-qq", "install", wanted], check=True)
            _mend(home)
        except subprocess.CalledProcessError as error:
            raise Missing(f"Jasmin {VERSION} cannot be installed from PyPI: {error}") from error
        (home / "ready").touch()
    return python


def _mend(home: Path) -> None:
    """As it is released, it fails on the answer to every submit that wants a receipt: 'SubmitSM' object has
    no attribute 'response'. With this word it can be measured.
    """
    path = next(home.glob("lib/*/site-packages/jasmin/managers/listeners.py"))
    path.write_text(path.read_text().replace("_pdu.response", "r.response"))


@contextmanager
def jasmin(folder: Path, home: Path, operator: Operator) -> Iterator[tuple[Orders, Processes]]:
    python = installed(home)
    ports = {
        name: free_port() for name in ("redis", "amqp", "dist", "epmd", "smpp", "jcli", "http", "a", "b", "c")
    }
    with Processes(folder) as running:
        _brokers(running, folder, ports)
        _itself(running, folder, python, ports)
        _configure(ports["jcli"], operator.port)
        operator.wait_until_bound()
        yield Orders(ports["smpp"], BENCH, BENCH, 4, 100, 20_000, until_receipted=True), running


def _brokers(running: Processes, folder: Path, ports: dict[str, int]) -> None:
    redis = ["--port", str(ports["redis"]), "--bind", "127.0.0.1", "--save", "", "--dir", str(folder)]
    running.start(["/usr/bin/redis-server", *redis])
    (folder / "rabbit").mkdir()
    environment = without_ours(
        {
            "HOME": str(folder),
            "RABBITMQ_NODENAME": f"bench{ports['amqp']}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODE_PORT": str(ports["amqp"]),
            "RABBITMQ_DIST_PORT": str(ports["dist"]),
            "RABBITMQ_BASE": str(folder / "rabbit"),
            "RABBITMQ_MNESIA_BASE": str(folder / "rabbit"),
            "RABBITMQ_LOG_BASE": str(folder / "rabbit"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(folder / "rabbit" / "plugins"),
            "ERL_EPMD_PORT": str(ports["epmd"]),
        }
    )
    # Erlang's own directory of nodes; left to itself it would stay behind as a daemon.
    running.start(["/usr/bin/epmd", "-address", "127.0.0.1", "-port", str(ports["epmd"])])
    wait_for_port(ports["epmd"])
    # The packaged script changes to the user rabbitmq; the one below it does not.
    program = next(Path("/usr/lib/rabbitmq/lib").glob("rabbitmq_server-*/sbin/rabbitmq-server"))
    running.start([str(program)], env=environment)
    wait_for_port(ports["redis"])
    wait_for_port(ports["amqp"])


def _itself(running: Processes, folder: Path, python: Path, ports: dict[str, int]) -> None:
    for name in ("etc/jasmin/store", "var/log/jasmin", "run"):
        (folder / name).mkdir(parents=True)
    specification = next(
        python.parent.parent.glob("lib/*/site-packages/txamqp/specs/standard/amqp0-9-1*.xml")
    )
    environment = without_ours(
        {
            "ROOT_PATH": str(folder),
            "AMQP_BROKER_SPEC": str(specification),
            "AMQP_BROKER_PORT": str(ports["amqp"]),
            "REDIS_CLIENT_PORT": str(ports["redis"]),
            "SMPP_SERVER_PORT": str(ports["smpp"]),
            "SMPP_SERVER_BIND": "127.0.0.1",
            "SMPP_SERVER_PB_PORT": str(ports["a"]),
            "CLIENT_MANAGEMENT_PORT": str(ports["b"]),
            "ROUTER_PORT": str(ports["c"]),
            "HTTP_API_PORT": str(ports["http"]),
            "JCLI_PORT": str(ports["jcli"]),
            "JCLI_AUTHENTICATION": "false",
            "SMPP_SERVER_LOG_LEVEL": "WARNING",
            "DLR_LOG_LEVEL": "WARNING",
            "DLR_THROWER_LOG_LEVEL": "WARNING",
            "ROUTER_LOG_LEVEL": "WARNING",
        }
    )
    program = python.parent / "jasmind.py"
    words = ["--enable-dlr-thrower", "--enable-dlr-lookup", "--enable-deliver-thrower"]
    running.start([str(program), *words], env=environment, cwd=folder)
    wait_for_port(ports["jcli"])
    wait_for_port(ports["smpp"])


def _configure(port: int, operator: int) -> None:
    """By its console: a user, the operator as connector, a route there."""
    talks = (
        ("group -a", f"gid {BENCH}", "ok"),
        ("user -a", f"username {BENCH}", f"password {BENCH}", f"gid {BENCH}", f"uid {BENCH}", "ok"),
        (
            *("smppccm -a", "cid operator", "host 127.0.0.1", f"port {operator}", f"username {BENCH}"),
            *(f"password {BENCH}", "bind transceiver", "submit_throughput 0", "loglevel 40", "ok"),
        ),
        ("mtrouter -a", "type DefaultRoute", "connector smppc(operator)", "rate 0", "ok"),
        ("smppccm -1 operator",),
    )
    with socket.create_connection(("127.0.0.1", port), ANSWER_SECONDS) as console:
        _hear(console, WELCOME)
        for talk in talks:
            for number, word in enumerate(talk, 1):
                console.sendall(word.encode() + b"\r\n")
                _hear(console, PROMPT if number == len(talk) else b"> ")


def _hear(console: socket.socket, end: bytes) -> bytes:
    heard = b""
    while end not in heard[-LONGEST_END:]:
        more = console.recv(4_096)
        if not more:
            raise ConnectionError(f"Jasmin's console left: {heard!r}")
        heard += more
    return heard
