"""Functions run as they are deployed, wired by the real bootstrap to a world in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cinedex.bootstrap import doors

from tests.support.api import Api
from tests.support.memory.house import House
from tests.support.memory.world import ToldDetector, ToldViewer
from tests.support.ready_videos import WordVectors


def behind(house: House) -> dict[str, object]:
    """What stands behind each door of the product."""
    return {
        "videos": house.videos,
        "collections": house.collections,
        "runs": house.runs,
        "api_keys": house.keys,
        "timeline": house.timeline,
        "progress": house.progress,
        "media_store": house.media,
        "partial_uploads": house.partial,
        "result_store": house.results,
        "analysis_runner": house.runner,
        "media_fetcher": house.fetcher,
        "moment_index": house.moments,
        "index_versions": house.versions,
        "backfills": house.backfills,
        "text_embedder": WordVectors(),
        "request_counter": house.counter,
        "request_memory": house.memory,
        "ranked_lists": house.lists,
        "usage_ledger": house.usage,
        "erasures": house.erasures,
        "prompted_detector": ToldDetector(),
        "chats": house.chats,
        "turn_log": house.chats,
        "turn_budget": house.budget,
        "frame_viewer": ToldViewer(),
    }


def _door(room: object) -> Callable[[], object]:
    return lambda: room


@pytest.fixture
def house(monkeypatch: pytest.MonkeyPatch) -> House:
    house = House()
    for door, room in behind(house).items():
        monkeypatch.setattr(doors, door, _door(room))
    monkeypatch.setattr(doors, "clock", house.clock)
    monkeypatch.setattr("functions.on_task_dead_lettered.task_answers", lambda: house.answers)
    monkeypatch.setenv("MEDIA_BUCKET", house.media.bucket)
    monkeypatch.setattr("cinedex.adapters.pyav_media_probe.PyAvMediaProbe", lambda: house.probe)
    monkeypatch.setattr("cinedex.adapters.httpx_web_download.HttpxWebDownload", lambda *_: house.web)
    return house


@pytest.fixture
def library(house: House) -> Api:
    from functions.library_api.app import handler

    return Api(handler)


@pytest.fixture
def chat(house: House) -> Api:
    from functions.chat_api.app import handler

    return Api(handler)
