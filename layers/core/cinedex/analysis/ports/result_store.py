"""The port of results that tasks leave behind."""

from __future__ import annotations

from typing import Any, Protocol


class ResultStore(Protocol):
    """JSON objects that tasks leave behind; addressed by key, written once."""

    def put(self, key: str, document: Any) -> None: ...

    def get(self, key: str) -> Any:
        """Raises `NotFound`."""

    def has(self, key: str) -> bool: ...

    def delete_video(self, account_id: str, video_id: str) -> None: ...
