"""Invokes the download function asynchronously."""

from __future__ import annotations

import boto3

from cinedex.adapters.time_limits import aws_config
from cinedex.library.ports.media_fetcher import FetchMediaEvent


class LambdaMediaFetcher:
    """`MediaFetcher`. Lambda retries the function, so that its use case may run twice."""

    def __init__(self, function_name: str) -> None:
        self._function = function_name
        self._client = boto3.client("lambda", config=aws_config())

    def request_fetch(self, account_id: str, video_id: str, url: str) -> None:
        event = FetchMediaEvent(account_id=account_id, video_id=video_id, url=url)
        self._client.invoke(
            FunctionName=self._function, InvocationType="Event", Payload=event.model_dump_json().encode()
        )
