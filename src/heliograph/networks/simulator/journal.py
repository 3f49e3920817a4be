"""The journal: the far end's own record of every segment that reached a virtual device, in a file.

In: the jobs of a batch, before their outcomes are told. Out: one line of JSON each, appended by one write, so
that what a killed process had told is there.
"""

import os
from collections.abc import Callable, Sequence
from pathlib import Path

from msgspec import json

from heliograph.core.delivery import Job
from heliograph.networks.simulator.sms import segment_words

_PERMISSIONS = 0o600


class Journal:
    def __init__(self, path: Path, now: Callable[[], int]) -> None:
        self._file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, _PERMISSIONS)
        self._now = now
        self._encoder = json.Encoder()

    def record(self, jobs: Sequence[Job]) -> None:
        at = self._now()
        lines = b"".join(self._line(job, at) for job in jobs)
        while lines:
            lines = lines[os.write(self._file, lines) :]

    def _line(self, job: Job, at: int) -> bytes:
        words = segment_words(job)
        said = {"text": words} if isinstance(words, str) else {"hex": words.hex()}
        line = {
            "at": at,
            "msisdn": job.msisdn,
            "message": job.message.id,
            "segment": job.delivery.segment + 1,
            "segments": job.message.segments,
            "repeated": bool(job.delivery.repeated),
            **said,
        }
        return self._encoder.encode(line) + b"\n"

    def close(self) -> None:
        os.close(self._file)
