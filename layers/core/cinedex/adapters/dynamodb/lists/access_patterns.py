"""Every read and write of the adapters: its key or index, what it costs, and what bounds it.

A read unit is one consistent read of 4 KB, a write unit is one write of 1 KB; in a transaction a write counts twice.
`docs/13-scale.md` has the same table. A test compares both with the code.
"""

from __future__ import annotations

from typing import NamedTuple


class AccessPattern(NamedTuple):
    """`method` is a public method of an adapter, and `where` the entity of `keys`, or an index."""

    method: str
    where: str
    units: str
    bound: str


ACCESS_PATTERNS = tuple(
    AccessPattern(*row)
    for row in (
        # Videos
        ("StoredVideos.get", "video", "1 read", "one item"),
        ("StoredVideos.get_many", "video", "1 read per video", "the ids of the request"),
        (
            "StoredVideos.add",
            "video, lists, counts",
            "12 to 16 writes",
            "one transaction; into a group: a check of it, 2 units per KB",
        ),
        (
            "StoredVideos.save",
            "video",
            "1 read, 2 writes",
            "one item; status, name, group: as `add`; event: 3 more",
        ),
        ("StoredVideos.delete", "video, lists, counts, outbox", "1 read, 15 to 19 writes", "one transaction"),
        ("StoredVideos.page", "video, or a list and video", "1 read per video", "1,000 videos per page"),
        ("StoredVideos.count", "count of a list", "1 read", "8 items"),
        ("StoredVideos.list", "video", "1 read per video", "**the account**; not for requests"),
        ("StoredVideos.enter", "video, lists, counts", "2 reads, 12 to 16 writes", "once per video, in the backfill"),
        ("StoredVideos.list_uploading", "ByWork", "1 read per video", "unfinished videos"),
        ("StoredVideos.list_in_flight", "ByWork", "1 read per video", "unfinished videos"),
        # Collections
        ("StoredCollections.get", "collection", "1 read", "one item of up to 64 KB"),
        ("StoredCollections.get_many", "collection", "1 read per collection", "the ids of the request"),
        ("StoredCollections.add", "collection, name, count", "1 read, 6 writes", "one transaction"),
        ("StoredCollections.save", "collection, name", "1 read, 1 write", "one item; a new name: a transaction"),
        ("StoredCollections.delete", "collection, name, count", "2 reads, 6 writes", "one transaction"),
        ("StoredCollections.page", "collection, or its name", "1 read per collection", "1,000 collections per page"),
        ("StoredCollections.count", "count of a list", "1 read", "8 items"),
        ("StoredCollections.list", "collection", "1 read per collection", "**the account**; only before the backfill"),
        ("StoredCollections.enter", "collection, name, count", "2 reads, 4 writes", "once, in the backfill"),
        # Jobs
        ("StoredCollectionJobs.add", "collection job", "1 write", "one item"),
        ("StoredCollectionJobs.get", "collection job", "1 read", "one item"),
        ("StoredCollectionJobs.save", "collection job", "1 write", "one per 50 videos"),
        ("StoredCollectionJobs.page", "collection job", "1 read per 8 jobs", "1,000 jobs per page"),
        ("StoredCollectionJobs.list_open", "ByWork", "1 read per 8 jobs", "open jobs"),
        # Policies
        ("StoredCollectionPolicies.find", "policy", "1 read", "one item"),
        ("StoredCollectionPolicies.save", "policy", "1 write", "one item; in the sweep one per 50 videos"),
        ("StoredCollectionPolicies.delete", "policy", "1 write", "one item"),
        ("StoredCollectionPolicies.list_retaining", "ByWork", "1 read per 8 policies", "policies with a retention"),
        # Dropped files
        ("StoredDrops.find", "dropped file", "1 read", "one item"),
        ("StoredDrops.find_many", "dropped file", "1 read per file", "500 files of a page of a backfill"),
        ("StoredDrops.of_stem", "dropped file", "1 read per 4 files", "a video and its sidecars"),
        ("StoredDrops.save", "dropped file, lists, counts", "2 to 12 writes", "one transaction of up to 6 items"),
        ("StoredDrops.counts", "count of a list", "2 reads", "16 items"),
        ("StoredDrops.page", "entry of a list of dropped files", "1 read per 4 files", "1,000 files per page"),
        ("StoredDropBackfills.add", "drop backfill", "1 write", "one item"),
        ("StoredDropBackfills.get", "drop backfill", "1 read", "one item"),
        ("StoredDropBackfills.save", "drop backfill", "1 write", "one per 500 objects"),
        ("StoredDropBackfills.page", "drop backfill", "1 read per 4 jobs", "1,000 jobs per page, of the last 30 days"),
        ("StoredDropBackfills.list_open", "ByWork", "1 read per 4 jobs", "open jobs; every minute"),
        # Lists
        ("DynamoDbCounts.addition", "count of a list", "2 writes", "one of 8 items, in a transaction"),
        ("DynamoDbCounts.read", "count of a list", "1 read", "8 items"),
        ("StoredAccounts.register", "account with a library", "1 write", "once per process and account"),
        ("StoredAccounts.after", "account with a library", "1 read per 40 accounts", "the accounts; in the background"),
        ("StoredListState.is_done", "state of the list backfill", "1 read", "until it is done, then no read"),
        ("StoredListState.read", "state of the list backfill", "1 read", "one item"),
        ("StoredListState.save", "state of the list backfill", "1 write", "one per page of the backfill"),
        ("DynamoDbListBackfill.page", "scan", "1 read per 4 KB", "1,000 items per page; the table once in its life"),
        # Keys, limits, idempotency
        ("StoredApiKeys.add", "API key, API key by its secret", "4 writes", "two items"),
        ("StoredApiKeys.save", "API key, API key by its secret", "4 writes", "two items"),
        ("StoredApiKeys.find", "API key by its secret", "1 read", "one item per request"),
        ("StoredApiKeys.get", "API key", "1 read", "one item"),
        ("StoredApiKeys.page", "API key", "1 read per 8 keys", "1,000 keys per page"),
        ("DynamoDbKeyUses.record", "last use of an API key", "1 write", "once an hour per key and process"),
        ("DynamoDbKeyUses.last_used", "last use of an API key", "1 read per key", "the keys of a page"),
        ("DynamoDbRateLimiter.take", "requests of an API key", "1 write", "one item; a busy key is leased, see below"),
        ("DynamoDbIdempotencyStore.find", "idempotency record", "1 to 3 reads", "three keys"),
        ("DynamoDbIdempotencyStore.reserve", "idempotency record", "1 read, 1 write", "one item"),
        ("DynamoDbIdempotencyStore.complete", "idempotency record", "1 write per KB", "380 KB"),
        ("DynamoDbIdempotencyStore.release", "idempotency record", "1 write", "one item"),
        # Usage and budgets
        ("DynamoDbUsageLedger.count", "operations of a day", "1 write", "one of 16 items"),
        ("DynamoDbUsageLedger.add", "usage of a day, mark", "1 read, 4 writes", "one per analysis"),
        ("DynamoDbUsageLedger.read", "usage, operations of a day", "1 read per 2 days", "366 days"),
        ("DynamoDbTokenBudget.reserve", "usage of a day", "1 write", "one per rewritten query"),
        ("DynamoDbTokenBudget.settle", "usage of a day", "1 write", "one per rewritten query"),
        ("DynamoDbTurnBudget.reserve", "usage of a day", "1 write", "one per turn, limited by the budget"),
        ("DynamoDbTurnBudget.release", "usage of a day", "1 write", "one per turn"),
        ("DynamoDbTurnBudget.settle", "usage of a day, mark", "1 read, 4 writes", "one per turn"),
        ("DynamoDbVideoBudget.charge", "usage of a day, mark", "2 reads, 6 writes", "one per analysis"),
        ("DynamoDbVideoBudget.used_ms", "usage of a day", "1 read", "one item"),
        # Analysis
        ("StoredRuns.open", "video, analysis run, outbox", "7 writes", "one transaction"),
        ("StoredRuns.get", "analysis run", "1 read", "one item"),
        ("StoredRuns.advance", "analysis run", "1 write", "one item; after a wait for a budget: as `end`"),
        ("StoredRuns.end", "analysis run, outbox", "1 read, 5 writes", "one transaction"),
        ("StoredRuns.close", "analysis run", "1 write", "one item"),
        ("StoredRuns.list_open", "ByWork", "1 read per run", "open runs"),
        ("StoredRuns.list_of", "analysis run", "1 read", "open runs of a video"),
        ("StoredRuns.forget", "partition of the runs of a video", "1 write per item", "runs and marks of a video"),
        ("DynamoDbProgress.report", "progress of a run", "1 write", "one item per run"),
        ("DynamoDbProgress.read", "progress of a run", "1 read", "one item"),
        ("DynamoDbProgress.began_at", "progress of a run", "1 read", "one item"),
        ("DynamoDbProgress.forget", "progress of a run", "1 write", "one item"),
        ("DynamoDbTimeline.replace", "entry of a track, head", "1 write per KB", "entries of a track of a video"),
        ("DynamoDbTimeline.page", "entry of a track", "1 read per 4 KB", "500 entries"),
        ("DynamoDbTimeline.entries", "entry of a track", "1 read per 4 KB", "entries of a track of a video"),
        ("DynamoDbTimeline.delete", "partition of the tracks of a video", "1 write per entry", "entries of a video"),
        ("StoredPendingDeletions.add", "pending deletion", "1 write", "one item"),
        ("StoredPendingDeletions.remove", "pending deletion", "1 write", "one item"),
        ("StoredPendingDeletions.list", "ByWork", "1 read per 8 deletions", "deletions of about the last day"),
        # Events
        ("StoredEventLog.pending", "event in the outbox", "1 read per 4 events", "25 events"),
        ("StoredEventLog.settle", "outbox, event log, its head", "1 read, 5 writes per event and 2", "25 events"),
        ("StoredEventLog.waiting", "ByWork", "1 read per 8 events", "1,000 events; every minute"),
        ("StoredEventLog.after", "event of the log", "1 read per 4 KB", "the events of a page"),
        ("StoredEventLog.last_sequence", "head of the event log", "1 read", "one item"),
        # Webhooks
        ("StoredWebhooks.add", "webhook", "1 write", "one item"),
        ("StoredWebhooks.find", "webhook", "1 read", "one item"),
        ("StoredWebhooks.get", "webhook", "1 read", "one item"),
        ("StoredWebhooks.save", "webhook", "1 write", "one item; of a busy webhook once a minute"),
        ("StoredWebhooks.delete", "webhook", "1 write", "one item"),
        ("StoredWebhooks.list", "webhook", "1 read per 4 webhooks", "50 webhooks; once for 25 events"),
        ("StoredDeliveries.add", "delivery to a webhook", "2 writes", "one item per event and webhook"),
        ("StoredDeliveries.find", "delivery to a webhook", "1 read", "one item"),
        ("StoredDeliveries.save", "delivery to a webhook", "2 writes", "twice per attempt"),
        ("StoredDeliveries.page", "delivery to a webhook", "1 read per 2 deliveries", "1,000 deliveries"),
        ("DynamoDbSlots.take", "slot of an owner", "1 write", "the slots of an owner, at most 20"),
        ("DynamoDbSlots.release", "slot of an owner", "1 write", "one item"),
        # Search
        ("StoredReindexing.find", "reindexing state", "1 read", "one item"),
        ("StoredReindexing.save", "reindexing state", "1 write", "one per page"),
        ("StoredReindexing.remove", "reindexing state", "1 write", "one item"),
        ("StoredIndexUpdates.add", "pending index update", "1 write", "one item per change"),
        ("StoredIndexUpdates.remove", "pending index update", "1 write", "one item"),
        ("StoredIndexUpdates.list", "ByWork", "1 read per update", "pending updates; every minute"),
        ("DynamoDbAllVideos.page", "account, then video", "1 read per video", "a page; a scan before the backfill"),
        ("DynamoDbSearchSnapshots.save", "search snapshot", "1 write per KB", "one item"),
        ("DynamoDbSearchSnapshots.find", "search snapshot", "1 read per 4 KB", "one item"),
        # Chat
        ("DynamoDbChatStore.add_session", "chat session", "1 to 4 writes", "one transaction"),
        ("DynamoDbChatStore.get_session", "chat session", "1 read", "one item"),
        ("DynamoDbChatStore.list_sessions", "chat session", "1 read per 8 sessions", "100 sessions"),
        ("DynamoDbChatStore.delete_session", "chat turn and its log", "1 write per item", "turns of a session"),
        ("DynamoDbChatStore.add_turn", "chat turn, session, log", "8 writes", "one transaction"),
        ("DynamoDbChatStore.get_turn", "chat turn", "1 read", "one item"),
        ("DynamoDbChatStore.list_turns", "chat turn", "1 read per 2 turns", "100 turns"),
        ("DynamoDbChatStore.list_latest_turns", "chat turn", "1 read per 2 turns", "50 turns"),
        ("DynamoDbChatStore.list_open_turns", "ByWork", "1 read per 2 turns", "open turns"),
        ("DynamoDbChatStore.lease", "chat turn", "1 write", "one item"),
        ("DynamoDbChatStore.renew", "chat turn", "1 write", "one item"),
        ("DynamoDbTurnLog.append", "event, step of a turn", "1 to 4 writes per KB", "one slot"),
        ("DynamoDbTurnLog.append_requests", "event, step of a turn", "1 to 4 writes per KB", "one slot"),
        ("DynamoDbTurnLog.events", "event of a turn", "1 read per 4 KB", "events of a turn"),
        ("DynamoDbTurnLog.last_sequence", "event of a turn", "1 read", "one item"),
        ("DynamoDbTurnLog.steps", "step of a turn", "1 read per 4 KB", "steps of a turn"),
        ("DynamoDbTurnLog.erase", "log of a turn", "1 write per item", "items of a turn"),
    )
)
