"""What the emulator keeps of bodies whose signature it has not checked yet."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from typing import Any

import pytest

from local.emulator import request_body
from local.emulator.request_body import RequestBody


@pytest.fixture(autouse=True)
def small_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_body, "BYTES_MAX", 100)
    monkeypatch.setattr(request_body, "SMALL_BYTES_MAX", 20)


class Sent:
    """A body in pieces of 10 bytes, of which the last arrives when it is released."""

    def __init__(self, pieces: int) -> None:
        self._left = pieces
        self.released = asyncio.Event()

    async def receive(self) -> dict[str, Any]:
        self._left -= 1
        if self._left == 0:
            await self.released.wait()
        return {"type": "http.request", "body": b"0123456789", "more_body": self._left > 0}


async def hashes(*pieces: int) -> list[str]:
    """Of bodies that are read at the same time; they end in the order in which they began."""
    sent = [Sent(count) for count in pieces]
    reading = [asyncio.create_task(RequestBody(one.receive).sha256()) for one in sent]
    for one in sent:
        await asyncio.sleep(0)
        one.released.set()
    return await asyncio.gather(*reading)


def digest(pieces: int) -> str:
    return sha256(b"0123456789" * pieces).hexdigest()


def test_large_bodies_that_are_not_checked_yet_share_one_limit() -> None:
    assert asyncio.run(hashes(8, 8)) == [digest(8), ""]


def test_a_small_body_is_read_however_many_bytes_others_take() -> None:
    assert asyncio.run(hashes(10, 2)) == [digest(10), digest(2)]


def test_a_checked_body_leaves_its_place_to_others() -> None:
    async def one_after_the_other() -> list[str]:
        return [*await hashes(8), *await hashes(8)]

    assert asyncio.run(one_after_the_other()) == [digest(8), digest(8)]
