"""What comes late of a deleted video is erased until nothing can be late any more."""

from __future__ import annotations

import pytest
from cinedex.domain.erasure import LATE_MAX
from cinedex.domain.errors import NotFound

from tests.support.memory.house import MINE, House


def test_a_deletion_in_mid_analysis_is_watched(house: House) -> None:
    video, _ = house.started()
    house.delete(MINE, video.video_id)
    house.results.put(f"results/{MINE}/{video.video_id}/shared/late/0-x.json", {})
    assert house.sweep() == 1
    assert [key for key in house.results.documents if video.video_id in key] == []


def test_a_deletion_at_rest_is_forgotten_at_once(house: House) -> None:
    house.delete(MINE, house.analysed().video_id)
    assert house.erasures.list() == []


def test_a_watch_ends_when_nobody_can_be_late(house: House) -> None:
    video, _ = house.started()
    house.delete(MINE, video.video_id)
    house.clock.pass_by(seconds=LATE_MAX.total_seconds() + 1)
    assert (house.sweep(), house.erasures.list()) == (0, [])


def test_a_deletion_that_was_cut_short_is_completed(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    video = house.analysed()
    with monkeypatch.context() as broken:
        broken.setattr(house.videos, "delete", _fail)
        with pytest.raises(OSError, match="power"):
            house.delete(MINE, video.video_id)
    house.sweep()
    with pytest.raises(NotFound):
        house.videos.get(MINE, video.video_id)


def _fail(*_: object) -> None:
    raise OSError("the power went")
