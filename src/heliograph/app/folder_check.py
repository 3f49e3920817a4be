"""The data folder: is it closed to others? In: its path. Out: whether it is, and what there is to say."""

import stat
from pathlib import Path


def folder_words(folder: Path) -> tuple[bool, str]:
    mode = stat.S_IMODE(folder.stat().st_mode)
    if mode & 0o077:
        return False, f"{folder} is open to others (mode {mode:o}); chmod 700 it"
    return True, str(folder)
