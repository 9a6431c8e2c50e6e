"""The timeline, of either kind."""

from __future__ import annotations

import pytest
from cinedex.adapters.dynamodb.table import DynamoDbTable
from cinedex.adapters.dynamodb.timeline import DynamoDbTimeline
from cinedex.timeline.timeline_store import Timeline

from tests.support.aws import new_table
from tests.support.memory.timeline import MemoryTimeline


@pytest.fixture
def timeline(implementation: str) -> Timeline:
    return DynamoDbTimeline(DynamoDbTable(new_table())) if implementation == "aws" else MemoryTimeline()
