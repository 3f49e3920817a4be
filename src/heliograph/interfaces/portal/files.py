"""The built files of the portal, read into memory once.

In: the folder that the build wrote. Out: files by their path, so that no path of a client ever touches the
disk. What a folder holds is told by its `index.html`: without it the portal was not built.
"""

from hashlib import sha256
from mimetypes import guess_type
from pathlib import Path

from msgspec import Struct

BUILT = Path(__file__).parent / "built"
FIRST, CONSOLE, REASON = "index.html", "console.html", "reason.txt"
PACKED = ".gz"
ETAG_DIGITS = 20
# What a system's own table may lack, or have otherwise.
_MEDIA = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".json": "application/json",
    ".woff2": "font/woff2",
}


class File(Struct, frozen=True):
    media: str
    body: bytes
    packed: bytes | None  # by gzip
    tag: str


class Files(Struct, frozen=True):
    by_path: dict[str, File]  # `assets/index-1a2b.js`
    reason: str = ""  # why there are none

    @property
    def is_built(self) -> bool:
        return FIRST in self.by_path


def read_files(folder: Path) -> Files:
    if not (folder / FIRST).is_file():
        reason = folder / REASON
        return Files({}, reason.read_text("utf-8").strip() if reason.is_file() else "")
    names = (path for path in sorted(folder.rglob("*")) if path.is_file() and path.suffix != PACKED)
    return Files({path.relative_to(folder).as_posix(): _read(path) for path in names})


def _read(path: Path) -> File:
    body, packed = path.read_bytes(), path.with_name(path.name + PACKED)
    return File(
        _MEDIA.get(path.suffix) or guess_type(path.name)[0] or "application/octet-stream",
        body,
        packed.read_bytes() if packed.is_file() else None,
        sha256(body).hexdigest()[:ETAG_DIGITS],
    )
