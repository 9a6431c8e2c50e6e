"""Record the usage of an analysis: the length of its video for each feature that its run has made ready."""

from __future__ import annotations

from cinedex.analysis.domain.run import AnalysisRun
from cinedex.library.domain.feature import Feature, FeatureStatus
from cinedex.library.domain.video import Video
from cinedex.usage.ledger_entry import LedgerEntry, OnceKey
from cinedex.usage.record_usage import RecordUsage


def record_run(usage: RecordUsage, video: Video, run: AnalysisRun) -> None:
    """Safe to repeat. Records nothing if the run has made no feature ready."""
    ready = [feature for feature in run.generations if _is_result_of(run, video, feature)]
    if not ready:
        return
    amounts = dict.fromkeys(ready, round(video.whole.length_s * 1000))
    usage.add(LedgerEntry(account_id=run.account_id, once_key=OnceKey(run.video_id, run.run_id), amounts=amounts))


def _is_result_of(run: AnalysisRun, video: Video, feature: Feature) -> bool:
    state = video.feature(feature)
    return state.status is FeatureStatus.READY and state.generation == run.generations[feature]
