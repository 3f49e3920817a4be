"""The server as a process: one per folder, its socket and secrets, a clean stop under load, and kills."""

import json
import os
import signal
import socket
import stat
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from itertools import takewhile
from pathlib import Path

import msgspec
import pytest

from heliograph.interfaces.control.client import Client, Refused
from heliograph.interfaces.control.frames import Reply, Request
from tests.cli.program import PATIENCE_SECONDS, SOCKET, Folder, eventually

CALLERS = 8
STOP_SECONDS = 2.0
ENOUGH = 300  # messages acknowledged before the server is stopped


def test_a_second_server_is_refused_and_told_the_pid(folder: Folder) -> None:
    with folder.serving() as server:
        second = folder.run("serve", "--json")
        assert second.code == 3
        assert second.error["code"] == "locked"
        assert f"process {server.process.pid}" in second.error["reason"]
        assert str(folder.data) in folder.run("serve").err
        assert folder.run("check").code == 0


def test_only_the_owner_may_use_what_it_makes(folder: Folder) -> None:
    with folder.serving() as server:
        assert server.started["socket"] == str(folder.data / SOCKET)
        modes = {path.name: stat.S_IMODE(path.lstat().st_mode) for path in folder.data.iterdir()}
        assert stat.S_ISSOCK((folder.data / SOCKET).lstat().st_mode)
        assert modes[SOCKET] == 0o600
        assert stat.S_IMODE(folder.data.stat().st_mode) == 0o700
        assert not [name for name, mode in modes.items() if mode & 0o077]


def test_secrets_are_told_on_the_first_start_only_and_kept_nowhere(folder: Folder) -> None:
    with folder.serving() as server:
        secrets = server.started["secrets"]
        code, _, log = server.stop()
    assert code == 0
    with folder.serving() as server:
        assert server.started["secrets"] is None
    assert len(secrets["password"]) >= 16
    for secret in (secrets["password"], secrets["token"]):
        assert secret not in log
        for file in folder.data.iterdir():
            if file.is_file():
                assert secret.encode() not in file.read_bytes()


def test_people_are_told_where_things_are(folder: Folder) -> None:
    with folder.start("serve", "--demo") as process:
        assert process.stdout is not None
        said = list(takewhile("Stop with Ctrl-C.\n".__ne__, process.stdout))
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_SECONDS)
        assert process.returncode == 0
    text = "".join(said)
    for words in (str(folder.data), SOCKET, "heliograph.db", "36 virtual devices", "password", "hg_"):
        assert words in text


def test_the_demo_fleet_comes_on_the_first_start_only(folder: Folder) -> None:
    with folder.serving("--demo") as server:
        assert server.started["devices_of_demo"] == 36
        rows = folder.rows("device", "list", "--tag", "demo")
        assert len(rows) == 36
        assert len({row["policy"] for row in rows}) == 4
        profiles = folder.document("simulator", "profiles")["profiles"]
        assert {f"sim-profile={profile['name']}" for profile in profiles} == {row["tags"][1] for row in rows}
        assert folder.document("simulator", "show", "meter-1")["profile"] == "meter"
        server.stop()
    with folder.serving("--demo") as server:
        assert server.started["devices_of_demo"] is None
        assert folder.document("simulator", "show", "meter-1")["profile"] == "meter"


def test_a_server_that_hangs_is_told_from_one_that_was_killed(folder: Folder) -> None:
    with folder.serving() as server:
        server.process.send_signal(signal.SIGSTOP)
        said = folder.run("check", "--json")
        server.process.send_signal(signal.SIGCONT)
    findings = {finding["what"]: finding for finding in said.document["findings"]}
    assert said.code == 1
    assert "it hangs" in findings["server"]["finding"]
    assert "killed" not in findings["socket"]["finding"]


def test_a_folder_deeper_than_a_socket_address_is_served(tmp_path: Path) -> None:
    deep = Folder(tmp_path / "/".join(["folder-with-a-long-name"] * 6))
    assert len(str(deep.data)) > 108
    with deep.serving():
        assert deep.rows("org", "list")[0]["name"] == "default"
        assert deep.document("check")["healthy"] is True


