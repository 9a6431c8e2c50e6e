"""Forms with files, as the clients of other languages write them: https://www.rfc-editor.org/rfc/rfc7578.

Starlette reads a part as a file only if it has a file name. n8n, for one, sends a file without.
"""

from __future__ import annotations

import re
from urllib.parse import unquote

from python_multipart.multipart import parse_options_header
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request

FILE, SUBTITLES = "file", "subtitles"
FIELD_BYTES_MAX = 1024**2
_EXTENDED_NAME = re.compile(r"filename\*\s*=\s*\"?([\w!#$&+^`{}~-]+)'[^']*'([^;\s\"]+)", re.IGNORECASE)
_ESCAPED = {"%22": '"', "%0D": "\r", "%0d": "\r", "%0A": "\n", "%0a": "\n"}


class MultipartFormParser(MultiPartParser):
    """The fields `file` and `subtitles`, and every part of type video or audio, are files. A missing name is empty."""

    def on_headers_finished(self) -> None:
        part = self._current_part
        _, options = parse_options_header(part.content_disposition)
        extended = _EXTENDED_NAME.search((part.content_disposition or b"").decode("latin-1"))
        if b"filename" not in options and (extended or self._is_media(options)):
            part.content_disposition = (part.content_disposition or b"") + b'; filename=""'
        super().on_headers_finished()
        if part.file is not None:
            part.file.filename = _extended(extended) if extended else _unescaped(part.file.filename or "")

    def on_part_data(self, data: bytes, start: int, end: int) -> None:
        part = self._current_part
        if part.file is None and len(part.data) + end - start > FIELD_BYTES_MAX:
            raise MultiPartException(
                f"The field {part.field_name!r} is larger than {FIELD_BYTES_MAX} bytes."
                f" Send a file in the field {FILE!r}."
            )
        super().on_part_data(data, start, end)

    def _is_media(self, options: dict[bytes, bytes]) -> bool:
        kinds = (
            value.split(b"/")[0].strip().lower()
            for name, value in self._current_part.item_headers
            if name == b"content-type"
        )
        return options.get(b"name") in (FILE.encode(), SUBTITLES.encode()) or any(
            kind in (b"video", b"audio") for kind in kinds
        )


async def read_multipart_form(request: Request) -> FormData:
    """Raises `MultiPartException`. Files are closed by the caller."""
    return await MultipartFormParser(request.headers, request.stream()).parse()


def _unescaped(filename: str) -> str:
    """Browsers escape three characters of a file name (HTML 4.10.21.8), and the percent sign itself not."""
    return re.sub("%(22|0[DAda])", lambda escape: _ESCAPED[escape[0]], filename)


def _extended(match: re.Match[str]) -> str:
    """`filename*` of RFC 5987, which older libraries send for names beyond ASCII."""
    charset, name = match[1], match[2]
    try:
        return unquote(name, encoding=charset, errors="replace")
    except LookupError:
        return unquote(name)
