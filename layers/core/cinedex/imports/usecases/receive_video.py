"""A file of a drop folder becomes a video, the next generation of one, or a rejected file."""

from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Literal

from cinedex.imports.domain.drop_key import DropFile
from cinedex.imports.domain.drop_object import DropKind, DropObject, DropState, is_stale
from cinedex.imports.domain.rejection import Rejection
from cinedex.imports.usecases.apply_sidecars import ApplySidecars
from cinedex.imports.usecases.drop_records import DropRecords
from cinedex.imports.usecases.start_policy import StartPolicy
from cinedex.imports.usecases.store_dropped_video import StoreDroppedVideo
from cinedex.kernel.errors import MediaError, NotFound
from cinedex.kernel.ids import new_id
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia

logger = logging.getLogger(__name__)

DeletionPolicy = Literal["keep", "delete"]
Outcomes = dict[str, Probe | Rejection]
NOT_MEDIA = frozenset(
    {
        *(".bmp", ".heic", ".ico", ".jpeg", ".jpg", ".png", ".psd", ".svg", ".tif", ".tiff", ".webp"),
        *(".csv", ".doc", ".docx", ".htm", ".html", ".ini", ".log", ".md", ".nfo", ".pdf", ".ppt", ".pptx", ".rtf"),
        *(".sub", ".tsv", ".txt", ".url", ".xls", ".xlsx", ".xml", ".yaml", ".yml"),
        *(".7z", ".exe", ".gz", ".rar", ".tar", ".zip"),
    }
)
"""Suffixes of files that are no videos, whatever a decoder makes of them: a picture would be a video of one frame."""


@dataclass(frozen=True)
class ReceiveVideo:
    """The object is read in place, so that its video refers to it; the order of events does not matter.

    The id of a video is reserved in the record of its file before the video is stored. Two processes that receive the
    same file therefore store the same video, and a deletion meanwhile finds it.
    """

    records: DropRecords
    probe: Callable[[StoredMedia], Probe | MediaError]
    videos: StoreDroppedVideo
    sidecars: ApplySidecars
    start: StartPolicy
    delete_video: Callable[[str, str], None]
    deletion: DeletionPolicy
    bytes_max: int

    def __call__(self, file: DropFile, sequencer: str, *, is_observed: bool) -> None:
        outcomes: Outcomes = {}
        self.records.repeatedly(file, lambda: self._receive(file, sequencer, is_observed, outcomes))

    def _receive(
        self, file: DropFile, sequencer: str, is_observed: bool, outcomes: dict[str, Probe | Rejection]
    ) -> None:
        """`outcomes`: of the files that were probed in earlier attempts, by ETag."""
        known = self.records.find(file, DropKind.VIDEO)
        if known is not None and known.is_settled and is_stale(sequencer, known):
            return
        media = self.records.folder.find(file.bucket, file.key)
        if media is None:
            self._remove(known, sequencer)
        elif known is not None and known.has(media) and (is_observed or self._video_exists(known)):
            if not is_observed:
                self.records.store.save(known, self.records.next(known, file, DropKind.VIDEO, media, sequencer))
        else:
            outcome = outcomes[media.etag] = outcomes.get(media.etag) or self._check(file, media)
            if isinstance(outcome, Rejection):
                self._reject(known, file, media, sequencer, outcome)
            else:
                self._accept(known, file, media.model_copy(update={"sequencer": sequencer}), outcome)

    def _check(self, file: DropFile, media: StoredMedia) -> Probe | Rejection:
        if file.suffix in NOT_MEDIA:
            return Rejection(code="not_a_video", reason=f"A file whose name ends with {file.suffix} is no video.")
        if media.size_bytes == 0:
            return Rejection(code="empty_file", reason="The file is empty.")
        if media.size_bytes > self.bytes_max:
            reason = f"The file has {media.size_bytes} bytes; the most is {self.bytes_max}."
            return Rejection(code="too_large", reason=reason)
        outcome = self.probe(media)
        return Rejection(code=outcome.code, reason=outcome.message) if isinstance(outcome, MediaError) else outcome

    def _accept(self, known: DropObject | None, file: DropFile, media: StoredMedia, probe: Probe) -> None:
        arriving = self._reserve(known, file, media)
        video = self.videos(file, str(arriving.video_id), media, probe)
        arriving = self.sidecars(arriving)
        self.start(video)
        arrived = arriving.changed(state=DropState.ARRIVED, rejection=None)
        self.records.store.save(arriving, arrived)

    def _reserve(self, known: DropObject | None, file: DropFile, media: StoredMedia) -> DropObject:
        """A file that is dropped again after its video was deleted is another video."""
        if known is not None and known.state is DropState.ARRIVING and known.etag == media.etag and known.video_id:
            return known
        after = self.records.next(known, file, DropKind.VIDEO, media, media.sequencer)
        is_same = known is not None and (known.state is DropState.ARRIVING or self._video_exists(known))
        video_id = after.video_id if is_same and after.video_id else new_id()
        applied = after.applied if video_id == after.video_id else {}
        reserved = after.changed(state=DropState.ARRIVING, video_id=video_id, applied=applied)
        return self.records.store.save(known, reserved)

    def _reject(
        self, known: DropObject | None, file: DropFile, media: StoredMedia, sequencer: str, rejection: Rejection
    ) -> None:
        """A video whose file was replaced by an unusable one has failed: its old file is gone."""
        if known is not None and known.video_id is not None:
            self.videos.reject(known.account_id, known.video_id, media, rejection)
        self.records.reject(known, file, DropKind.VIDEO, media, sequencer, rejection)

    def _remove(self, known: DropObject | None, sequencer: str) -> None:
        if known is None or known.state is DropState.REMOVED:
            return
        if self.deletion == "delete" and known.video_id is not None:
            with suppress(NotFound):
                self.delete_video(known.account_id, known.video_id)
        self.records.remove(known, sequencer, forget=not self._video_exists(known))

    def _video_exists(self, known: DropObject) -> bool:
        return known.video_id is not None and self.videos.exists(known.account_id, known.video_id)
