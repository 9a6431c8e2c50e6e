"""The client is a distribution of its own: the names it repeats of the API are those of the product."""

from __future__ import annotations

from cinedex.access.domain.api_keys import Scope
from cinedex.search.domain.ranking.rank_fusion import Fusion
from cinedex.search.domain.ranking.signal import Signal
from cinedex_client.evaluation.ranking_variants import SIGNAL_GROUPS, SINGLE_SIGNALS, FusionName
from cinedex_client.models import KeyScope


def test_an_evaluation_knows_every_signal_and_every_fusion() -> None:
    """Except for those of subtitles, which the videos of the labelled sets do not have."""
    evaluated = {signal for signal in Signal if signal not in (Signal.SUBTITLE, Signal.SUBTITLE_VECTORS)}
    assert {*SINGLE_SIGNALS, *SIGNAL_GROUPS} == {signal.value for signal in evaluated}
    assert {fusion.value for fusion in FusionName} == {fusion.value for fusion in Fusion}


def test_the_client_knows_every_scope_of_an_api_key() -> None:
    assert [scope.value for scope in KeyScope] == [scope.label for scope in Scope]