def test_a_killed_server_leaves_nothing_in_the_way(folder: Folder) -> None:
    with folder.serving() as server:
        folder.ok("device", "add", "one", "--msisdn", "99900000001")
        server.stop(signal.SIGKILL)
    assert stat.S_ISSOCK((folder.data / SOCKET).lstat().st_mode)
    assert folder.document("check")["healthy"] is True
    assert folder.rows("device", "list")[0]["name"] == "one"
    with folder.serving():
        assert folder.document("send", "one", "x", "--wait")["state"] == "DELIVERED"


def test_two_commands_without_a_server_take_turns(folder: Folder) -> None:
    folder.ok("token", "create")
    with (
        folder.start("device", "add", "one", "--msisdn", "99900000001") as first,
        folder.start("device", "add", "two", "--msisdn", "99900000002") as second,
    ):
        codes = [process.wait(PATIENCE_SECONDS) for process in (first, second)]
        for process in (first, second):
            process.communicate()
    assert codes == [0, 0]
    assert len(folder.rows("device", "list")) == 2


@pytest.mark.parametrize(
    "words",
    [
        ["messages"],
        ["device", "list"],
        ["send", "one", "x"],
        ["listen"],
        ["backup", "copies"],
        ["explain", "1"],
    ],
)
def test_a_mistyped_folder_is_an_error_and_is_not_made(folder: Folder, words: list[str]) -> None:
    said = folder.run(*words, "--json")
    assert (said.code, said.error["code"]) == (3, "no_data")
    assert str(folder.data) in said.error["reason"]
    assert not folder.data.exists()


def test_a_command_that_waits_too_long_for_the_lock_says_who_has_it(folder: Folder) -> None:
    folder.data.mkdir(mode=0o700)
    script = (
        f"import sys; from pathlib import Path; from heliograph.runtime.lock import take; "
        f"lock = take(Path({str(folder.data)!r})); print('held', flush=True); sys.stdin.read()"
    )
    with holding(script) as holder:
        said = folder.run("device", "list", "--json")
        assert (said.code, said.error["code"]) == (3, "locked")
        assert f"process {holder.pid}" in said.error["reason"]
        assert "has the folder and serves no socket" in folder.run("check").out


