"""Runs the functions as they are deployed, with the real bootstrap and adapters in memory."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from cinedex.bootstrap import access, drop_providers, events, providers, webhooks
from cinedex.library.domain.video import Video

from tests.support.api import Api
from tests.support.golden import ACCOUNT
from tests.support.memory.access import MemoryTokenBudget
from tests.support.memory.app_fixture import InMemoryApp
from tests.support.memory.scenario import FakeFrameAnalyzer, FakePromptedDetector
from tests.support.ready_videos import WordVectors


def adapters(memory_app: InMemoryApp) -> dict[str, object]:
    """The adapter in memory for each provider."""
    return {
        "videos": memory_app.videos,
        "collections": memory_app.collections,
        "runs": memory_app.runs,
        "api_keys": memory_app.keys,
        "key_uses": memory_app.key_uses,
        "timeline": memory_app.timeline,
        "progress": memory_app.progress,
        "media_store": memory_app.media,
        "multipart_uploads": memory_app.partial,
        "result_store": memory_app.results,
        "analysis_runner": memory_app.runner,
        "media_fetcher": memory_app.fetcher,
        "segment_index": memory_app.moments,
        "index_versions": memory_app.versions,
        "reindexing": memory_app.reindexing,
        "all_videos": memory_app.all_videos,
        "collection_jobs": memory_app.jobs,
        "list_backfill": memory_app.list_backfill,
        "text_embedder": WordVectors(),
        "rate_limiter": memory_app.rate_limiter,
        "idempotency_store": memory_app.idempotency,
        "search_snapshots": memory_app.lists,
        "usage_ledger": memory_app.usage,
        "pending_deletions": memory_app.pending_deletions,
        "prompted_detector": FakePromptedDetector(),
        "chats": memory_app.chats,
        "turn_log": memory_app.chats,
        "turn_budget": memory_app.budget,
        "video_budget": memory_app.video_budget,
        "token_budget": MemoryTokenBudget(memory_app.usage),
        "frame_analyzer": FakeFrameAnalyzer(),
    }


def webhook_adapters(memory_app: InMemoryApp) -> dict[str, object]:
    return {
        "webhooks": memory_app.webhooks,
        "deliveries": memory_app.deliveries,
        "delivery_queue": memory_app.delivery_queue,
        "slots": memory_app.slots,
        "webhook_sender": memory_app.receiver,
    }


def drop_adapters(memory_app: InMemoryApp) -> dict[str, object]:
    return {
        "collection_policies": memory_app.policies,
        "drops": memory_app.drops,
        "drop_backfills": memory_app.drop_backfills,
        "drop_folder": memory_app.drop_folder,
        "drop_queue": memory_app.drop_queue,
    }


def _provider(adapter: object) -> Callable[[], object]:
    return lambda: adapter


@pytest.fixture
def memory_app(monkeypatch: pytest.MonkeyPatch) -> InMemoryApp:
    memory_app = InMemoryApp()
    for provider, adapter in adapters(memory_app).items():
        monkeypatch.setattr(providers, provider, _provider(adapter))
    for provider, adapter in drop_adapters(memory_app).items():
        monkeypatch.setattr(drop_providers, provider, _provider(adapter))
    monkeypatch.setattr(providers, "clock", memory_app.clock)
    monkeypatch.setattr(events, "event_log", _provider(memory_app.event_log))
    for provider, adapter in webhook_adapters(memory_app).items():
        monkeypatch.setattr(webhooks, provider, _provider(adapter))
    monkeypatch.setattr("functions.on_task_dead_lettered.task_callback", lambda: memory_app.answers)
    monkeypatch.setattr("functions.deliver_webhook.delivery_queue", lambda: memory_app.delivery_queue)
    access.record_key_use.cache_clear()
    access.lease_requests.cache_clear()
    monkeypatch.setenv("MEDIA_BUCKET", memory_app.media.bucket)
    monkeypatch.setattr("cinedex.adapters.pyav.media_probe.PyAvMediaProbe", lambda: memory_app.probe)
    monkeypatch.setattr("cinedex.adapters.web.download.HttpxWebDownload", lambda *_: memory_app.web)
    return memory_app


@pytest.fixture
def video(memory_app: InMemoryApp) -> Video:
    return memory_app.analysed(account_id=ACCOUNT, name="Tour")


@pytest.fixture
def library(memory_app: InMemoryApp) -> Api:
    from functions.library_api import handler

    return Api(handler)


@pytest.fixture
def chat(memory_app: InMemoryApp) -> Api:
    from functions.chat_api import handler

    return Api(handler)
