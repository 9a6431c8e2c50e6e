"""An iterator of bytes as a readable file, for libraries that want one."""

from __future__ import annotations

from collections.abc import Iterable


class ChunkReader:
    """Reads the chunks in order, once; holds little more than the caller requested."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._rest = bytearray()

    def read(self, size: int = -1, /) -> bytes:
        """At most `size` bytes, all that is left when negative; empty at the end."""
        while size < 0 or len(self._rest) < size:
            chunk = next(self._chunks, None)
            if chunk is None:
                break
            self._rest += chunk
        end = len(self._rest) if size < 0 else size
        taken = bytes(self._rest[:end])
        del self._rest[:end]
        return taken
