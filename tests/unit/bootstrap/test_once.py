"""Adapters are constructed once, also when several threads need one for the first time."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

from cinedex.bootstrap.once import once


def test_concurrent_first_calls_construct_one_object() -> None:
    constructed = []

    @once
    def adapter() -> object:
        time.sleep(0.01)  # lets the other threads begin
        constructed.append(object())
        return constructed[-1]

    with ThreadPoolExecutor(8) as threads:
        objects = {id(found) for found in threads.map(lambda _: adapter(), range(8))}
    assert (len(constructed), len(objects)) == (1, 1)


def test_adapters_may_need_each_other() -> None:
    @once
    def table() -> str:
        return "table"

    @once
    def repository() -> str:
        return f"repository of {table()}"

    assert repository() == "repository of table"