@contextmanager
def holding(script: str) -> Iterator[subprocess.Popen[str]]:
    from tests.cli.program import ENVIRONMENT, PROGRAM

    with subprocess.Popen(
        [PROGRAM[0], "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=ENVIRONMENT
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


class Load:
    """Callers that send without pause and note every message that was acknowledged to them."""

    def __init__(self, folder: Folder, devices: list[str]) -> None:
        self.acknowledged: list[int] = []
        self.refusals: set[str] = set()
        self._threads = [
            threading.Thread(target=self._call, args=(folder.data, device)) for device in devices
        ]
        for thread in self._threads:
            thread.start()

    def _call(self, data: Path, device: str) -> None:
        client = Client(data)
        try:
            while True:
                wish = msgspec.json.encode({"device": device, "text": f"load {len(self.acknowledged)}"})
                answer = client.call(Request("message.send", None, msgspec.Raw(wish)), self._hear)
                self.acknowledged.append(json.loads(bytes(answer))["id"])
        except (Refused, OSError) as error:
            self.refusals.add(error.refusal.code if isinstance(error, Refused) else "gone")
        finally:
            client.close()

    def _hear(self, frame: object) -> Reply | None:
        return None

    def join(self) -> None:
        for thread in self._threads:
            thread.join(PATIENCE_SECONDS)


@pytest.fixture
def devices(folder: Folder, tmp_path: Path) -> list[str]:
    names = [f"d{number}" for number in range(CALLERS)]
    file = tmp_path / "devices.csv"
    lines = [f"{name},9990000{number:04d}" for number, name in enumerate(names)]
    file.write_text("name,msisdn\n" + "\n".join(lines) + "\n")
    folder.ok("device", "import", str(file))
    return names


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_under_load_is_quick_clean_and_loses_nothing(
    folder: Folder, devices: list[str], number: signal.Signals
) -> None:
    with folder.serving() as server:
        load = Load(folder, devices)
        eventually(lambda: len(load.acknowledged) >= ENOUGH, "load")
        code, seconds, log = server.stop(number)
        load.join()
    assert code == 0
    assert seconds < STOP_SECONDS
    assert load.refusals <= {"stopping", "server_gone", "gone"}
    assert "Traceback" not in log
    assert not (folder.data / SOCKET).exists()
    check_nothing_is_lost(folder, load.acknowledged, {"DELIVERED", "PENDING", "BUFFERED"})


def test_a_slow_network_at_a_stop_leaves_no_unknown_where_a_second_is_enough(
    folder: Folder, devices: list[str], tmp_path: Path
) -> None:
    profiles = tmp_path / "profiles"
    profiles.mkdir()
    (profiles / "half_a_second.toml").write_text("[network]\nanswer_seconds = 0.5\n")
    variables = {
        "HELIOGRAPH_SIMULATOR__PROFILES": str(profiles),
        "HELIOGRAPH_SIMULATOR__DEFAULT_PROFILE": "half_a_second",
    }
    with folder.serving(**variables) as server:
        ids = [folder.document("send", name, "x")["id"] for name in devices[:2]]
        code, seconds, _ = server.stop()
    assert (code, seconds < STOP_SECONDS) == (0, True)
    check_nothing_is_lost(folder, ids, {"DELIVERED"})


def test_what_was_acknowledged_survives_a_kill(folder: Folder, devices: list[str]) -> None:
    with folder.serving() as server:
        load = Load(folder, devices)
        eventually(lambda: len(load.acknowledged) >= ENOUGH, "load")
        server.stop(signal.SIGKILL)
        load.join()
    with folder.serving():
        check_nothing_is_lost(folder, load.acknowledged, {"DELIVERED", "PENDING", "BUFFERED", "IN_PROGRESS"})
        eventually(
            lambda: {row["state"] for row in all_messages(folder)} == {"DELIVERED"}, "every message delivered"
        )


def all_messages(folder: Folder) -> list[dict[str, object]]:
    return folder.rows("messages", "--limit", 100_000)


def check_nothing_is_lost(folder: Folder, acknowledged: list[int], states: set[str]) -> None:
    kept = {row["id"]: row["state"] for row in all_messages(folder)}
    assert set(acknowledged) <= kept.keys()
    assert set(kept.values()) <= states


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("INSERT INTO migration VALUES(9999, 'later', 'x', 0)", "Install a newer Heliograph"),
        ("UPDATE migration SET checksum = 'x' WHERE number = 1", "was changed after it was applied"),
    ],
)
def test_a_server_that_cannot_open_its_store_says_why_and_so_does_the_check(
    folder: Folder, statement: str, words: str
) -> None:
    folder.ok("token", "create")
    store = folder.data / "heliograph.db"
    import apsw

    connection = apsw.Connection(str(store))
    connection.execute(statement).fetchall()
    connection.close()
    said = folder.run("serve", "--json")
    assert (said.code, said.error["code"]) == (3, "unavailable")
    assert words in said.error["reason"]
    checked = folder.run("check")
    assert (checked.code, "BAD" in checked.out, words in checked.out) == (1, True, True)


def test_what_was_sent_without_a_server_goes_when_one_runs(folder: Folder) -> None:
    folder.ok("device", "add", "one", "--msisdn", "99900000001")
    sent = folder.document("send", "one", "waits for a server")
    assert sent["state"] == "PENDING"
    with folder.serving():
        eventually(lambda: folder.document("explain", sent["id"])["state"] == "DELIVERED", "delivery")


