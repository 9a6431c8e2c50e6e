"""The drop folder of an account."""

from __future__ import annotations

from cinedex_client.connection import Connection, Json

PATH = "/v2/drop"


class DropFolder:
    """Every method may raise `ClientError`."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def status(self) -> Json:
        """Where files of the drop folder belong, how many have arrived, and the latest ones."""
        return self.connection.get(PATH)

    def start_backfill(self, source: str | None = None, group_name: str | None = None) -> Json:
        """Receive files that are in a bucket already. Needs an admin key."""
        return self.connection.post(f"{PATH}/backfill", {"source": source, "group_name": group_name})

    def backfill(self, job_id: str) -> Json:
        return self.connection.get(f"{PATH}/backfill/{job_id}")
