"""Apply the sidecars of a video whose contents it does not have yet."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass

from cinedex.imports.domain.drop_object import AppliedSidecar, DropKind, DropObject, DropState
from cinedex.imports.domain.rejection import Rejection
from cinedex.imports.domain.sidecar_details import SidecarDetails
from cinedex.imports.ports.drop_store import DropStore
from cinedex.imports.usecases.read_sidecar import ReadSidecar
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import InvalidInput, NotFound, StaleRevision, StateConflict, TooLarge
from cinedex.kernel.ids import new_id
from cinedex.library.domain.video import StoredMedia
from cinedex.library.ports.repositories import VideoRepository
from cinedex.library.usecases.update_video import UpdateVideo
from cinedex.subtitles.attach_subtitles import AttachSubtitles, RemoveSubtitles, SubtitleDetails
from cinedex.subtitles.parse_file import ParsedFile

OFFERED = (DropState.WAITING, DropState.APPLIED)


@dataclass(frozen=True)
class ApplySidecars:
    """Safe to repeat. The record of the video says which sidecars it has, so that a repeated event does not undo what a
    client has changed since.
    """

    store: DropStore
    videos: VideoRepository
    read: ReadSidecar
    update: UpdateVideo
    attach: AttachSubtitles
    remove: RemoveSubtitles
    clock: Clock

    def __call__(self, video: DropObject) -> DropObject:
        """The record of the video as it is stored now. Raises `StaleRevision`."""
        before = video
        for sidecar in self.store.of_stem(video.account_id, video.stem_id):
            if self._is_due(sidecar, video):
                video = self._take(sidecar, video)
        return video if video is before else self.store.save(before, video)

    def _is_due(self, sidecar: DropObject, video: DropObject) -> bool:
        if sidecar.kind is not DropKind.SIDECAR or sidecar.state not in OFFERED:
            return False
        known = video.applied.get(sidecar.key_id)
        return (known is None or known.etag != sidecar.etag) and sidecar.is_current(self.clock.now())

    def _take(self, sidecar: DropObject, video: DropObject) -> DropObject:
        try:
            applied = self._apply(sidecar, video)
        except StaleRevision:
            raise
        except NotFound:  # the video is not stored yet, and will read its sidecars, or it was deleted
            return video
        except (InvalidInput, TooLarge, StateConflict) as error:
            rejection = Rejection(code="bad_sidecar", reason=error.message)
            self._mark(sidecar, DropState.REJECTED, rejection=rejection, entry_id=new_id())
            return video
        if applied is None:
            return video
        self._mark(sidecar, DropState.APPLIED)
        return video.changed(applied={**video.applied, sidecar.key_id: applied})

    def _apply(self, sidecar: DropObject, video: DropObject) -> AppliedSidecar | None:
        media = StoredMedia(bucket=sidecar.bucket, key=sidecar.key, etag=sidecar.etag)
        content = self.read(media, sidecar.language)
        if isinstance(content, SidecarDetails):
            stored = self.videos.get(video.account_id, str(video.video_id))
            self.update(video.account_id, stored.video_id, content.changes(stored.user_metadata))
            return AppliedSidecar(etag=sidecar.etag)
        return None if content is None else self._attach(sidecar, video, content)

    def _attach(self, sidecar: DropObject, video: DropObject, content: ParsedFile) -> AppliedSidecar:
        place = video.account_id, str(video.video_id)
        track = self.attach(*place, content, SubtitleDetails(language=sidecar.language))
        known = video.applied.get(sidecar.key_id)
        if known is not None and known.track_id not in (None, track.track_id):
            with suppress(NotFound):
                self.remove(*place, str(known.track_id))
        return AppliedSidecar(etag=sidecar.etag, track_id=track.track_id)

    def _mark(self, sidecar: DropObject, state: DropState, **fields: object) -> None:
        """Another process may have replaced the sidecar meanwhile; then it is applied again."""
        with suppress(StaleRevision):
            marked = sidecar.changed(state=state, expires_at=None, updated_at=self.clock.now(), **fields)
            self.store.save(sidecar, marked)
