"""The durations of the stages of a search add up, in the order of execution."""

from __future__ import annotations

from cinedex.search.usecases.stage_timer import Stage, StageTimer


def test_repeated_stages_add_up_and_absent_ones_are_left_out() -> None:
    times = iter([0.0, 0.5, 1.0, 1.25, 2.0, 2.5])
    timer = StageTimer(lambda: next(times))
    for stage in (Stage.STORE, Stage.EMBED, Stage.STORE):
        with timer.of(stage):
            pass
    assert list(timer.stage_ms.items()) == [(Stage.EMBED, 250.0), (Stage.STORE, 1000.0)]
