"""Read the subtitles of a video: its tracks, and a page, the text or all cues of one."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.kernel.errors import StateConflict
from cinedex.kernel.pagination import CursorToken, invalid_token
from cinedex.library.domain.subtitle_track import SubtitleTrack
from cinedex.library.ports.repositories import VideoRepository
from cinedex.subtitles.attach_subtitles import find_track
from cinedex.subtitles.cue import Cue
from cinedex.subtitles.subtitle_store import SubtitleStore, load_cues
from cinedex.timeline.read_timeline import TrackQuery


@dataclass(frozen=True)
class ReadSubtitles:
    """Raises `NotFound`, and `StateConflict` for a track without cues, with the reason."""

    videos: VideoRepository
    store: SubtitleStore

    def tracks(self, account_id: str, video_id: str) -> tuple[SubtitleTrack, ...]:
        return self.videos.get(account_id, video_id).subtitles

    def page(
        self, account_id: str, video_id: str, track_id: str, query: TrackQuery
    ) -> tuple[tuple[Cue, ...], str | None]:
        cues, limit = self.cues(account_id, video_id, track_id, query), query.limit()
        question = query.question(f"{video_id} subtitles {track_id}")
        first = _position(query.page_token, question)
        token = CursorToken(query=question, cursor=str(first + limit)).pack() if first + limit < len(cues) else None
        return cues[first : first + limit], token

    def cues(self, account_id: str, video_id: str, track_id: str, query: TrackQuery) -> tuple[Cue, ...]:
        """All cues in the range of the query."""
        track = find_track(self.videos.get(account_id, video_id), track_id)
        if not track.is_read:
            raise StateConflict(f"The subtitles are not read. {track.unread or 'Analyse the video first.'}")
        within = query.within()
        cues = load_cues(self.store, track)
        return cues if within is None else tuple(cue for cue in cues if cue.span.overlaps(within))


def _position(token: str | None, question: str) -> int:
    cursor = CursorToken.unpack(token, question).cursor if token else "0"
    if not (cursor.isascii() and cursor.isdecimal()):
        raise invalid_token()
    return int(cursor)
