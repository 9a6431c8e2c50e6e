"""When the search store is down: words of the newest videos, read from where their findings are kept."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from cinedex.domain.errors import NotFound, Unavailable
from cinedex.domain.lexical import asked_stems, word_hit
from cinedex.domain.moment import MomentFilter, QueryVector, SegmentDocument, SignalHits
from cinedex.ports.library import VideoRepository
from cinedex.ports.moment_index import MomentIndex
from cinedex.usecases.gather_segments import GatherSegments

VIDEOS_MAX = 25
SECONDS_MAX = 4.0


@dataclass(frozen=True)
class SurvivingIndex:
    """`MomentIndex`, of which only `search` survives its store; literal search and listing need the whole pool.

    At most `VIDEOS_MAX` videos are read, in `SECONDS_MAX` at most: better some of it, and said so, than nothing.
    """

    index: MomentIndex
    videos: VideoRepository
    gather: GatherSegments
    seconds_max: float = SECONDS_MAX

    def replace_video(self, account_id: str, video_id: str, documents: Sequence[SegmentDocument]) -> None:
        self.index.replace_video(account_id, video_id, documents)

    def delete_video(self, account_id: str, video_id: str) -> None:
        self.index.delete_video(account_id, video_id)

    def search(self, words: str, vector: QueryVector | None, within: MomentFilter, limit: int) -> SignalHits:
        try:
            return self.index.search(words, vector, within, limit)
        except Unavailable:
            asked = asked_stems(words)
            hits = (word_hit(document, asked, within.modalities) for document in self._read(within))
            found = sorted((h for h in hits if h), key=lambda h: -h.score)
            return SignalHits(words=tuple(found[:limit]), degraded=True)

    def search_literal(self, text: str, within: MomentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.index.search_literal(text, within, limit)

    def documents(self, within: MomentFilter, limit: int) -> Sequence[SegmentDocument]:
        return self.index.documents(within, limit)

    def _read(self, within: MomentFilter) -> Iterator[SegmentDocument]:
        """A new id sorts after an older one, so the newest come first."""
        until = time.monotonic() + self.seconds_max
        newest = sorted(within.video_ids, reverse=True)[:VIDEOS_MAX]
        for video in self.videos.get_many(within.account_id, newest):
            if time.monotonic() > until:
                return
            try:
                yield from (d for d in self.gather(video) if within.admits(d))
            except NotFound:  # deleted at this moment
                continue
