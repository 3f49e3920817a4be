"""The folder lock: one holder, told by its pid; free when its holder ends or is killed."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from heliograph.runtime.lock import Locked, holder, take, try_take

HOLD = """
import sys
from pathlib import Path
from heliograph.runtime.lock import take
lock = take(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_a_second_taker_hears_who_holds_it(tmp_path: Path) -> None:
    with take(tmp_path):
        assert holder(tmp_path) == os.getpid()
        assert try_take(tmp_path) is None
        with pytest.raises(Locked, match=f"process {os.getpid()}"):
            take(tmp_path, wait_seconds=0.1)
    assert holder(tmp_path) is None


def test_it_can_be_taken_again_after_a_release_and_releasing_twice_is_harmless(tmp_path: Path) -> None:
    lock = take(tmp_path)
    lock.release()
    lock.release()
    with take(tmp_path) as again:
        assert again.folder == tmp_path


def test_a_killed_holder_leaves_it_free(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(Locked) as caught:
            take(tmp_path)
        assert caught.value.pid == process.pid
        process.send_signal(signal.SIGKILL)
        process.wait()
        with take(tmp_path) as lock:
            assert lock.folder == tmp_path
