"""Sidecars describe the videos beside them, whichever arrives first."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from itertools import permutations

import pytest
from cinedex.imports.domain.drop_entry import DropList
from cinedex.imports.domain.drop_object import DropState

from tests.support.drops import SUBTITLES, DropClient

DETAILS = {
    "title": "Rome",
    "description": "Second day.",
    "recorded_at": "2026-05-01T10:00:00+02:00",
    "metadata": {"team": "film", "day": 2},
}
FILES = {
    "Trips/day/clip.mp4": b"a video",
    "Trips/day/clip.json": json.dumps(DETAILS).encode(),
    "Trips/day/clip.de.srt": SUBTITLES,
}


@pytest.mark.parametrize("order", list(permutations(FILES)))
def test_sidecars_are_applied_whichever_arrives_first(client: DropClient, order: tuple[str, ...]) -> None:
    for path in order:
        client.drop(path, FILES[path])
    (video,) = client.videos.values()
    assert (video.title, video.description) == ("Rome", "Second day.")
    assert video.recorded_at == datetime(2026, 5, 1, 8, tzinfo=UTC)
    assert video.user_metadata == {"path": "day", "team": "film", "day": 2}
    (track,) = video.subtitles
    assert (track.language, track.format, track.cue_count) == ("de", "subrip", 1)
    assert client.rejected == {}


@pytest.mark.parametrize(
    ("name", "language"),
    [("clip.srt", None), ("clip.en.srt", "en"), ("clip.pt-BR.srt", "pt-BR"), ("clip.zh-Hant.srt", "zh-Hant")],
)
def test_the_name_of_subtitles_has_their_language(client: DropClient, name: str, language: str | None) -> None:
    client.drop("Trips/clip.mp4")
    client.drop(f"Trips/{name}", SUBTITLES)
    assert [t.language for t in client.videos["Trips/clip.mp4"].subtitles] == [language]


def test_subtitles_belong_to_the_video_whose_whole_name_they_have(client: DropClient) -> None:
    client.drop("Trips/clip.en.srt", SUBTITLES)
    client.drop("Trips/clip.en.mp4")
    assert [t.language for t in client.videos["Trips/clip.en.mp4"].subtitles] == [None]


def test_a_sidecar_describes_every_video_of_its_name_and_of_its_folder_alone(client: DropClient) -> None:
    for path in ("Trips/clip.mp4", "Trips/clip.mov", "Trips/other.mp4", "Trips/a/clip.mp4"):
        client.drop(path)
    client.drop("Trips/clip.json", b'{"title": "T"}')
    assert {p: v.title for p, v in client.videos.items() if v.title} == {"Trips/clip.mp4": "T", "Trips/clip.mov": "T"}


def test_a_sidecar_is_applied_once_so_that_a_change_of_a_client_stays(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    message = client.put("Trips/clip.json", b'{"title": "Mine"}')
    assert client.receive(message) == []
    (video,) = client.videos.values()
    client.app.describe(client.account_id, video.video_id, {"title": "Changed"})
    assert client.receive(message) == []
    client.drop("Trips/clip.mp4", b"the next version")
    assert client.videos["Trips/clip.mp4"].title == "Changed"


def test_another_sidecar_replaces_what_the_first_one_has_said(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    client.drop("Trips/clip.json", b'{"title": "One", "description": "D"}')
    client.drop("Trips/clip.json", b'{"title": "Two"}')
    client.drop("Trips/clip.srt", SUBTITLES)
    client.drop("Trips/clip.srt", SUBTITLES.replace(b"rocket", b"shuttle"))
    (video,) = client.videos.values()
    assert (video.title, video.description, len(video.subtitles)) == ("Two", "D", 1)


BAD = {
    "clip.json": [
        (b"{", "valid JSON"),
        (b"[]", "must be an object"),
        (b'{"titel": "T"}', "Unknown field 'titel'"),
        (b'{"title": 1}', "title must be a string"),
        (b'{"title": "a\\nb"}', "title must not contain control characters"),
        (b'{"recorded_at": "yesterday"}', "recorded_at must be a date"),
        (b'{"recorded_at": "0900-01-01T00:00:00Z"}', "between the years 1800 and 9000"),
        (b'{"metadata": {"a": [1]}}', "metadata.a must be a string, a number or a boolean"),
        (b"x" * 70_000, "the most is 65536"),
    ],
    "clip.srt": [(b"no subtitles", "Line 1")],
}


@pytest.mark.parametrize(("name", "body", "reason"), [(n, *case) for n, cases in BAD.items() for case in cases])
@pytest.mark.parametrize("is_first", [True, False])
def test_a_bad_sidecar_has_a_reason_and_changes_nothing(
    client: DropClient, name: str, body: bytes, reason: str, is_first: bool
) -> None:
    steps = [lambda: client.drop(f"Trips/{name}", body), lambda: client.drop("Trips/clip.mp4")]
    for step in steps if is_first else reversed(steps):
        step()
    (video,) = client.videos.values()
    assert (video.title, video.subtitles) == (None, ())
    (entry,) = client.entries(DropList.REJECTED)
    assert entry.rejection is not None
    assert entry.rejection.code == "bad_sidecar"
    assert reason in entry.rejection.reason


def test_a_sidecar_that_was_repaired_is_applied(client: DropClient) -> None:
    client.drop("Trips/clip.mp4")
    client.drop("Trips/clip.json", b"{")
    client.drop("Trips/clip.json", b'{"title": "T"}')
    assert (client.videos["Trips/clip.mp4"].title, client.rejected) == ("T", {})


def test_a_sidecar_waits_for_seven_days(client: DropClient) -> None:
    client.drop("Trips/clip.json", b'{"title": "T"}')
    client.drop("Trips/other.json", b'{"title": "T"}')
    client.app.clock.advance(days=6)
    client.drop("Trips/clip.mp4")
    client.app.clock.advance(days=2)
    client.drop("Trips/other.mp4")
    assert {p: v.title for p, v in client.videos.items()} == {"Trips/clip.mp4": "T", "Trips/other.mp4": None}


def test_a_sidecar_that_was_removed_before_its_video_arrived_says_nothing(client: DropClient) -> None:
    client.drop("Trips/clip.json", b'{"title": "T"}')
    assert client.receive(client.remove("Trips/clip.json")) == []
    client.drop("Trips/clip.mp4")
    assert client.videos["Trips/clip.mp4"].title is None
    assert client.entries(DropList.RECENT)[1].state is DropState.REMOVED


def test_a_video_that_is_dropped_again_after_its_deletion_has_its_sidecars_again(client: DropClient) -> None:
    for path, body in FILES.items():
        client.drop(path, body)
    (video,) = client.videos.values()
    client.app.delete(client.account_id, video.video_id)
    client.drop("Trips/day/clip.mp4")
    (again,) = client.videos.values()
    assert (again.title, len(again.subtitles)) == ("Rome", 1)
