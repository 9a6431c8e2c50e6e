"""S3 objects are acknowledged when their bytes and their metadata are on the disk; a full disk refuses them before."""

from __future__ import annotations

import asyncio
import errno
import json
import logging
from collections.abc import Callable, Iterable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import Any

from local.emulator import object_folder
from local.emulator.durability.journal import Journal
from local.emulator.durability.multipart_folder import MultipartFolder, numbers_of
from local.emulator.durability.unsaved_changes import UnsavedChanges
from local.emulator.object_folder import StagedObject
from local.emulator.ranged_file import RangedFile

FULL = "The disk of the local stack is full. Free some space and try again."

logger = logging.getLogger("local.journal")


@dataclass(frozen=True)
class StagedBody:
    """The bytes of the request that is handled, on the disk already."""

    path: Path
    size_bytes: int
    upload: str | None = None


_staged: ContextVar[StagedBody | None] = ContextVar("staged", default=None)


class DurableObjects:
    """Stages what requests store, and serves it from there until `place_all` has moved it into place."""

    def __init__(self, journal: Journal, unsaved: UnsavedChanges, folder: Path) -> None:
        self._journal = journal
        self._folder = folder.resolve()
        self._service: Any = import_module("ministack.services.s3")
        self._unsaved = unsaved
        self._parts = MultipartFolder(self._folder, self._service._multipart_uploads)
        self._pending: dict[str, StagedObject] = {}
        self._replaced: list[Path] = []
        self._completed: list[str] = []

    def install(self) -> None:
        service = self._service
        service.handle_request = self._staging(service.handle_request)
        service._persist_object = self._persist
        service._delete_persisted_object = self._delete
        service._create_multipart_upload = self._kept_upload(service._create_multipart_upload)
        service._abort_multipart_upload = self._forgotten_upload(service._abort_multipart_upload)
        service._read_body = self._read

    def restore_uploads(self) -> None:
        self._parts.restore()

    def open_range(self, bucket: str, key: str) -> RangedFile:
        with self._journal.lock:
            return RangedFile(self._path_of(bucket, key))

    def place_all(self) -> None:
        """Move everything into place that is durable in the journal. Raises `OSError`, and may be repeated."""
        with self._journal.lock:
            pending, replaced, completed = dict(self._pending), list(self._replaced), list(self._completed)
        self._journal.wait_until_durable()
        for staged in pending.values():
            self._place(staged)
        for path in replaced:
            path.unlink(missing_ok=True)
        for upload in completed:
            object_folder.remove_upload(self._folder, upload)
        with self._journal.lock:
            del self._replaced[: len(replaced)], self._completed[: len(completed)]

    def _place(self, staged: StagedObject) -> None:
        """The sidecar is written without the lock, because requests would wait until it is synchronised."""
        with self._journal.lock:
            if self._pending.get(staged.target) is not staged or not staged.move(self._folder):
                return
        staged.describe(self._folder)
        with self._journal.lock:
            if self._pending.get(staged.target) is staged:
                del self._pending[staged.target]
            elif not (self._folder / staged.target).exists():  # it was deleted in the meantime
                object_folder.remove_object(self._folder / staged.target)

    def _staging(self, handle: Callable[..., Any]) -> Callable[..., Any]:
        async def handle_staged(
            method: str, path: str, headers: Mapping[str, str], body: bytes, query: Any, *others: Any, **options: Any
        ) -> Any:
            if method in ("PUT", "DELETE") and "/" not in path.strip("/"):
                self._unsaved.add()  # a bucket or its settings
            try:
                staged = await asyncio.to_thread(self._stage, method, body, query)
            except OSError as error:
                return self._refusal(error)
            if staged is None:
                return await handle(method, path, headers, body, query, *others, **options)
            token = _staged.set(staged)
            try:
                self._journal.reserve(
                    object_folder.METADATA_BYTES_MAX
                )  # the handler does not suspend before it is used
                response = await handle(method, path, headers, body, query, *others, **options)
                return await asyncio.to_thread(self._keep_part, staged, response, query)
            except OSError as error:
                return self._refusal(error)
            finally:
                _staged.reset(token)
                self._discard(staged)

        return handle_staged

    def _stage(self, method: str, body: bytes, query: Any) -> StagedBody | None:
        """Before the request changes anything, so that a full disk refuses it as a whole."""
        upload = _first(query, "uploadId")
        if method == "PUT" and body:
            return self._stage_pieces([body], None)
        if method == "POST" and upload and self._parts.has(upload):
            return self._stage_pieces(self._parts.bodies(upload, numbers_of(body)), upload)
        return None

    def _stage_pieces(self, pieces: Iterable[Any], upload: str | None) -> StagedBody:
        path = object_folder.stage(self._folder, pieces)
        return StagedBody(path, path.stat().st_size, upload)

    def _keep_part(self, staged: StagedBody, response: Any, query: Any) -> Any:
        """The part of a multipart upload that the request has stored, if it has."""
        upload, number = _first(query, "uploadId"), _first(query, "partNumber")
        if upload and number and response[0] == 200:
            self._parts.keep(upload, int(number), staged.path)
        return response

    def _persist(self, bucket: str, key: str, record: dict[str, Any]) -> None:
        """Replaces `_persist_object`. The files are moved into place later; until then the journal has the record."""
        service, target = self._service, self._target(bucket, key)
        metadata = {**service._object_meta_from_record(record), **service._key_history_meta(bucket, key), "key": key}
        body, staged = record.get("body"), _staged.get()
        if body is not None and (staged is None or staged.size_bytes != len(body)):
            staged = self._stage_pieces([body], None)
        path = None if body is None or staged is None else str(staged.path.relative_to(self._folder))
        upload = staged.upload if path and staged else None
        self._add(StagedObject(target, path, int(record.get("size") or 0), metadata, upload))
        record["body"] = None

    def _add(self, stored: StagedObject) -> None:
        with self._journal.lock:
            earlier = self._pending.get(stored.target)
            if earlier is not None and stored.staged is None:
                stored = replace(stored, staged=earlier.staged)
            elif earlier is not None and earlier.staged is not None:
                self._replaced.append(self._folder / earlier.staged)
            content = [stored.target, stored.staged, stored.size_bytes, stored.metadata, stored.upload]
            self._append([object_folder.OBJECT, *content])
            self._pending[stored.target] = stored
            if stored.upload:
                self._completed.append(stored.upload)
            object_folder.take_name(self._folder / stored.target)

    def _delete(self, bucket: str, key: str) -> None:
        """Replaces `_delete_persisted_object`. It frees space at once and needs none."""
        target = self._target(bucket, key)
        with self._journal.lock:
            object_folder.remove_object(self._folder / target)
            pending = self._pending.pop(target, None)
            if pending is not None and pending.staged is not None:
                (self._folder / pending.staged).unlink(missing_ok=True)
            try:
                self._append([object_folder.DELETED, target])
            except OSError as error:
                logger.warning("a deletion was not journaled: %s", error)

    def _read(self, bucket: str, key: str, record: Mapping[str, Any]) -> Any:
        """Replaces `_read_body`."""
        if record.get("body") is not None:
            return record["body"]
        with self._journal.lock:
            return self._path_of(bucket, key).read_bytes()

    def _path_of(self, bucket: str, key: str) -> Path:
        target = self._target(bucket, key)
        pending = self._pending.get(target)
        staged = self._folder / pending.staged if pending is not None and pending.staged else None
        return staged if staged is not None and staged.exists() else self._folder / target

    def _target(self, bucket: str, key: str) -> str:
        path: str = self._service._object_disk_path(bucket, key)
        return str(Path(path).relative_to(self._folder))

    def _append(self, record: list[Any]) -> None:
        self._journal.append(json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode())

    def _kept_upload(self, create: Callable[..., Any]) -> Callable[..., Any]:
        def create_and_keep(*arguments: Any) -> Any:
            known = set(self._service._multipart_uploads.keys())
            response = create(*arguments)
            for upload in set(self._service._multipart_uploads.keys()) - known:
                try:
                    self._parts.create(upload)
                except OSError as error:
                    self._service._multipart_uploads.pop(upload)
                    return self._refusal(error)
            return response

        return create_and_keep

    def _forgotten_upload(self, abort: Callable[..., Any]) -> Callable[..., Any]:
        def abort_and_forget(bucket: str, key: str, query: Any) -> Any:
            response = abort(bucket, key, query)
            upload = _first(query, "uploadId")
            if upload and not self._parts.has(upload):
                object_folder.remove_upload(self._folder, upload)
            return response

        return abort_and_forget

    def _discard(self, staged: StagedBody) -> None:
        """A request that stored nothing, such as one with a wrong checksum."""
        relative = str(staged.path.relative_to(self._folder))
        with self._journal.lock:
            if all(stored.staged != relative for stored in self._pending.values()):
                staged.path.unlink(missing_ok=True)

    def _refusal(self, error: OSError) -> Any:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise error
        logger.error("an object was refused: %s", error)
        return self._service._error("InsufficientStorage", FULL, 507)


def _first(query: Mapping[str, Any], name: str) -> str | None:
    value = query.get(name)
    return value[0] if isinstance(value, list) else value
