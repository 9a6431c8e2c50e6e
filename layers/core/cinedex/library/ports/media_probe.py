"""The port that probes a media file before it is analysed."""

from __future__ import annotations

from typing import Protocol

from cinedex.library.domain.probe import Probe


class MediaProbe(Protocol):
    def probe(self, source: str) -> Probe:
        """Probe a path or an HTTP URL. At least one picture or one audio packet was decoded.

        Raises `MediaError` when the file itself is at fault, `Unavailable` when it cannot be fetched now, and
        `InternalError` when the probe itself failed, whose traceback is logged.
        """
