"""Looks into a media file before anything is analysed."""

from __future__ import annotations

from typing import Protocol

from cinedex.library.domain.probe import Probe


class MediaProbe(Protocol):
    def probe(self, source: str) -> Probe:
        """Look into a path or an HTTP URL; at least one picture or one stretch of sound was decoded.

        Raises `MediaError` when the file itself is at fault, `Unavailable` when it cannot be fetched now, and
        `InternalError` when the probe itself broke, whose traceback it has logged.
        """
