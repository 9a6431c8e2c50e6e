"""A changed video is published before it is stored, again if another writer changed it, and erased if it is gone."""

from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from cinedex.kernel.errors import NotFound, Unavailable
from cinedex.library.domain.video import Video
from cinedex.library.usecases.publish_video import PublishVideo

from tests.support.memory.app_fixture import MINE, InMemoryApp


@dataclass
class Recorder:
    """`VideoPublisher` and `VideoEraser`."""

    count: int = 1
    published: list[tuple[str | None, str | None]] = field(default_factory=list)
    erased: list[str] = field(default_factory=list)

    def publish(self, video: Video) -> int:
        self.published.append((video.title, video.description))
        return self.count

    def erase(self, account_id: str, video_id: str) -> bool:
        self.erased.append(f"{account_id}/{video_id}")
        return False


def titled(video: Video) -> Video:
    return video.changed(title="T")


def test_all_publishers_get_the_changed_video_once_and_their_items_are_counted(memory_app: InMemoryApp) -> None:
    video, publishers = memory_app.uploaded(), [Recorder(2), Recorder(3)]
    assert PublishVideo(memory_app.videos, publishers, publishers)(video, titled) == 5
    assert [p.published for p in publishers] == [[("T", None)]] * 2
    assert memory_app.now(video).title == "T"
    assert [p.erased for p in publishers] == [[], []]


def test_a_change_of_another_writer_is_published_with_it(memory_app: InMemoryApp) -> None:
    video, recorder = memory_app.uploaded(), Recorder()
    memory_app.videos.save(video.changed(description="D"))
    assert PublishVideo(memory_app.videos, [recorder], [recorder])(video, titled) == 1
    assert recorder.published == [("T", None), ("T", "D")]


def test_nothing_is_stored_that_a_publisher_refuses(memory_app: InMemoryApp, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(_video: Video) -> int:
        raise Unavailable("down")

    video, recorder = memory_app.uploaded(), Recorder()
    monkeypatch.setattr(recorder, "publish", refuse)
    with pytest.raises(Unavailable):
        PublishVideo(memory_app.videos, [recorder], [recorder])(video, titled)
    assert memory_app.now(video) == video
    assert recorder.erased == []


def test_what_was_published_of_a_video_that_is_gone_is_erased(memory_app: InMemoryApp) -> None:
    video, recorder = memory_app.uploaded(), Recorder()
    memory_app.videos.delete(MINE, video.video_id)
    with pytest.raises(NotFound):
        PublishVideo(memory_app.videos, [recorder], [recorder])(video, titled)
    assert recorder.erased == [f"{MINE}/{video.video_id}"]


def test_a_change_that_does_not_find_another_object_erases_nothing(memory_app: InMemoryApp) -> None:
    def missing(_video: Video) -> Video:
        raise NotFound("No such run.")

    video, recorder = memory_app.uploaded(), Recorder()
    with pytest.raises(NotFound, match="run"):
        PublishVideo(memory_app.videos, [recorder], [recorder])(video, missing)
    assert (recorder.published, recorder.erased) == ([], [])
