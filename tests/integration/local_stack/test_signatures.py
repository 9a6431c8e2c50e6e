"""The emulator refuses wrong signatures with the errors of AWS, so that every client of AWS names them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from botocore.exceptions import ClientError

from local.emulator.access import EmulatorAccess
from local.emulator.clients import EmulatorClients
from local.stack import RunningStack

CALLS: list[tuple[Callable[[EmulatorClients], Any], str, str]] = [
    (lambda c: c.s3.list_buckets(), "SignatureDoesNotMatch", "RequestTimeTooSkewed"),
    (lambda c: c.dynamodb.list_tables(), "InvalidSignatureException", "InvalidSignatureException"),
    (lambda c: c.functions.list_functions(), "InvalidSignatureException", "InvalidSignatureException"),
    (lambda c: c.cloudformation.list_stacks(), "SignatureDoesNotMatch", "SignatureDoesNotMatch"),
    (lambda c: _client(c, "sqs").list_queues(), "SignatureDoesNotMatch", "SignatureDoesNotMatch"),
    (lambda c: _client(c, "stepfunctions").list_state_machines(), *["InvalidSignatureException"] * 2),
]


@pytest.mark.parametrize(("call", "code", "_late"), CALLS)
def test_another_secret_is_refused_as_aws_does(
    fixture_stack: RunningStack, call: Callable[[EmulatorClients], Any], code: str, _late: str
) -> None:
    other = EmulatorClients(EmulatorAccess.create(fixture_stack.emulator.access.port))
    with pytest.raises(ClientError) as refused:
        call(other)
    assert refused.value.response["Error"]["Code"] == code


@pytest.mark.parametrize(("call", "_code", "late"), CALLS)
def test_a_stale_date_is_refused_as_aws_does(
    fixture_stack: RunningStack,
    call: Callable[[EmulatorClients], Any],
    _code: str,
    late: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: datetime.now(UTC) - timedelta(minutes=16))
    with pytest.raises(ClientError) as refused:
        call(EmulatorClients(fixture_stack.emulator.access))
    assert refused.value.response["Error"]["Code"] == late


def test_an_expired_url_is_refused_as_s3_does(fixture_stack: RunningStack, monkeypatch: pytest.MonkeyPatch) -> None:
    now = datetime.now(UTC)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda: now - timedelta(seconds=61))
    parameters = {"Bucket": fixture_stack.deployment.outputs["BucketName"], "Key": "any"}
    url = fixture_stack.emulator.s3.generate_presigned_url("get_object", Params=parameters, ExpiresIn=60)
    answer = httpx.get(url, trust_env=False, timeout=60)
    assert answer.status_code == 403
    assert "<Code>AccessDenied</Code><Message>Request has expired</Message>" in answer.text


def _client(clients: EmulatorClients, service: Any) -> Any:
    return clients.session.client(service, endpoint_url=clients.endpoint_url)
