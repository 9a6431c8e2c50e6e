"""The bounds of a moment, and how many of them a stored list has for how long."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from cinedex.kernel.span import span
from cinedex.search.domain.results.moment import Moment, RankedMoment
from cinedex.search.domain.results.search_snapshot import MOMENTS_MAX, SNAPSHOT_TTL, SearchSnapshot
from cinedex.timeline.modality import Modality
from pydantic import ValidationError

from tests.support.segments import segment

RANKED = {"video_id": "a", "segment_index": 3, "span": span(0, 10), "score": 0.5, "matched": (Modality.SPEECH,)}


@pytest.mark.parametrize("score", [0.0, 0.5, 1.0])
def test_a_score_lies_between_none_and_all(score: float) -> None:
    moment = RankedMoment.model_validate(RANKED | {"score": score})
    assert (moment.score, moment.similar, moment.similar_count) == (score, (), 0)


@pytest.mark.parametrize("fields", [{"score": -0.01}, {"score": 1.01}, {"rank": 0}, {"rank": -1}])
def test_another_score_or_rank_is_refused(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Moment.model_validate(RANKED | {"rank": 1} | fields)


def test_a_moment_is_that_of_its_best_segment() -> None:
    moment = RankedMoment.model_validate(RANKED)
    assert moment.is_of(segment("a", 3, "x"))
    assert not any(moment.is_of(other) for other in (segment("a", 2, "x"), segment("a", 4, "x"), segment("b", 3, "x")))
    assert not moment.is_of(segment("A", 3, "x"))


def test_a_list_has_a_thousand_moments_and_is_stored_for_a_quarter_of_an_hour() -> None:
    assert (1000, timedelta(minutes=15)) == (MOMENTS_MAX, SNAPSHOT_TTL)
    assert SearchSnapshot(moments=()).degraded is False
