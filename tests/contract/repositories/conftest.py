"""The library's repositories over one table, of either kind."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from cinedex.adapters.dynamodb.api_keys import DynamoDbApiKeys
from cinedex.adapters.dynamodb.collections import DynamoDbCollections
from cinedex.adapters.dynamodb.progress import DynamoDbProgress
from cinedex.adapters.dynamodb.runs import DynamoDbRuns
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.videos import DynamoDbVideos

from tests.support.aws import new_table
from tests.support.memory.library import MemoryApiKeys, MemoryCollections, MemoryRuns, MemoryVideos
from tests.support.memory.timeline import MemoryProgress


@dataclass(frozen=True)
class Library:
    videos: MemoryVideos | DynamoDbVideos
    collections: MemoryCollections | DynamoDbCollections
    runs: MemoryRuns | DynamoDbRuns
    keys: MemoryApiKeys | DynamoDbApiKeys
    progress: MemoryProgress | DynamoDbProgress


def _in_memory() -> Library:
    videos = MemoryVideos()
    return Library(videos, MemoryCollections(), MemoryRuns(videos), MemoryApiKeys(), MemoryProgress())


def _on_aws() -> Library:
    table = DynamoDbTable(new_table())
    return Library(
        DynamoDbVideos(table),
        DynamoDbCollections(table),
        DynamoDbRuns(table),
        DynamoDbApiKeys(table),
        DynamoDbProgress(table),
    )


@pytest.fixture
def library(implementation: str) -> Library:
    return _on_aws() if implementation == "aws" else _in_memory()
