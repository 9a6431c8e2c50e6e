"""Runs in progress."""

from __future__ import annotations

from collections.abc import Sequence

from cinedex.adapters.dynamodb.items import Item
from cinedex.adapters.dynamodb.table import ConditionFailed, DynamoDbTable
from cinedex.adapters.dynamodb.videos import save_request
from cinedex.analysis.domain.run import AnalysisRun
from cinedex.kernel.errors import RunNotFound, StaleRevision
from cinedex.library.domain.video import Video

RUN_WORK = "run"


class DynamoDbRuns:
    """`RunRepository`."""

    def __init__(self, table: DynamoDbTable) -> None:
        self._table = table

    def open(self, video: Video, run: AnalysisRun) -> Video:
        stored = video.changed(revision=video.revision + 1)
        puts = [save_request(self._table, stored), self._table.put_request(_run_item(run))]
        try:
            self._table.write_together(puts)
        except ConditionFailed:
            raise StaleRevision("The video was changed meanwhile.") from None
        return stored

    def get(self, video_id: str, run_id: str) -> AnalysisRun:
        item = self._table.get(f"V#{video_id}", f"RUN#{run_id}")
        if item is None:
            raise RunNotFound
        return AnalysisRun.model_validate_json(str(item["body"]))

    def advance(self, run: AnalysisRun) -> bool:
        try:
            self._table.put(_run_item(run), "attempt = :before", {":before": run.attempt - 1})
        except ConditionFailed:
            return False
        return True

    def close(self, video_id: str, run_id: str) -> None:
        self._table.delete(f"V#{video_id}", f"RUN#{run_id}")

    def list_open(self) -> Sequence[AnalysisRun]:
        return [AnalysisRun.model_validate_json(str(i["body"])) for i in self._table.query_work(RUN_WORK)]

    def list_of(self, video_id: str) -> Sequence[AnalysisRun]:
        items = self._table.query(f"V#{video_id}", begins="RUN#")
        return [AnalysisRun.model_validate_json(str(i["body"])) for i in items]

    def forget(self, video_id: str) -> None:
        pk = f"V#{video_id}"
        self._table.delete_all([(pk, str(i["sk"])) for i in self._table.query(pk, keys_only=True)])


def _run_item(run: AnalysisRun) -> Item:
    return {
        "pk": f"V#{run.video_id}",
        "sk": f"RUN#{run.run_id}",
        "attempt": run.attempt,
        "body": run.model_dump_json(),
        "work": RUN_WORK,
        "since": run.started_at.isoformat(),
    }
