"""A write-ahead journal: a change is on the disk before the response that acknowledges it is sent.

Records are appended to numbered segments. One thread writes all records that wait and synchronises the file once for
all of them (group commit). The space of a record is allocated before the change is made, so that a full disk refuses
a request and never fails one that has changed the state.
"""

from __future__ import annotations

import asyncio
import os
import struct
import threading
import weakref
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

FOLDER = "journal"
"""In the folder of the state."""
SUFFIX = ".journal"
GROWTH_BYTES = 1024 * 1024
# Length and CRC-32 of the payload that follows. A length of zero is the end: allocated space contains zeros.
_HEADER = struct.Struct("<II")
_allocate: Callable[[int, int, int], None] | None = getattr(os, "posix_fallocate", None)
_synchronise: Callable[[int], None] = getattr(os, "fdatasync", os.fsync)


class JournalSegment:
    """One file. `end` is where the next record goes; up to `_allocated`, the disk has space."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.end = 0
        self._allocated = 0
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        weakref.finalize(self, os.close, self._file)

    @property
    def number(self) -> int:
        return int(self.path.stem)

    def allocate(self, end: int) -> None:
        """Raises `OSError` when the disk is full."""
        if end <= self._allocated:
            return
        try:
            self._grow(max(end, self._allocated + GROWTH_BYTES))
        except OSError:
            self._grow(end)

    def write(self, data: bytes, offset: int) -> None:
        written = 0
        while written < len(data):
            written += os.pwrite(self._file, data[written:], offset + written)
        _synchronise(self._file)

    def trim(self) -> None:
        """Return the allocated space after the last record."""
        os.ftruncate(self._file, self.end)
        self._allocated = self.end

    def _grow(self, end: int) -> None:
        size = end - self._allocated
        if _allocate is not None:
            _allocate(self._file, self._allocated, size)
        else:
            os.pwrite(self._file, bytes(size), self._allocated)
        self._allocated = end


class Journal:
    """Hold `lock` while changing the state and appending the change, so that records have the order of the changes.

    Args:
        failed: called when a record could not be written, after which memory and disk differ. It must end the process.
    """

    def __init__(self, folder: Path, failed: Callable[[OSError], None]) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.lock = threading.RLock()
        self.folder = folder
        self._failed = failed
        self._changed = threading.Condition(self.lock)
        self._waiting: list[bytes] = []
        self._appended = self._durable = 0
        self._wakers: list[tuple[int, Callable[[], object]]] = []
        self._segment = self._next_segment(max((number for number, _ in segments(folder)), default=0) + 1)
        threading.Thread(target=self._run, name="journal", daemon=True).start()

    @property
    def size_bytes(self) -> int:
        """Of the records since the last `rotate`."""
        return self._segment.end

    def reserve(self, size_bytes: int) -> None:
        """Make sure that a record of this size can be appended. Raises `OSError` when the disk is full."""
        with self.lock:
            self._segment.allocate(self._segment.end + _HEADER.size + size_bytes)

    def append(self, payload: bytes) -> None:
        """Raises `OSError` when the disk is full and the space was not reserved."""
        with self._changed:
            record = _HEADER.pack(len(payload), zlib.crc32(payload)) + payload
            self._segment.allocate(self._segment.end + len(record))
            self._segment.end += len(record)
            self._waiting.append(record)
            self._appended += 1
            self._changed.notify_all()

    async def durable(self) -> None:
        """Return when everything that was appended before is on the disk."""
        loop = asyncio.get_running_loop()
        with self.lock:
            if self._durable >= self._appended:
                return
            written = loop.create_future()
            self._wakers.append((self._appended, partial(loop.call_soon_threadsafe, _resolve, written)))
        await written

    def wait_until_durable(self) -> None:
        """`durable` for threads."""
        with self._changed:
            target = self._appended
            self._changed.wait_for(lambda: self._durable >= target)

    def fail(self, error: OSError) -> None:
        """A change was made that cannot be recorded: end the process, which forgets the change."""
        self._failed(error)

    def rotate(self) -> int:
        """Continue in a new segment and return its number. Raises `OSError` when the disk is full."""
        with self.lock:
            full, new = self._segment, self._next_segment(self._segment.number + 1)
            unwritten = sum(map(len, self._waiting))
            try:
                new.allocate(max(unwritten, GROWTH_BYTES))
            except OSError:
                new.path.unlink()
                raise
            full.end -= unwritten
            new.end = unwritten
            full.trim()
            self._segment = new
            return new.number

    def drop_before(self, number: int) -> None:
        """Delete the segments whose changes have been saved elsewhere."""
        for older, path in segments(self.folder):
            if older < number:
                path.unlink()

    def _next_segment(self, number: int) -> JournalSegment:
        segment = JournalSegment(self.folder / f"{number:010d}{SUFFIX}")
        synchronise_folder(self.folder)
        return segment

    def _run(self) -> None:
        while True:
            with self._changed:
                self._changed.wait_for(lambda: self._waiting)
                data, self._waiting = b"".join(self._waiting), []
                target, segment = self._appended, self._segment
                offset = segment.end - len(data)
            try:
                segment.write(data, offset)
            except OSError as error:
                self.fail(error)
                return
            self._acknowledge(target)

    def _acknowledge(self, target: int) -> None:
        with self._changed:
            self._durable = target
            ready = [wake for position, wake in self._wakers if position <= target]
            self._wakers = [waker for waker in self._wakers if waker[0] > target]
            self._changed.notify_all()
        for wake in ready:
            wake()


def segments(folder: Path) -> list[tuple[int, Path]]:
    """Number and path of every segment, oldest first."""
    return sorted((int(path.stem), path) for path in folder.glob(f"*{SUFFIX}"))


def read_records(folder: Path) -> Iterator[bytes]:
    """The complete records of all segments in order. A record that was not written completely ends its segment."""
    for _, path in segments(folder):
        yield from _records_of(path.read_bytes())


def synchronise_folder(folder: Path) -> None:
    """Make the names in a folder durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _records_of(data: bytes) -> Iterator[bytes]:
    offset = 0
    while offset + _HEADER.size <= len(data):
        length, checksum = _HEADER.unpack_from(data, offset)
        payload = data[offset + _HEADER.size : offset + _HEADER.size + length]
        if length == 0 or len(payload) < length or zlib.crc32(payload) != checksum:
            return
        yield payload
        offset += _HEADER.size + length


def _resolve(written: asyncio.Future[None]) -> None:
    if not written.done():
        written.set_result(None)
