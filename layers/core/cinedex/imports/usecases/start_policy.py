"""Start the analyses that the policy of a collection, of an account or of the deployment names."""

from __future__ import annotations

import logging
from dataclasses import dataclass

from cinedex.analysis.domain.run import Priority
from cinedex.analysis.usecases.start_analysis import AnalysisRequest, StartAnalysis
from cinedex.kernel.errors import ImpossibleValue, StaleRevision, StateConflict
from cinedex.kernel.log_fields import log_fields
from cinedex.library.domain.feature import Feature
from cinedex.library.domain.video import Video
from cinedex.library.usecases.manage_policies import ManagePolicies

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StartPolicy:
    """With the priority `bulk`, because a person may wait for other analyses. Over the daily budget of video minutes,
    features wait, and their status says when they begin.
    """

    policies: ManagePolicies
    analyses: StartAnalysis

    def __call__(self, video: Video) -> None:
        features = self.policies.features(video.account_id, video.collection_id)
        if features:
            self._start(video, features)

    def _start(self, video: Video, features: tuple[Feature, ...]) -> None:
        """The video is in the library, whether or not an analysis can start; a client can start it again."""
        try:
            self.analyses.analyze(video.account_id, video.video_id, AnalysisRequest(features, priority=Priority.BULK))
        except StaleRevision:
            raise
        except (StateConflict, ImpossibleValue) as error:
            logger.warning("an analysis of the policy did not start", extra=log_fields(error))
