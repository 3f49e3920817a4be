"""Where the socket is. A path in a socket address holds about 100 bytes, and a data folder may lie deeper."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from heliograph.interfaces.control.frames import SOCKET_NAME

ADDRESS_BYTES = 100  # sun_path holds 104 on some systems, 108 on Linux


@contextmanager
def address(folder: Path) -> Iterator[str]:
    """An address for the folder's socket, good while the context lasts."""
    path = str(folder / SOCKET_NAME)
    if len(os.fsencode(path)) <= ADDRESS_BYTES:
        yield path
        return
    if not Path("/proc/self/fd").is_dir():
        raise OSError(f"{path} is too long for a socket on this system; choose a shorter data folder")
    descriptor = os.open(folder, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}/{SOCKET_NAME}"  # the kernel's short name of a deep folder
    finally:
        os.close(descriptor)