@pytest.mark.parametrize("with_server", [True, False])
def test_ctrl_c_ends_a_wait_and_nothing_else(folder: Folder, with_server: bool) -> None:
    silent = {"HELIOGRAPH_SIMULATOR__PROFILES": str(silent_profile(folder.data.parent))}
    folder.ok("device", "add", "one", "--msisdn", "99900000001", "--tags", "sim-profile=silent")
    with folder.serving(**silent) if with_server else nullcontext():
        with folder.start("send", "one", "x", "--wait", **silent) as waiting:
            assert waiting.stderr is not None
            assert "attempts 1" in waiting.stderr.readline()
            waiting.send_signal(signal.SIGINT)
            _, log = waiting.communicate(timeout=PATIENCE_SECONDS)
        assert waiting.returncode == 130
        assert "Traceback" not in log
        assert folder.rows("messages")[0]["state"] in ("IN_PROGRESS", "BUFFERED")


def silent_profile(folder: Path) -> Path:
    profiles = folder / "profiles"
    profiles.mkdir()
    (profiles / "silent.toml").write_text("[network]\nanswer_seconds = 20\n")
    return profiles


def test_a_network_that_starts_anew_has_its_devices_attached(folder: Folder) -> None:
    with folder.serving(HELIOGRAPH_RETRY__SETTLING_SECONDS="0") as server:
        folder.ok("device", "add", "one", "--msisdn", "99900000001")
        folder.ok("simulator", "set", "one", "detached")
        eventually(lambda: not folder.document("device", "show", "one")["attached"], "detached")
        sent = folder.document("send", "one", "x")
        server.stop(signal.SIGKILL)
    (folder.data / "simulator.json").unlink()  # nobody knows any more that somebody detached it
    with folder.serving(HELIOGRAPH_RETRY__SETTLING_SECONDS="0"):
        final = eventually(
            lambda: (found := folder.document("explain", sent["id"]))["final_at"] and found, "delivery"
        )
    assert (final["state"], final["attempts"]) == ("DELIVERED", 1)


def test_a_bad_profile_is_told_before_anything_runs(folder: Folder, tmp_path: Path) -> None:
    said = folder.run("serve", "--json", HELIOGRAPH_SIMULATOR__DEFAULT_PROFILE="unheard-of")
    assert (said.code, said.error["code"]) == (3, "unavailable")
    assert "unheard-of" in said.error["reason"]
    bad = folder.run("serve", "--json", HELIOGRAPH_LOG__LEVEL="loud")
    assert (bad.code, bad.error["code"]) == (2, "bad_config")


def test_the_program_starts_fast(folder: Folder) -> None:
    """The version needs none of the engine: no store, no tables, no event loop."""
    script = (
        "import sys; sys.argv = ['heliograph', '--version']\n"
        "import heliograph.cli\n"
        "try: heliograph.cli.main()\n"
        "finally: print(sorted({'apsw', 'asyncio', 'rich', 'msgspec', 'structlog'} & set(sys.modules)))"
    )
    from tests.cli.program import ENVIRONMENT, PROGRAM

    done = subprocess.run(
        [PROGRAM[0], "-c", script], capture_output=True, text=True, check=True, env=ENVIRONMENT
    )
    assert done.stdout.splitlines()[0].startswith("heliograph ")
    assert done.stdout.splitlines()[1] == "[]"


def test_the_socket_is_spoken_to_by_any_client(folder: Folder) -> None:
    with folder.serving(), socket.socket(socket.AF_UNIX) as peer:
        peer.connect(os.fspath(folder.data / SOCKET))
        peer.sendall(b'{"verb":"org.list"}\n')
        assert json.loads(peer.makefile().readline())["item"]["name"] == "default"


def test_it_says_where_accounts_bind_and_that_its_folder_is_open_to_others(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "data")
    folder.data.mkdir(mode=0o755)
    folder.data.chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    with folder.serving(HELIOGRAPH_SMPP__PORT=port, HELIOGRAPH_SMPP__HOST="127.0.0.1") as server:
        assert server.started["smpp"] == f"127.0.0.1:{port}"
        _, _, log = server.stop()
    assert "is open to others (mode 755)" in log
    with folder.serving() as server:
        assert server.started["smpp"] == "off"
