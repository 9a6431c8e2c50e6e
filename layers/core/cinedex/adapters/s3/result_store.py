"""Results of tasks as JSON objects."""

from __future__ import annotations

import json
from typing import Any

from botocore.exceptions import ClientError

from cinedex.adapters.s3.media_store import MISSING, delete_versions, s3_client
from cinedex.kernel.errors import NotFound
from cinedex.library.domain.object_keys import results_prefix


class S3ResultStore:
    """`ResultStore`."""

    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._client = s3_client()

    def put(self, key: str, document: Any) -> None:
        body = json.dumps(document, separators=(",", ":"), ensure_ascii=False).encode()
        self._client.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="application/json")

    def get(self, key: str) -> Any:
        try:
            return json.load(self._client.get_object(Bucket=self._bucket, Key=key)["Body"])
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                raise NotFound(f"No result is stored under {key}.") from error
            raise

    def has(self, key: str) -> bool:
        try:
            self._client.head_object(Bucket=self._bucket, Key=key)
        except ClientError as error:
            if error.response["Error"]["Code"] in MISSING:
                return False
            raise
        return True

    def delete(self, key: str) -> None:
        delete_versions(self._client, self._bucket, key, lambda listed: listed == key)

    def delete_video(self, account_id: str, video_id: str) -> None:
        delete_versions(self._client, self._bucket, results_prefix(account_id, video_id))
