"""Two hundred files, many of them alike or unusable, whose events arrive in any order and more than once."""

from __future__ import annotations

import json
import random

import pytest
from cinedex.library.domain.video import UploadStatus

from tests.support.drops import POISON, SUBTITLES, DropClient

VIDEOS, DUPLICATES, UNUSABLE, HIDDEN, SIDECARS = 110, 40, 20, 10, 20
BATCH = 4
NEXT_VERSION = b"the next version"


def files() -> dict[str, bytes]:
    """Path -> content."""
    videos = {f"{('Trips', 'TRIPS', 'Talks')[n % 3]}/day {n % 7}/clip+{n}.mp4": b"video %d" % n for n in range(VIDEOS)}
    alike = {f"Copies/{n}.mp4": b"video 1" for n in range(DUPLICATES)}
    unusable = {f"Trips/poison {n}.mp4": POISON for n in range(UNUSABLE)}
    hidden = {f"Trips/.hidden {n}.mp4": b"video" for n in range(HIDDEN)}
    described = list(videos)[:SIDECARS]
    details = {p.replace(".mp4", ".json"): json.dumps({"title": f"About {p}"}).encode() for p in described[::2]}
    subtitles = {p.replace(".mp4", ".en.srt"): SUBTITLES for p in described[1::2]}
    return videos | alike | unusable | hidden | details | subtitles


def send(client: DropClient, shuffle: random.Random) -> list[str]:
    """Puts the files, replaces some and removes some. The messages of all events, some repeated, in no order."""
    paths = list(files())
    messages = [client.put(path, body) for path, body in files().items()]
    messages += [client.put(path, NEXT_VERSION) for path in paths[20:30]]
    messages += [client.remove(path) for path in paths[30:35]]
    repeated = [message for message in messages for _ in range(shuffle.randint(1, 3))]
    shuffle.shuffle(repeated)
    return repeated


@pytest.mark.parametrize("seed", [1, 2])
def test_the_library_has_exactly_what_is_in_the_folder(client: DropClient, seed: int) -> None:
    assert len(files()) == 200
    messages = send(client, random.Random(seed))
    for at in range(0, len(messages), BATCH):
        assert client.receive(*messages[at : at + BATCH]) == []
    paths = list(files())
    removed, replaced, described = set(paths[30:35]), set(paths[20:30]), paths[:SIDECARS]
    usable = {p for p in paths[: VIDEOS + DUPLICATES] if p not in removed}
    videos = client.videos
    assert set(videos) == usable
    assert len(client.app.videos.list(client.account_id)) == len(usable)
    assert {v.status for v in videos.values()} == {UploadStatus.UPLOADED}
    assert {p for p, v in videos.items() if v.media.size_bytes == len(NEXT_VERSION)} == replaced
    groups = client.groups()
    assert sorted(name.casefold() for name in groups.values()) == ["copies", "talks", "trips"]
    assert all(groups[str(v.collection_id)].casefold() == p.split("/")[0].casefold() for p, v in videos.items())
    assert {p: v.title for p, v in videos.items() if v.title} == {p: f"About {p}" for p in described[::2]}
    assert {p for p, v in videos.items() if v.subtitles} == set(described[1::2])
    assert set(client.rejected) == {f"Trips/poison {n}.mp4" for n in range(UNUSABLE)}
    counts = client.app.drops.counts(client.account_id)
    assert (counts.ready, counts.rejected) == (len(usable), UNUSABLE)
