"""AWS in this process: the table and the buckets of `template.yaml`, made by moto, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from itertools import count
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.core.models import DEFAULT_ACCOUNT_ID as ACCOUNT_ID

from tests.support.aws_limits import limits_of_aws
from tests.support.template import resource

REGION = "us-east-1"
_numbers = count(1)


@pytest.fixture(scope="session")
def aws() -> Iterator[None]:
    """For folders whose tests all use it."""
    with _moto():
        yield


@pytest.fixture(scope="module")
def mocked_aws() -> Iterator[None]:
    """For single modules: the others get no credentials."""
    with _moto():
        yield


@contextmanager
def _moto() -> Iterator[None]:
    """No call leaves this process: moto answers, within the limits of AWS; the credentials are invalid.

    To start moto and to make clients takes longer than most tests, so that tests share both. Each test has tables and
    buckets of its own.
    """
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.delenv("AWS_PROFILE", raising=False)
        with mock_aws(), limits_of_aws():
            yield


@cache
def _client_of(session: boto3.Session, service: str) -> Any:
    return session.client(service)


def _client(service: str) -> Any:
    return _client_of(boto3.DEFAULT_SESSION, service)


def new_table() -> str:
    """A table with the keys and indexes that the template gives the library's."""
    name = f"library-{next(_numbers)}"
    properties = resource("LibraryTable")["Properties"]
    names = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    _client("dynamodb").create_table(TableName=name, **{n: properties[n] for n in names})
    return name


def new_bucket() -> str:
    name = f"bucket-{next(_numbers)}"
    _client("s3").create_bucket(Bucket=name)
    return name


def new_state_machine() -> str:
    definition = '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 9, "End": true}}}'
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/states"
    made = _client("stepfunctions").create_state_machine(
        name=f"machine-{next(_numbers)}", definition=definition, roleArn=role
    )
    return str(made["stateMachineArn"])
