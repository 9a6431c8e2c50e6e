"""Every operation of a deployment that this package offers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

from cinedex_client.connection import Connection, Json, Pause
from cinedex_client.drop_folder import DropFolder
from cinedex_client.errors import ClientError
from cinedex_client.events import AccountEvent, EventFeed, event_query
from cinedex_client.models import (
    IN_FLIGHT,
    Answer,
    ApiKey,
    Caption,
    KeyScope,
    Line,
    ObjectSegment,
    Reply,
    Run,
    Scene,
    SearchReply,
    Video,
)
from cinedex_client.upload import FileUpload, OnProgress, Progress, UploadDetails
from cinedex_client.upload_records import UploadRecords
from cinedex_client.webhooks import Webhooks

FEATURES = ("transcript", "captions", "objects", "embeddings")

_NO_GROUP = "default"
_POLL_S = 0.4
_PAGE_LIMIT = 50
_Item = TypeVar("_Item", bound=Reply)


class Client:
    """The library of one account of a deployment; every method may raise `ClientError`."""

    def __init__(self, connection: Connection, *, pause: Pause = time.sleep) -> None:
        self._connection = connection
        self._pause = pause

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._connection.close()

    def upload(
        self,
        path: Path,
        details: UploadDetails | None = None,
        on_progress: OnProgress = lambda _: None,
        *,
        resume_folder: Path | None = None,
    ) -> Video:
        """Upload a file.

        Args:
            on_progress: called with the number of bytes sent since its last call.
            resume_folder: where the stored parts of large files are recorded. A later call with the same file and
                folder continues an interrupted upload, within a day.
        """
        records = UploadRecords(resume_folder) if resume_folder else None
        upload = FileUpload(self._connection, path, details or UploadDetails(), Progress(on_progress), records)
        return Video.read(upload())

    def upload_url(self, url: str, details: UploadDetails | None = None) -> Video:
        """Let the deployment download the video from `url`."""
        fields = {"video_url": url} | (details or UploadDetails()).fields()
        return Video.read(self._connection.post_form("/v2/videos", fields))

    def videos(self) -> list[Video]:
        """All videos, newest first."""
        return [Video.read(video) for video in self._list("/v2/videos")]

    def video(self, video_id: str) -> Video:
        return Video.read(self._connection.get(f"/v2/videos/{video_id}"))

    def move(self, video_id: str, group_id: str | None) -> Video:
        """Move the video into a video group, or out of its group with None."""
        return Video.read(self._connection.patch(f"/v2/videos/{video_id}", {"group_id": group_id or _NO_GROUP}))

    def delete(self, video_id: str) -> Json:
        return self._connection.delete(f"/v2/videos/{video_id}")

    def wait_until_uploaded(self, video_id: str) -> Video:
        """Wait until the deployment has checked the file.

        Raises:
            ClientError: the file is not a video, or it could not be downloaded.
        """
        while (video := self.video(video_id)).status not in ("uploaded", "failed"):
            self._pause(_POLL_S)
        if video.status == "failed":
            raise ClientError(f"{video.name}: {video.error or 'the upload failed.'}")
        return video

    def analyze(
        self, video_id: str, features: Sequence[str] = FEATURES, *, force: bool = False, bulk: bool = False
    ) -> Run:
        """Start one run for `features` and their dependencies; features that are ready are skipped unless `force`.

        A `bulk` run waits until no other run waits for a worker.
        """
        body: dict[str, object] = {"desired": list(features), "force": force}
        if bulk:
            body["priority"] = "bulk"
        return Run.read(self._connection.post(f"/v2/videos/{video_id}/features", body))

    def follow(self, video_id: str, features: Sequence[str] = FEATURES) -> Iterator[Video]:
        """Poll the video until none of `features` is pending or processing; yields each state."""
        while True:
            yield (video := self.video(video_id))
            if not any(video.detail(feature).status in IN_FLIGHT for feature in features):
                return
            self._pause(_POLL_S)

    def transcript(self, video_id: str) -> Iterator[Line]:
        return self._read(video_id, "transcript", Line)

    def export(
        self,
        video_id: str,
        file_format: Literal["srt", "vtt"] = "srt",
        *,
        subtitle_id: str | None = None,
        translation: str | None = None,
    ) -> str:
        """A SubRip or WebVTT file: of the transcript, of its `translation` ("en"), or of one of its subtitle tracks."""
        insight = "transcript" if subtitle_id is None else f"subtitles/{quote(subtitle_id, safe='')}"
        query = {"format": file_format, "translation": translation}
        return self._connection.get_text(f"/v2/videos/{video_id}/{insight}", query)

    def captions(self, video_id: str) -> Iterator[Caption]:
        return self._read(video_id, "captions", Caption)

    def screen_text(self, video_id: str) -> Iterator[Line]:
        return self._read(video_id, "screen-text", Line)

    def scenes(self, video_id: str) -> Iterator[Scene]:
        return self._read(video_id, "scenes", Scene)

    def objects(self, video_id: str) -> Iterator[ObjectSegment]:
        return self._read(video_id, "objects", ObjectSegment)

    def search(
        self,
        query: str,
        *,
        video_ids: Sequence[str] = (),
        limit: int = 10,
        literal: bool = False,
        **fields: Any,
    ) -> SearchReply:
        """Moments that match, best first; `literal` matches exactly these words instead of their meaning.

        `fields` are further fields of the request, such as `threshold`; docs/03 lists them.
        """
        body: Json = {"query": query, "page_limit": limit, "strategy": "text" if literal else "semantic", **fields}
        if video_ids:
            body["video_ids"] = list(video_ids)
        reply, stages_ms = self._connection.post_and_time("/v2/search", body)
        return SearchReply.read(reply).model_copy(update={"stages_ms": stages_ms})

    def ask(self, question: str, *, video_ids: Sequence[str] = ()) -> Answer:
        """An answer with its evidence, from these videos; from the whole library without `video_ids`."""
        body: Json = {"messages": [{"role": "user", "content": question}]}
        if video_ids:
            body["context"] = [{"video_id": video_id} for video_id in video_ids]
        return Answer.read(self._connection.post("/v2/chat", body))

    @property
    def webhooks(self) -> Webhooks:
        return Webhooks(self._connection)

    def events(
        self,
        after: int | None = None,
        *,
        follow: bool = True,
        event_types: Sequence[str] = (),
        video_id: str | None = None,
        group_id: str | None = None,
    ) -> Iterator[AccountEvent]:
        """Events after a position, which an earlier event had: from now on without one, 0 for all that are kept.

        `follow` waits for further events, and opens the stream again when it ends or breaks.
        """
        feed = EventFeed(partial(self._connection.lines, "/v2/events"), self._pause)
        return feed.read(event_query(event_types, video_id, group_id), after, follow=follow)

    @property
    def drop(self) -> DropFolder:
        return DropFolder(self._connection)

    def api_keys(self) -> list[ApiKey]:
        """All keys of the account, newest first, including revoked ones. Needs an admin key."""
        return [ApiKey.read(key) for key in self._list("/v2/api-keys")]

    def create_api_key(
        self,
        name: str,
        scope: KeyScope = KeyScope.WRITE,
        requests_per_day: int | None = None,
        expires_at: datetime | None = None,
    ) -> ApiKey:
        """A new key with its `secret`, which no later response contains. Needs an admin key.

        The key is refused from `expires_at` on; None: it never expires. A time without an offset is UTC.
        """
        body: Json = {
            "name": name,
            "scope": scope.value,
            "requests_max": requests_per_day,
            "expires_at": expires_at.isoformat() if expires_at else None,
        }
        return ApiKey.read(self._connection.post("/v2/api-keys", body))

    def revoke_api_key(self, key_id: str) -> ApiKey:
        return ApiKey.read(self._connection.delete(f"/v2/api-keys/{key_id}"))

    def _list(self, path: str) -> Iterator[Json]:
        """The items of all pages."""
        token: str | None = None
        while True:
            page = self._connection.get(path, {"page_token": token} if token else None)
            yield from page["results"]
            token = page.get("next_page_token")
            if not token:
                return

    def _read(self, video_id: str, insight: str, item: type[_Item]) -> Iterator[_Item]:
        query: dict[str, Any] = {"page_limit": _PAGE_LIMIT, "page_token": None}
        while True:
            page = self._connection.get(f"/v2/videos/{video_id}/{insight}", query)
            yield from (item.read(entry) for entry in page["data"])
            query["page_token"] = page.get("next_page_token")
            if not query["page_token"]:
                return
