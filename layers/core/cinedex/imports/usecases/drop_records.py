"""Records of dropped files: which transitions they make."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cinedex.imports.domain.drop_key import DropFile
from cinedex.imports.domain.drop_object import REMOVED_KEPT_FOR, DropKind, DropObject, DropState, is_stale
from cinedex.imports.domain.rejection import Rejection
from cinedex.imports.ports.drop_folder import DropFolder
from cinedex.imports.ports.drop_store import DropStore
from cinedex.kernel.clock import Clock
from cinedex.kernel.errors import StaleRevision
from cinedex.kernel.ids import new_id
from cinedex.kernel.retry import CONFLICT, LastError
from cinedex.library.domain.video import StoredMedia


@dataclass(frozen=True)
class DropRecords:
    store: DropStore
    folder: DropFolder
    clock: Clock

    def find(self, file: DropFile, kind: DropKind, stem_id: str | None = None) -> DropObject | None:
        return self.store.find(file, kind, stem_id or file.stem_id)

    def repeatedly(self, file: DropFile, receive: Callable[[], None]) -> None:
        """Once more while another process changes the same record. Raises `StaleRevision`."""
        last = LastError()
        for _ in CONFLICT.attempts(f"receive {file.key_id}", self.clock.sleep, last):
            try:
                return receive()
            except StaleRevision as error:
                last.error = error
        raise StaleRevision("The record of the file was changed by other processes in every attempt.")

    def next(
        self, known: DropObject | None, file: DropFile, kind: DropKind, media: StoredMedia | None, sequencer: str
    ) -> DropObject:
        """A record of the object as it is now; `state` is left to the caller. Sequencers never go back."""
        fresh = known or DropObject(
            account_id=file.account_id,
            stem_id=file.stem_id,
            key_id=file.key_id,
            kind=kind,
            bucket=file.bucket,
            key=file.key,
            state=DropState.ARRIVING,
            updated_at=self.clock.now(),
        )
        found = {"etag": media.etag, "size_bytes": media.size_bytes} if media else {}
        latest = fresh.sequencer if not sequencer or is_stale(sequencer, fresh) else sequencer
        return fresh.changed(sequencer=latest, updated_at=self.clock.now(), expires_at=None, **found)

    def reject(
        self,
        known: DropObject | None,
        file: DropFile,
        kind: DropKind,
        media: StoredMedia,
        sequencer: str,
        why: Rejection,
    ) -> DropObject:
        """A file that was refused for the same reason before is not listed twice."""
        after = self.next(known, file, kind, media, sequencer)
        refused = None if known is None else (known.rejection, known.etag, known.sequencer)
        if known is not None and refused == (why, media.etag, after.sequencer):
            return known
        return self.store.save(known, after.changed(state=DropState.REJECTED, rejection=why, entry_id=new_id()))

    def remove(self, known: DropObject, sequencer: str, *, forget: bool) -> DropObject:
        """`forget`: nothing remains of the file, so that its record may expire."""
        now = self.clock.now()
        latest = known.sequencer if not sequencer or is_stale(sequencer, known) else sequencer
        removed = known.changed(state=DropState.REMOVED, sequencer=latest, updated_at=now, rejection=None)
        return self.store.save(known, removed.changed(expires_at=now + REMOVED_KEPT_FOR if forget else None))

    def settle(self, file: DropFile, kind: DropKind, sequencer: str, rejection: Rejection) -> None:
        """Record the rejection of a file that is still there; of one that is gone, only that."""
        self.repeatedly(file, lambda: self._settle(file, kind, sequencer, rejection))

    def _settle(self, file: DropFile, kind: DropKind, sequencer: str, rejection: Rejection) -> None:
        known = self.find(file, kind)
        if known is not None and known.is_settled and is_stale(sequencer, known):
            return
        media = self.folder.find(file.bucket, file.key)
        if media is not None:
            self.reject(known, file, kind, media, sequencer, rejection)
        elif known is not None and known.state is not DropState.REMOVED:
            self.remove(known, sequencer, forget=known.video_id is None)
