"""A drop folder in memory: a client puts and removes files, and the deployed function receives the events of S3."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import quote_plus

from cinedex.access.domain.api_keys import ApiKey, Scope
from cinedex.imports.domain.drop_entry import DropEntry, DropList
from cinedex.kernel.errors import MediaError
from cinedex.library.domain.probe import Probe
from cinedex.library.domain.video import Video

from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.scenario import TALKING_CLIP

POISON = b"poison"
SUBTITLES = b"1\n00:00:01,000 --> 00:00:02,000\nA rocket starts.\n"


def body_of(key: str, sequencer: str, *, event: str = "ObjectCreated:Put", bucket: str = "media") -> str:
    """The body of a message that S3 sends to a queue."""
    record = {
        "eventVersion": "2.1",
        "eventSource": "aws:s3",
        "awsRegion": "us-east-1",
        "eventName": event,
        "s3": {
            "bucket": {"name": bucket},
            "object": {"key": quote_plus(key, safe="/"), "size": 1, "eTag": "x", "sequencer": sequencer},
        },
    }
    return json.dumps({"Records": [record]})


def batch_of(bodies: Iterable[str], receives: int = 1) -> dict[str, Any]:
    """An event of SQS for a function; ids of messages are their positions."""
    records = [
        {
            "messageId": str(number),
            "receiptHandle": "handle",
            "body": body,
            "attributes": {"ApproximateReceiveCount": str(receives)},
            "messageAttributes": {},
            "eventSource": "aws:sqs",
            "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:drop",
            "awsRegion": "us-east-1",
        }
        for number, body in enumerate(bodies)
    ]
    return {"Records": records}


def account_key(account_id: str) -> ApiKey:
    """An API key, without which an account does not exist."""
    return ApiKey.model_validate(
        {
            "key_id": f"key-of-{account_id}",
            "account_id": account_id,
            "name": "first",
            "hint": "…",
            "scope": Scope.ADMIN,
            "secret_sha256": f"secret-of-{account_id}",
            "created_at": "2026-01-01T00:00:00Z",
        }
    )


@dataclass
class ProbeOfContent:
    """`MediaProbe` that accepts everything but `POISON`."""

    app: InMemoryApp
    calls: int = 0

    def probe(self, source: str) -> Probe:
        self.calls += 1
        if self.app.media.files.get(source.split("/", 4)[-1], b"").startswith(POISON):
            raise MediaError("unsupported_media", "The file has no format that FFmpeg knows.")
        return TALKING_CLIP


@dataclass
class DropClient:
    """What an S3 client of one account does. The function receives each event at once, unless it is withheld."""

    app: InMemoryApp
    account_id: str = "mine"
    numbers: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.app.keys.add(account_key(self.account_id))
        self.app.probe = ProbeOfContent(self.app)  # type: ignore[assignment]

    def key(self, path: str) -> str:
        return f"drop/{self.account_id}/{path}"

    def put(self, path: str, body: bytes = b"a video") -> str:
        """The message of the event."""
        self.app.media.files[self.key(path)] = body
        return self._message(path, "ObjectCreated:Put")

    def remove(self, path: str) -> str:
        self.app.media.files.pop(self.key(path), None)
        return self._message(path, "ObjectRemoved:Delete")

    def drop(self, path: str, body: bytes = b"a video") -> None:
        assert self.receive(self.put(path, body)) == []

    def receive(self, *messages: str, receives: int = 1) -> list[str]:
        """The ids of messages that are to be delivered again."""
        from functions.on_drop_created import handler

        answer = handler(batch_of(messages, receives), None)
        return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]

    @property
    def videos(self) -> dict[str, Video]:
        """By the path of their files."""
        prefix = self.key("")
        return {v.media.key.removeprefix(prefix): v for v in self.app.videos.list(self.account_id)}

    @property
    def rejected(self) -> dict[str, str]:
        """Path -> code."""
        entries = self.entries(DropList.REJECTED)
        return {e.key.removeprefix(self.key("")): e.rejection.code for e in entries if e.rejection}

    def entries(self, list_name: DropList) -> list[DropEntry]:
        return list(self.app.drops.page(self.account_id, list_name, 1000).items)

    def groups(self) -> dict[str, str]:
        """Id -> name."""
        return {c.collection_id: c.name for c in self.app.collections.list(self.account_id)}

    def _message(self, path: str, event: str) -> str:
        return body_of(self.key(path), f"{next(self.numbers):016X}", event=event)
