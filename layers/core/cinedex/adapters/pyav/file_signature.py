"""The first bytes of a file or URL: how large it is, and whether it begins like media."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import httpx

from cinedex.kernel.errors import MediaError, Unavailable

HEAD_BYTES = 4096
_MAGICS = (
    (4, b"ftyp"), (4, b"moov"), (4, b"mdat"), (4, b"free"), (4, b"wide"),  # QuickTime and MP4
    (0, b"\x1a\x45\xdf\xa3"),  # Matroska and WebM
    (0, b"RIFF"), (0, b"OggS"), (0, b"FLV"), (0, b"fLaC"), (0, b"ID3"), (0, b"caff"), (0, b"FORM"),
    (0, b"\x30\x26\xb2\x75"),  # ASF
    (0, b"\x00\x00\x01\xba"), (0, b"\x00\x00\x01\xb3"), (0, b"\x47"),  # MPEG program, elementary, transport
    (0, b"\xff\xfb"), (0, b"\xff\xf1"), (0, b"#!AMR"),
)  # fmt: skip


@dataclass(frozen=True)
class FileSignature:
    head: bytes
    size_bytes: int | None

    @property
    def looks_like_media(self) -> bool:
        return any(self.head[at : at + len(magic)] == magic for at, magic in _MAGICS)


def read_head(source: str, timeout_s: float) -> FileSignature:
    """Raises `MediaError` when there is no such file, `Unavailable` when its server does not answer."""
    if source.startswith(("http://", "https://")):
        return _read_url(source, timeout_s)
    path = Path(source)
    if not path.is_file():
        raise MediaError("fetch_failed", "There is no such file.")
    with path.open("rb") as file:
        return FileSignature(file.read(HEAD_BYTES), path.stat().st_size)


def _read_url(url: str, timeout_s: float) -> FileSignature:
    range_header = {"Range": f"bytes=0-{HEAD_BYTES - 1}"}
    try:
        with httpx.stream("GET", url, headers=range_header, timeout=timeout_s, follow_redirects=False) as answer:
            if not answer.is_success:
                return _refused(answer.status_code)
            return FileSignature(next(answer.iter_bytes(HEAD_BYTES), b""), _size(answer.headers))
    except httpx.TransportError as error:
        raise Unavailable(f"The file cannot be fetched now: {error}.") from error


def _refused(status: int) -> FileSignature:
    """416 is how a server says that an empty file has no first byte."""
    if status == 416:
        return FileSignature(b"", 0)
    if status == 429 or status >= 500:
        raise Unavailable(f"The file cannot be fetched now: HTTP {status}.")
    raise MediaError("fetch_failed", f"The file cannot be fetched: HTTP {status}.")


def _size(headers: httpx.Headers) -> int | None:
    """From `Content-Range: bytes 0-4095/123456`, or from the length of a server that ignores ranges."""
    total = headers.get("Content-Range", "").rpartition("/")[2] or headers.get("Content-Length", "")
    return int(total) if total.isdigit() else None
