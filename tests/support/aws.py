"""AWS in this process: the table and the buckets of `template.yaml`, made by moto, empty for each test."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

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
    """No call leaves this process: moto answers, within the limits of AWS; the credentials are invalid."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ACCESS_KEY_ID", "test")
        patch.setenv("AWS_SECRET_ACCESS_KEY", "test")
        patch.setenv("AWS_DEFAULT_REGION", REGION)
        patch.delenv("AWS_ENDPOINT_URL", raising=False)
        patch.delenv("AWS_PROFILE", raising=False)
        with mock_aws(), limits_of_aws():
            yield


def new_table() -> str:
    """A table with the keys and indexes that the template gives the library's."""
    name = f"library-{next(_numbers)}"
    properties = resource("LibraryTable")["Properties"]
    names = ("AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes", "BillingMode")
    boto3.client("dynamodb").create_table(TableName=name, **{n: properties[n] for n in names})
    return name


def new_bucket() -> str:
    name = f"bucket-{next(_numbers)}"
    boto3.client("s3").create_bucket(Bucket=name)
    return name


def new_state_machine() -> str:
    definition = '{"StartAt": "Wait", "States": {"Wait": {"Type": "Wait", "Seconds": 9, "End": true}}}'
    role = f"arn:aws:iam::{ACCOUNT_ID}:role/states"
    made = boto3.client("stepfunctions").create_state_machine(
        name=f"machine-{next(_numbers)}", definition=definition, roleArn=role
    )
    return str(made["stateMachineArn"])
