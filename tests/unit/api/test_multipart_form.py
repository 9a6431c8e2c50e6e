"""A field of a form has a limit, however small the pieces are in which it comes; a file has none here."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

import pytest
from cinedex.api.requests.multipart_form import MultipartFormParser
from starlette.datastructures import FormData, Headers
from starlette.formparsers import MultiPartException

MIB = 1024**2


def read(disposition: str, content: bytes, piece: int) -> FormData:
    body = b"--b\r\nContent-Disposition: form-data; " + disposition.encode() + b"\r\n\r\n" + content + b"\r\n--b--\r\n"

    async def stream() -> AsyncGenerator[bytes, None]:
        for start in range(0, len(body), piece):
            yield body[start : start + piece]

    headers = Headers({"content-type": "multipart/form-data; boundary=b"})
    return asyncio.run(MultipartFormParser(headers, stream()).parse())


@pytest.mark.parametrize("piece", [65_536, 2 * MIB])
def test_a_field_has_at_most_one_mebibyte_in_all_its_pieces(piece: int) -> None:
    assert read('name="title"', b"t" * MIB, piece)["title"] == "t" * MIB
    with pytest.raises(MultiPartException, match="'title' is larger than 1048576 bytes"):
        read('name="title"', b"t" * (MIB + 1), piece)


def test_a_file_may_be_larger() -> None:
    assert not isinstance(read('name="file"; filename="a.mp4"', b"f" * (MIB + 1), 65_536)["file"], str)
