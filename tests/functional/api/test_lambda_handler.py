"""A web function answers whatever has become of the event loop of its thread."""

from __future__ import annotations

import asyncio

from tests.support.api import Api


def test_a_request_is_answered_although_its_thread_has_lost_its_event_loop(library: Api) -> None:
    assert library.get("/health").status == 200
    asyncio.run(asyncio.sleep(0))
    assert library.get("/health").status == 200
