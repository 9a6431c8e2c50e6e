"""The suffix of a media file that comes without a name, by its declared type or its first bytes."""

from __future__ import annotations

HEAD_BYTES = 16
_BY_TYPE = {
    "audio/aac": ".aac",
    "audio/flac": ".flac",
    "audio/mp4": ".m4a",
    "audio/mpeg": ".mp3",
    "audio/ogg": ".ogg",
    "audio/wav": ".wav",
    "audio/x-wav": ".wav",
    "video/mp2t": ".ts",
    "video/mp4": ".mp4",
    "video/ogg": ".ogv",
    "video/quicktime": ".mov",
    "video/webm": ".webm",
    "video/x-flv": ".flv",
    "video/x-matroska": ".mkv",
    "video/x-msvideo": ".avi",
}
_BY_HEAD = (
    (4, b"ftypqt", ".mov"),
    (4, b"ftypM4A", ".m4a"),
    (4, b"ftyp", ".mp4"),
    (4, b"moov", ".mov"),
    (4, b"mdat", ".mov"),
    (0, b"\x1a\x45\xdf\xa3", ".mkv"),  # WebM, too, which is a subset
    (8, b"AVI ", ".avi"),
    (8, b"WAVE", ".wav"),
    (0, b"OggS", ".ogg"),
    (0, b"fLaC", ".flac"),
    (0, b"FLV", ".flv"),
    (0, b"ID3", ".mp3"),
    (0, b"\xff\xfb", ".mp3"),
    (0, b"\xff\xf1", ".aac"),
    (0, b"\x00\x00\x01\xba", ".mpg"),
    (0, b"\x47", ".ts"),
)


def media_suffix(content_type: str, head: bytes) -> str | None:
    """With its dot; None if neither says that this is a media file."""
    declared = _BY_TYPE.get(content_type.split(";")[0].strip().lower())
    return declared or next((suffix for at, magic, suffix in _BY_HEAD if head[at:].startswith(magic)), None)
