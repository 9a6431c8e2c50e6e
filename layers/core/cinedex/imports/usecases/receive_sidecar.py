"""A sidecar is applied to its video; one that arrives first waits for it."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.imports.domain.drop_key import DropFile
from cinedex.imports.domain.drop_object import SIDECAR_WAITS_FOR, DropKind, DropObject, DropState, is_stale
from cinedex.imports.domain.rejection import Rejection
from cinedex.imports.usecases.apply_sidecars import ApplySidecars
from cinedex.imports.usecases.drop_records import DropRecords
from cinedex.imports.usecases.read_sidecar import ReadSidecar
from cinedex.kernel.errors import InvalidInput, TooLarge
from cinedex.library.domain.video import StoredMedia


@dataclass(frozen=True)
class ReceiveSidecar:
    """The record of the sidecar is written before the records of videos are read, and a video that arrives does it the
    other way round, so that at least one of the two finds the other.
    """

    records: DropRecords
    read: ReadSidecar
    apply: ApplySidecars

    def __call__(self, file: DropFile, sequencer: str) -> None:
        self.records.repeatedly(file, lambda: self._receive(file, sequencer))

    def _receive(self, file: DropFile, sequencer: str) -> None:
        known = self.records.find(file, DropKind.SIDECAR)
        if known is not None and known.is_settled and is_stale(sequencer, known):
            return
        media = self.records.folder.find(file.bucket, file.key)
        if media is None:
            self._remove(file, sequencer)
            return
        try:
            self.read(media)
        except (InvalidInput, TooLarge) as error:
            rejection = Rejection(code="bad_sidecar", reason=error.message)
            self.records.reject(known, file, DropKind.SIDECAR, media, sequencer, rejection)
            return
        for stem_id, language in file.belongs_to:
            self._offer(file, stem_id, language, media, sequencer)

    def _offer(self, file: DropFile, stem_id: str, language: str | None, media: StoredMedia, sequencer: str) -> None:
        known = self.records.find(file, DropKind.SIDECAR, stem_id)
        if known is None or not known.has(media):
            after = self.records.next(known, file, DropKind.SIDECAR, media, sequencer)
            waiting = after.changed(
                stem_id=stem_id,
                language=language,
                state=DropState.WAITING,
                rejection=None,
                expires_at=self.records.clock.now() + SIDECAR_WAITS_FOR,
            )
            self.records.store.save(known, waiting)
        for video in self._videos(file.account_id, stem_id):
            self.apply(video)

    def _videos(self, account_id: str, stem_id: str) -> list[DropObject]:
        stored = (DropState.ARRIVING, DropState.ARRIVED)
        listed = self.records.store.of_stem(account_id, stem_id)
        return [one for one in listed if one.kind is DropKind.VIDEO and one.state in stored]

    def _remove(self, file: DropFile, sequencer: str) -> None:
        """What a sidecar has changed stays."""
        for stem_id, _ in file.belongs_to:
            known = self.records.find(file, DropKind.SIDECAR, stem_id)
            if known is not None and known.state is not DropState.REMOVED:
                self.records.remove(known, sequencer, forget=True)
