"""The journal: what was reported durable is read back, in order, whatever happened to its end."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.durability import journal as module
from local.emulator.durability.journal import Journal, read_records, segments


def open_journal(folder: Path, failed: Callable[[OSError], None] = lambda error: None) -> Journal:
    return Journal(folder, failed)


def append_all(journal: Journal, *payloads: bytes) -> None:
    for payload in payloads:
        journal.append(payload)
    journal.wait_until_durable()


def test_records_are_read_back_in_order_over_several_segments_and_starts(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    append_all(journal, b"1", b"2")
    journal.rotate()
    append_all(journal, b"3")
    append_all(open_journal(tmp_path), b"4")
    assert list(read_records(tmp_path)) == [b"1", b"2", b"3", b"4"]


@given(cut=st.integers(0, 40))
def test_a_record_that_was_not_written_completely_is_discarded(
    cut: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    append_all(open_journal(folder), b"first", b"second", b"third")
    ((_, path),) = segments(folder)
    path.write_bytes(path.read_bytes()[:cut])
    records = list(read_records(folder))
    assert records == [b"first", b"second", b"third"][: len(records)]
    assert len(records) == (cut >= 13) + (cut >= 27) + (cut >= 40)


@given(position=st.integers(0, 39), bit=st.integers(0, 7))
def test_a_changed_bit_is_never_read_as_a_record(
    position: int, bit: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("journal")
    append_all(open_journal(folder), b"first", b"second", b"third")
    ((_, path),) = segments(folder)
    content = bytearray(path.read_bytes())
    content[position] ^= 1 << bit
    path.write_bytes(content)
    records = list(read_records(folder))
    assert records == [b"first", b"second", b"third"][: len(records)]
    assert len(records) < 3


def test_dropped_segments_are_gone_and_later_ones_stay(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)
    append_all(journal, b"old")
    number = journal.rotate()
    append_all(journal, b"new")
    journal.drop_before(number)
    assert list(read_records(tmp_path)) == [b"new"]
    assert journal.size_bytes > 0


def test_all_records_that_wait_are_synchronised_together(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synchronised: list[int] = []
    synchronise = module._synchronise
    monkeypatch.setattr(module, "_synchronise", lambda file: (synchronised.append(file), synchronise(file)))
    journal = open_journal(tmp_path)
    with journal.lock:
        for number in range(100):
            journal.append(b"%d" % number)
    journal.wait_until_durable()
    assert len(synchronised) == 1
    assert len(list(read_records(tmp_path))) == 100


def test_a_coroutine_waits_until_its_record_is_on_the_disk(tmp_path: Path) -> None:
    journal = open_journal(tmp_path)

    async def append_and_wait() -> list[bytes]:
        journal.append(b"a")
        await journal.durable()
        return list(read_records(tmp_path))

    assert asyncio.run(append_and_wait()) == [b"a"]


def test_a_full_disk_refuses_the_reservation_and_keeps_the_records(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = open_journal(tmp_path)
    append_all(journal, b"a")

    def refuse(*_arguments: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as full:
        full.setattr(module, "_allocate", refuse)
        with pytest.raises(OSError, match="No space"):
            journal.reserve(10 * module.GROWTH_BYTES)
        with pytest.raises(OSError, match="No space"):
            journal.rotate()
    append_all(journal, b"b")
    assert list(read_records(tmp_path)) == [b"a", b"b"]
    assert len(segments(tmp_path)) == 1


def test_a_record_that_cannot_be_written_is_reported_and_never_acknowledged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    errors: list[OSError] = []
    journal = open_journal(tmp_path, errors.append)

    def break_down(_file: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(module, "_synchronise", break_down)

    async def append_and_wait() -> None:
        journal.append(b"a")
        await asyncio.wait_for(journal.durable(), timeout=0.5)

    with pytest.raises(TimeoutError):
        asyncio.run(append_and_wait())
    assert [error.errno for error in errors] == [errno.EIO]
