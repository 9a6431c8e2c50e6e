"""The first elements of a Matroska or WebM file (RFC 8794, RFC 9559)."""

from __future__ import annotations

EBML = b"\x1a\x45\xdf\xa3"
SEGMENT = b"\x18\x53\x80\x67"


def segment_end(head: bytes) -> int | None:
    """The position at which the segment ends, with all pictures and sound; None when the file does not tell it.

    A live recording has a segment of unknown size.
    """
    if not head.startswith(EBML):
        return None
    header_size, at = _size(head, len(EBML))
    if header_size is None:
        return None
    at += header_size
    if head[at : at + len(SEGMENT)] != SEGMENT:
        return None
    size, start = _size(head, at + len(SEGMENT))
    return None if size is None else start + size


def _size(data: bytes, at: int) -> tuple[int | None, int]:
    """A size and the position after it; the size is None if it is unknown."""
    if at >= len(data) or data[at] == 0:
        return None, at
    length = 9 - data[at].bit_length()
    value = int.from_bytes(data[at : at + length], "big") & ((1 << (7 * length)) - 1)
    return (None if value == (1 << (7 * length)) - 1 else value), at + length
