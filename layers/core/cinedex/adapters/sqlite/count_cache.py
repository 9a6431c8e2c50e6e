"""Keep the counts of videos of the filters that were counted last, until the library changes."""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict

from cinedex.adapters.sqlite import reading
from cinedex.adapters.sqlite.filtering import videos_sql
from cinedex.search.domain.index.indexed_video import VideoCount
from cinedex.search.domain.index.segment_document import SegmentFilter

FILTERS_MAX = 256
_CHANGE = "SELECT number FROM library_change"

Key = tuple[str, str]
"""The name of the file, and the filter."""


class CountCache:
    """Each search tells the number of videos in its scope, which SQLite counts row by row.

    For any number of threads. Another process that changes a video increases the number in `library_change`.
    """

    def __init__(self) -> None:
        self._counts: OrderedDict[Key, tuple[int, VideoCount]] = OrderedDict()
        self._lock = threading.Lock()

    def count(self, connection: sqlite3.Connection, name: str, within: SegmentFilter) -> VideoCount:
        """The caller holds a transaction on the file `name`."""
        key = (name, within.of_whole_videos.model_dump_json())
        change = int(connection.execute(_CHANGE).fetchone()[0])
        with self._lock:
            known = self._counts.get(key)
        if known is None or known[0] != change:
            known = (change, reading.count(connection, videos_sql(within)))
        with self._lock:
            self._counts[key] = known
            self._counts.move_to_end(key)
            if len(self._counts) > FILTERS_MAX:
                self._counts.popitem(last=False)
        return known[1]
