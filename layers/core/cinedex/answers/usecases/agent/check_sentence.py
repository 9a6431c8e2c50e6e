"""Check each sentence of a model against the text of the evidence that it cites."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from cinedex.answers.domain.agent import Evidence
from cinedex.answers.domain.claim_check import ClaimEvidence, Unsupported, clauses, has_wording, wrong_fact
from cinedex.answers.domain.claim_videos import merges_videos
from cinedex.answers.domain.english.claim_orders import without_report
from cinedex.kernel.errors import Unavailable
from cinedex.kernel.log_fields import log_fields
from cinedex.search.domain.ranking.confidence import WORDS_ONLY, calibration_of
from cinedex.search.domain.ranking.similarity import cosine
from cinedex.search.ports.text_embedder import TextEmbedder

logger = logging.getLogger(__name__)

UNITS_MAX = 40
"""Texts and sentences of the evidence that a sentence is compared with."""


class CheckSentence:
    """A `SentenceCheck` for one turn, which embeds each text of the evidence once.

    While the text model is down, the words of a sentence decide alone, and `is_degraded` is true.
    """

    def __init__(self, embedder: TextEmbedder) -> None:
        self._embedder = embedder
        self._vectors: dict[str, tuple[float, ...]] = {}
        self._model: str | None = None
        self.is_degraded = False

    def __call__(self, claim: str, cited: Sequence[Evidence]) -> Unsupported | None:
        evidence = ClaimEvidence([e.text for e in cited], [e.video_name for e in cited])
        reason = wrong_fact(claim, evidence)
        if reason is not None:
            return reason
        if merges_videos(claim, _by_video(cited)):
            return Unsupported.MERGED
        claim = without_report(claim)
        units = evidence.units()[:UNITS_MAX]
        is_embedded = self._embed([claim, *clauses(claim), *units])
        calibration = calibration_of(self._model) if is_embedded else WORDS_ONLY

        def confidence(text: str, coverage: float) -> float:
            return calibration.confidence(self._similarity(text, units) if is_embedded else 0.0, coverage)

        return None if has_wording(claim, evidence, confidence) else Unsupported.WORDING

    def _similarity(self, text: str, units: Sequence[str]) -> float:
        return max((cosine(self._vectors[text], self._vectors[unit]) for unit in units), default=0.0)

    def _embed(self, texts: Sequence[str]) -> bool:
        missing = [text for text in dict.fromkeys(texts) if text not in self._vectors]
        if not missing:
            return True
        try:
            embedded = self._embedder.embed(missing)
        except Unavailable as error:
            logger.warning("the text model failed, sentences are checked by their words", extra=log_fields(error))
            self.is_degraded = True
            return False
        self._model = embedded.model
        self._vectors.update(zip(missing, embedded.vectors, strict=True))
        return True


def _by_video(cited: Sequence[Evidence]) -> list[ClaimEvidence]:
    videos: dict[str, list[Evidence]] = {}
    for evidence in cited:
        videos.setdefault(evidence.video_id, []).append(evidence)
    return [ClaimEvidence([e.text for e in one], [e.video_name for e in one]) for one in videos.values()]
