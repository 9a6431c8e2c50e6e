"""Downloads the files of a model from a hub with the HTTP interface of the Hugging Face Hub.

Paths: `/api/models/ID/revision/REVISION`, `/api/models/ID/tree/REVISION` and `/ID/resolve/REVISION/PATH`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from gpu_tasks.model_store.manifest import PullFailed, RangeIgnored, RemoteFile

TIMEOUT = httpx.Timeout(60.0, connect=10.0)
RETRIED = (408, 425, 429, 500, 502, 503, 504)


class HubSource:
    """`ModelSource` of one repository at one revision.

    `token` is sent to the hub only: redirects to another host do not get it.
    """

    def __init__(self, url: str, repository: str, revision: str, token: str | None = None) -> None:
        self._url, self._repository, self._revision = url.rstrip("/"), repository, revision
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        self._client = httpx.Client(timeout=TIMEOUT, headers=headers, follow_redirects=True)

    def describe(self) -> tuple[str, str | None]:
        """The commit of the revision, and the licence that the repository states."""
        model = self._json(f"/api/models/{self._repository}/revision/{quote(self._revision, safe='')}")
        card = model.get("cardData") or {}
        licences = [tag.removeprefix("license:") for tag in model.get("tags", []) if tag.startswith("license:")]
        licence = card.get("license_name") or card.get("license") or next(iter(licences), None)
        return str(model["sha"]), str(licence) if licence else None

    def list_files(self) -> tuple[RemoteFile, ...]:
        tree = self._json(f"/api/models/{self._repository}/tree/{quote(self._revision, safe='')}?recursive=true")
        return tuple(_file(entry) for entry in tree if entry["type"] == "file")

    def read(self, file: RemoteFile, from_byte: int) -> Iterator[bytes]:
        path = f"/{self._repository}/resolve/{quote(self._revision, safe='')}/{quote(file.path)}"
        headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={from_byte}-"} if from_byte else {})
        with self._transport(), self._client.stream("GET", self._url + path, headers=headers) as response:
            self._require_success(response)
            if from_byte and response.status_code != httpx.codes.PARTIAL_CONTENT:
                raise RangeIgnored
            yield from response.iter_raw()

    def _json(self, path: str) -> Any:
        try:
            with self._transport():
                response = self._client.get(self._url + path)
            self._require_success(response)
            return response.json()
        except ConnectionError as error:
            raise PullFailed(f"The hub {self._url} cannot be reached: {error}") from error
        except ValueError as error:
            raise PullFailed(f"{self._url} is not a hub of models: {path} is no JSON.") from error

    @contextmanager
    def _transport(self) -> Iterator[None]:
        try:
            yield
        except httpx.TransportError as error:
            raise ConnectionError(str(error) or type(error).__name__) from error
        except (httpx.InvalidURL, httpx.TooManyRedirects) as error:
            raise PullFailed(f"{self._url} is not the address of a hub: {error}") from error

    def _require_success(self, response: httpx.Response) -> None:
        status = response.status_code
        if response.is_success:
            return
        if status in RETRIED:
            raise ConnectionError(f"the hub answered with HTTP status {status}")
        what = f"{self._repository} at revision {self._revision}"
        if status in (401, 403):
            raise PullFailed(f"The hub refuses {what}: set MODEL_HUB_TOKEN, or accept the model's terms on its page.")
        if status == httpx.codes.NOT_FOUND:
            raise PullFailed(f"The hub {self._url} has no file {response.url.path} of {what}.")
        raise PullFailed(f"The hub answered with HTTP status {status} for {response.url.path}.")


def _file(entry: dict[str, Any]) -> RemoteFile:
    large = entry.get("lfs") or {}
    git_sha1 = None if large else entry.get("oid")
    return RemoteFile(entry["path"], large.get("size", entry["size"]), large.get("oid"), git_sha1)
