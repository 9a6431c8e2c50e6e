"""Hands the download of a URL to a Lambda function and does not wait for it."""

from __future__ import annotations

import json

import boto3


class LambdaMediaFetcher:
    """`MediaFetcher`; the function is retried by Lambda and its use case may run twice."""

    def __init__(self, function_name: str) -> None:
        self._function = function_name
        self._client = boto3.client("lambda")

    def request_fetch(self, account_id: str, video_id: str, url: str) -> None:
        order = {"account_id": account_id, "video_id": video_id, "url": url}
        self._client.invoke(FunctionName=self._function, InvocationType="Event", Payload=json.dumps(order).encode())
