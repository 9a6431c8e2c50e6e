"""Secrets of AWS Secrets Manager."""

from __future__ import annotations

from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError
from pydantic import SecretStr

from cinedex.adapters.time_limits import aws_config
from cinedex.kernel.errors import Unavailable


def secrets_manager_client(**options: Any) -> Any:
    return boto3.client("secretsmanager", config=aws_config(), **options)


def read_secret(client: Any, arn: str) -> SecretStr:
    """The text of its current version. `Unavailable` names the secret and the reason, never a value."""
    try:
        return SecretStr(client.get_secret_value(SecretId=arn)["SecretString"])
    except (BotoCoreError, ClientError) as error:
        raise Unavailable(f"The secret {arn} cannot be read: {error}") from error
    except KeyError as error:
        raise Unavailable(f"The secret {arn} is binary; it has to be a text.") from error
