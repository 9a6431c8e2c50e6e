"""The emulator saves its state after writes, not after reads."""

from __future__ import annotations

import pytest

from local.emulator.write_tracker import is_write


@pytest.mark.parametrize(
    ("method", "action", "is_written"),
    [
        ("GET", b"", False),
        ("HEAD", b"", False),
        ("PUT", b"", True),
        ("POST", b"DynamoDB_20120810.PutItem", True),
        ("POST", b"DynamoDB_20120810.TransactWriteItems", True),
        ("POST", b"DynamoDB_20120810.Query", False),
        ("POST", b"DynamoDB_20120810.TransactGetItems", False),
        ("POST", b"AmazonSQS.ReceiveMessage", False),
        ("POST", b"AmazonSQS.DeleteMessage", True),
        ("POST", b"AWSStepFunctions.SendTaskSuccess", True),
    ],
)
def test_a_request_counts_as_a_write_unless_it_is_known_to_read(method: str, action: bytes, is_written: bool) -> None:
    assert is_write({"method": method, "headers": [(b"X-Amz-Target", action)]}) is is_written
