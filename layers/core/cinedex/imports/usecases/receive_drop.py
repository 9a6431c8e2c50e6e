"""Something happened to an object of a drop folder: bring the library into the state that the object has now."""

from __future__ import annotations

from dataclasses import dataclass

from cinedex.access.ports.api_keys import ApiKeyRepository
from cinedex.imports.domain.drop_key import DropFile, DropRoot, drop_root, is_ignored, locate
from cinedex.imports.domain.drop_notice import DropNotice
from cinedex.imports.domain.drop_object import DropKind
from cinedex.imports.domain.rejection import Rejection
from cinedex.imports.usecases.drop_records import DropRecords
from cinedex.imports.usecases.receive_sidecar import ReceiveSidecar
from cinedex.imports.usecases.receive_video import ReceiveVideo
from cinedex.kernel.errors import INTERNAL_ERROR


@dataclass(frozen=True)
class ReceiveDrop:
    """Repeated, late and reordered notices lead to the same library: each one only says where to look.

    `bucket` is that of the drop folder. Only a backfill may name another one, with a root that its account may read.
    """

    bucket: str
    keys: ApiKeyRepository
    records: DropRecords
    video: ReceiveVideo
    sidecar: ReceiveSidecar

    def __call__(self, notice: DropNotice) -> None:
        root = self._root(notice)
        if root is None:
            return
        placed = self._place(root, notice)
        if isinstance(placed, Rejection):
            self._reject(root, notice, placed)
        elif placed.is_sidecar:
            self.sidecar(placed, notice.sequencer)
        else:
            self.video(placed, notice.sequencer, is_observed=not notice.sequencer)

    def fail(self, notice: DropNotice, reason: str) -> None:
        """All attempts to receive the file have failed."""
        root = self._root(notice)
        if root is not None:
            self._reject(root, notice, Rejection(code=INTERNAL_ERROR, reason=reason))

    def _root(self, notice: DropNotice) -> DropRoot | None:
        """None for an object that is ignored."""
        root = notice.root or (drop_root(notice.key, notice.bucket) if notice.bucket == self.bucket else None)
        ignored = root is None or is_ignored(notice.key.removeprefix(root.prefix))
        return None if ignored else root

    def _place(self, root: DropRoot, notice: DropNotice) -> DropFile | Rejection:
        if not self.keys.page(root.account_id, 1).items:
            return Rejection(code="unknown_account", reason="No account of this deployment has this id.")
        return locate(root, notice.key)

    def _reject(self, root: DropRoot, notice: DropNotice, rejection: Rejection) -> None:
        """The file may have no valid place, so that its whole key stands for its name."""
        file = DropFile(
            account_id=root.account_id,
            bucket=notice.bucket,
            key=notice.key,
            collection_name="",
            folders=(),
            filename=notice.key.rpartition("/")[2],
        )
        kind = DropKind.SIDECAR if file.is_sidecar else DropKind.VIDEO
        self.records.settle(file, kind, notice.sequencer, rejection)
