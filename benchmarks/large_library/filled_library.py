"""Accounts of a size: videos, a group, jobs, chat sessions and tracks, straight in the table."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any

from cinedex.adapters.dynamodb.chats import SESSION, DynamoDbChatStore
from cinedex.adapters.dynamodb.library.backfill import DynamoDbListBackfill
from cinedex.adapters.dynamodb.library.jobs import JOB
from cinedex.adapters.dynamodb.library.stores import stored_collections, stored_videos
from cinedex.adapters.dynamodb.lists.accounts import LibraryAccount
from cinedex.adapters.dynamodb.lists.video_refs import ENTITIES, count_of, refs_of
from cinedex.adapters.dynamodb.repository import DynamoDbRepository
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.timeline import DynamoDbTimeline
from cinedex.adapters.dynamodb.videos import VIDEO, StoredVideos
from cinedex.chat.domain.session import ChatSession, EffectiveScope, Turn
from cinedex.chat.domain.turn_log import StoredEvent, TurnStarted
from cinedex.kernel.ids import new_id
from cinedex.kernel.span import span
from cinedex.library.domain.collection import Collection
from cinedex.library.domain.collection_job import CollectionJob, JobKind
from cinedex.library.domain.feature import Feature, FeatureState, FeatureStatus
from cinedex.library.domain.list_backfill import ListBackfill
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import StoredMedia, UploadStatus, Video
from cinedex.timeline.entries import TimelineEntry, Track

PER_GROUP = 10
READY = FeatureState(status=FeatureStatus.READY, generation=1)
FEATURES = {f: READY for f in Feature}
TRACKS = {
    Track.TRANSCRIPT: {"text": "Five photographs.", "words": [[0.0, 0.5, "Five"], [0.5, 1.0, "photographs."]]},
    Track.CAPTIONS: {"caption": "A photograph of a rocket.", "model": "captioner@1"},
    Track.SCREEN_TEXT: {"text": "EILEEN COLLINS"},
    Track.SCENES: {},
    Track.OBJECTS: {
        "detections": [
            {"type": "person", "bbox": [0, 0, 9, 9], "frame_idx": 0, "at_s": 0.0, "until_s": 0.2, "score": 0.9}
        ]
    },
}
TABLE = "library"


def videos_of(account_id: str, count: int, group_id: str) -> Iterator[Video]:
    """The first `PER_GROUP` are in the group, so that the answer is as long in every account."""
    for number in range(count):
        video_id = new_id()
        yield Video(
            video_id=video_id,
            account_id=account_id,
            media=StoredMedia(bucket="media", key=f"uploads/{account_id}/{video_id}/clip.mp4", etag="e", size_bytes=1),
            status=UploadStatus.UPLOADED,
            created_at=datetime.now(UTC),
            name=f"clip {number:06d}.mp4",
            description="A short tour of five photographs.",
            collection_id=group_id if number < PER_GROUP else None,
            user_metadata={"floor": number % 7, "camera": "north"},
            probe=Probe(duration_s=60.0, format="mp4", width=1920, height=1080, video_codec="h264"),
            features=FEATURES,
            revision=1,
        )


class Library:
    """One table with an account for each size."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table
        self._videos = DynamoDbRepository(table, VIDEO)
        self._refs = {kind: DynamoDbRepository(table, entity) for kind, entity in ENTITIES.items()}
        self._stored, self._collections = stored_videos(table, StoredVideos), stored_collections(table)
        self._jobs, self._sessions = DynamoDbRepository(table, JOB), DynamoDbRepository(table, SESSION)
        self._chats, self._timeline = DynamoDbChatStore(table), DynamoDbTimeline(table)
        DynamoDbListBackfill(table).save(ListBackfill(is_done=True))

    def fill(self, count: int) -> tuple[str, str]:
        """The account and its group. The items are those that `StoredVideos.add` writes, in batches."""
        now, account = datetime.now(UTC), LibraryAccount(account_id=f"account-{count}").account_id
        group = Collection(collection_id=new_id(), account_id=account, name="Tours", created_at=now, updated_at=now)
        self._collections.add(group)
        videos = list(videos_of(account, count, group.collection_id))
        first, *others = videos
        self._stored.add(first)
        requests = chain.from_iterable(
            [*(self._requests(video) for video in others), *(self._background(account, n) for n in range(count // 10))]
        )
        while batch := list(islice(requests, 25)):
            self._table._client.batch_write_item(RequestItems={TABLE: batch})
        for name, members in ((count_of(), count), (count_of(UploadStatus.UPLOADED), count)):
            self._table.add(self._stored._refs.counts.addition(account, name, first.video_id, members - 1)["Update"])
        return account, group.collection_id

    def _requests(self, video: Video) -> Iterator[dict[str, Any]]:
        puts = [self._videos.creation(video), *(self._refs[kind].creation(r) for kind, r in refs_of(video).items())]
        yield from ({"PutRequest": {"Item": put["Item"]}} for put in puts)

    def _background(self, account_id: str, number: int) -> Iterator[dict[str, Any]]:
        """A job that has ended, and a session of chat."""
        now = datetime.now(UTC)
        fields: dict[str, Any] = {"account_id": account_id, "created_at": now, "updated_at": now}
        job = CollectionJob(job_id=new_id(), kind=JobKind.MOVE_COLLECTION, collection_id="c", ended_at=now, **fields)
        session = ChatSession(session_id=new_id(), title=f"Session {number}", **fields)
        for put in (self._jobs.creation(job), self._sessions.creation(session)):
            yield {"PutRequest": {"Item": put["Item"]}}

    def newest(self, account_id: str) -> str:
        return self._videos.page(VIDEO.pattern.key(account_id=account_id, video_id="").pk, 1).items[0].video_id

    def of_one(self, account_id: str, video_id: str) -> dict[str, str]:
        """The newest video gets ten entries in each track, and the account ten more jobs, sessions and turns."""
        for track, body in TRACKS.items():
            entries = [TimelineEntry(index=n, span=span(n, n + 1), body=body) for n in range(10)]
            self._timeline.replace(video_id, track, 1, entries)
        for number in range(10):
            for request in self._background(account_id, number):
                self._table._client.batch_write_item(RequestItems={TABLE: [request]})
        partition = VIDEO.pattern.key(account_id=account_id, video_id="").pk
        session, job = self._sessions.page(partition, 1).items[0], self._jobs.page(partition, 1).items[0]
        for number in range(10):
            turn = Turn(
                turn_id=new_id(),
                session_id=session.session_id,
                account_id=account_id,
                turn_index=number,
                message="What is shown?",
                effective_scope=EffectiveScope(all_collections=True),
                created_at=datetime.now(UTC),
            )
            first = StoredEvent(turn_id=turn.turn_id, sequence=1, attempt=0, event=TurnStarted())
            self._chats.add_turn(None, turn, first, None, turn.created_at)
        return {"session": session.session_id, "job": job.job_id}
