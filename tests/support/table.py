"""The one DynamoDB table, in memory, a fresh one for each test. Import `mocked_aws` together with `table`."""

from __future__ import annotations

import pytest
from cinedex.adapters.dynamodb.table import DynamoDbTable

from tests.support.aws import mocked_aws, new_table

__all__ = ["mocked_aws", "table"]


@pytest.fixture
def table(mocked_aws: None) -> DynamoDbTable:
    return DynamoDbTable(new_table())
