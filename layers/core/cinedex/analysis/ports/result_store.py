"""The port of stored results of tasks."""

from __future__ import annotations

from typing import Any, Protocol


class ResultStore(Protocol):
    """JSON objects, addressed by key and written once."""

    def put(self, key: str, document: Any) -> None: ...

    def get(self, key: str) -> Any:
        """Raises `NotFound`."""

    def has(self, key: str) -> bool: ...

    def delete(self, key: str) -> None:
        """No error when there is no such object."""

    def delete_video(self, account_id: str, video_id: str) -> None: ...
