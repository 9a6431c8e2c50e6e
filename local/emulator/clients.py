"""AWS clients that reach the emulator only, whatever AWS configuration the user's shell has."""

from __future__ import annotations

import os
from functools import cached_property
from typing import TYPE_CHECKING

import boto3
import botocore.session
from botocore.config import Config

from local.emulator.access import ACCESS_KEY, REGION, EmulatorAccess

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient
    from mypy_boto3_dynamodb import DynamoDBClient
    from mypy_boto3_lambda import LambdaClient
    from mypy_boto3_s3 import S3Client

CONNECT_TIMEOUT_S, READ_TIMEOUT_S, ATTEMPTS_MAX = 2.0, 60.0, 3


class EmulatorClients:
    """One client per service, created at first use. Each attempt of a request has the time limits."""

    def __init__(
        self, access: EmulatorAccess, read_timeout_s: float = READ_TIMEOUT_S, attempts_max: int = ATTEMPTS_MAX
    ) -> None:
        self.access, self.endpoint_url = access, access.endpoint_url
        # Without this, boto3 would use a profile or a proxy of the user, which may not exist.
        unset = botocore.session.Session(
            session_vars={
                "profile": (None, None, None, None),
                "config_file": (None, None, os.devnull, None),
                "credentials_file": (None, None, os.devnull, None),
            }
        )
        self._config = Config(
            proxies={},
            region_name=REGION,
            connect_timeout=CONNECT_TIMEOUT_S,
            read_timeout=read_timeout_s,
            retries={"total_max_attempts": attempts_max},
        )
        self.session = boto3.Session(ACCESS_KEY, access.secret, region_name=REGION, botocore_session=unset)

    @cached_property
    def cloudformation(self) -> CloudFormationClient:
        return self.session.client("cloudformation", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def dynamodb(self) -> DynamoDBClient:
        return self.session.client("dynamodb", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def functions(self) -> LambdaClient:
        return self.session.client("lambda", endpoint_url=self.endpoint_url, config=self._config)

    @cached_property
    def s3(self) -> S3Client:
        config = self._config.merge(Config(signature_version="s3v4"))  # the emulator accepts no older signature
        return self.session.client("s3", endpoint_url=self.endpoint_url, config=config)
