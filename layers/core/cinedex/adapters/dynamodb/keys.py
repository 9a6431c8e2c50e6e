"""Every item of the table: its keys, its index entry, its expiry and how it is read.

No other module spells a key, except for `events/event_keys.py`.

`A#{account_id}` is the partition of an account. Ids are UUIDv7, which sort by creation time, so a query of a
partition in descending order lists the newest item first. A test checks that no two items can have the same key.
`lists/access_patterns.py` has every read and write with its cost and its bound.
"""

from __future__ import annotations

import re
from datetime import date

from cinedex.adapters.dynamodb.items import Key, KeyPattern

WORK_INDEX = "ByWork"
"""Index of unfinished work: partition key `work`, sort key `since`. Items without `work` are not in it."""
TURN_WORK = "turn"
DELIMITER = "#"
ENTRY_CURSOR = re.compile(rf"\d{{10}}{DELIMITER}\d{{8}}")
LAST_ID = "~"
"""Sorts after every id."""

VIDEO = KeyPattern(
    "video", "A#{account_id}", "V#{video_id}", "by id; of an account; unfinished ones by age", work="upload"
)
COLLECTION = KeyPattern("collection", "A#{account_id}", "C#{collection_id}", "by id; of an account")
JOB = KeyPattern(
    "collection job", "A#{account_id}", "J#{job_id}", "by id; of an account; unfinished ones by age", work="job"
)
API_KEY = KeyPattern("API key", "A#{account_id}", "K#{key_id}", "of an account")
API_KEY_BY_SECRET = KeyPattern("API key by its secret", "K#{secret_sha256}", "KEY", "by the hash of the secret")
API_KEY_USE = KeyPattern("last use of an API key", "KU#{key_id}", "USE", "by key")
DAY_USAGE = KeyPattern("usage of a day", "A#{account_id}", "U#{day}", "of an account, a range of days")
DAY_OPERATIONS = KeyPattern(
    "operations of a day", "A#{account_id}", "U#{day}#{shard:02d}", "of an account, a range of days"
)
SESSION = KeyPattern("chat session", "A#{account_id}", "CHAT#{session_id}", "by id; of an account")
RUN = KeyPattern("analysis run", "V#{video_id}", "RUN#{run_id}", "by id; of a video; all by age", work="run")
PROGRESS = KeyPattern("progress of a run", "V#{video_id}", "PROGRESS#{run_id}", "by run", ttl="7 days after a report")
LEDGER_MARK = KeyPattern(
    "mark: entry is in the ledger or charged to a budget",
    "V#{owner_id}",
    "METERED#{event_id}",
    "by owner and event",
    ttl="2 days after the day of a charge",
)
PENDING_DELETION = KeyPattern("pending deletion", "E#{video_id}", "ERASURE", "all by age", work="erase")
INDEX_UPDATE = KeyPattern("pending index update", "X#{video_id}", "INDEX#{update_id}", "all by age", work="index")
TRACK = KeyPattern("head of a track", "T#{video_id}", "{track}#{generation:06d}", "by track")
TRACK_ENTRY = KeyPattern(
    "entry of a track",
    "T#{video_id}",
    "{track}#{generation:06d}#{start_ms:010d}#{index:08d}",
    "of a track, a range of time",
)
STANDALONE = "1 day for a standalone turn, whose session_id is its turn_id"
TURN = KeyPattern(
    "chat turn",
    "CHAT#{session_id}",
    "T#{turn_id}",
    "by id; of a session; open ones by age",
    work=TURN_WORK,
    ttl=STANDALONE,
)
TURN_EVENT = KeyPattern(
    "event of a turn",
    "TURN#{turn_id}",
    "E#{sequence:06d}",
    "of a turn, in order",
    ttl=f"1 day after a deletion; {STANDALONE}",
)
TURN_STEP = KeyPattern("step of a turn", "TURN#{turn_id}", "S#{sequence:06d}", "of a turn, in order", ttl=STANDALONE)
TURN_PART = KeyPattern(
    "rest of a long event or step",
    "TURN#{turn_id}",
    "P#{slot}#{attempt:04d}#{part:04d}",
    "with its event or step",
    ttl=STANDALONE,
)
TURN_METERED = KeyPattern("mark: turn is settled", "TURN#{turn_id}", "METERED", "by turn", ttl="2 days after its day")
RATE_WINDOW = KeyPattern("requests of an API key", "L#{key_id}", "WINDOW", "by API key", ttl="end of the window")
IDEMPOTENCY = KeyPattern("idempotency record", "I#{key_sha256}", "RECORD", "by key", ttl="24 hours")
HTTP_RECORD = KeyPattern(
    "HTTP record before 0.2", "I#{account_id}#{context}#{value}", "REQUEST", "by key", ttl="24 hours"
)
CHAT_RECORD = KeyPattern("chat record before 0.2", "I#chat#{key_sha256}", "CLAIM", "by key", ttl="24 hours")
SNAPSHOT = KeyPattern("search snapshot", "R#{account_id}", "{snapshot_id}", "by id", ttl="15 minutes")
DROP_OBJECT = KeyPattern(
    "dropped file",
    "DS#{account_id}#{stem_id}",
    "O#{kind}#{key_id}",
    "by key; of a stem: a video and its sidecars",
    ttl="7 days for a sidecar without a video, and for a file that was removed",
)
DROP_ENTRY = KeyPattern(
    "entry of a list of dropped files",
    "DL#{account_id}#{list_name}",
    "E#{entry_id}",
    "of an account and a list, by time",
    ttl="7 days in the list of recent files",
)
DROP_BACKFILL = KeyPattern(
    "drop backfill",
    "A#{account_id}",
    "DB#{job_id}",
    "by id; of an account; unfinished ones by age",
    work="drop",
    ttl="30 days after its end",
)
POLICY = KeyPattern(
    "policy",
    "A#{account_id}",
    "P#{collection_id}",
    "of a collection or an account; those with a retention by age",
    work="retention",
)
REINDEXING = KeyPattern("reindexing state", "B#search", "BACKFILL", "the only one")

# Items that list others, and counts; `lists` writes them in the transaction of the item that they belong to.
VIDEO_OF_COLLECTION = KeyPattern(
    "video of a collection", "VC#{account_id}#{collection_id}", "V#{video_id}", "of a collection, a range of time"
)
VIDEO_BY_STATUS = KeyPattern(
    "video by status", "VS#{account_id}#{status}", "V#{video_id}", "of an account and a status, a range of time"
)
VIDEO_BY_NAME = KeyPattern("video by name", "VN#{account_id}", "N#{folded_name}\t{video_id}", "a range of names")
COLLECTION_NAME = KeyPattern("name of a collection", "CN#{account_id}", "N#{folded_name}", "by name; a range of names")
LIST_COUNT = KeyPattern("count of a list", "N#{account_id}#{list_name}", "{shard:02d}", "all shards of a list")
ACCOUNT = KeyPattern("account with a library", "B#accounts", "A#{account_id}", "all, in order")
LIST_BACKFILL = KeyPattern("state of the list backfill", "B#lists", "BACKFILL", "the only one")

PATTERNS = tuple(value for value in list(vars().values()) if isinstance(value, KeyPattern))


def account(account_id: str) -> str:
    """The partition of an account."""
    return VIDEO.key(account_id=account_id, video_id="").pk


def video(account_id: str, video_id: str) -> Key:
    return VIDEO.key(account_id=account_id, video_id=video_id)


def collection(account_id: str, collection_id: str) -> Key:
    return COLLECTION.key(account_id=account_id, collection_id=collection_id)


def job(account_id: str, job_id: str) -> Key:
    return JOB.key(account_id=account_id, job_id=job_id)


def api_key(account_id: str, key_id: str) -> Key:
    return API_KEY.key(account_id=account_id, key_id=key_id)


def api_key_by_secret(secret_sha256: str) -> Key:
    return API_KEY_BY_SECRET.key(secret_sha256=secret_sha256)


def api_key_use(key_id: str) -> Key:
    return API_KEY_USE.key(key_id=key_id)


def day_usage(account_id: str, day: date) -> Key:
    return DAY_USAGE.key(account_id=account_id, day=day.isoformat())


def day_operations(account_id: str, day: date, shard: int) -> Key:
    return DAY_OPERATIONS.key(account_id=account_id, day=day.isoformat(), shard=shard)


def session(account_id: str, session_id: str) -> Key:
    return SESSION.key(account_id=account_id, session_id=session_id)


def run(video_id: str, run_id: str) -> Key:
    return RUN.key(video_id=video_id, run_id=run_id)


def runs_of(video_id: str) -> str:
    """The partition of the runs of a video, with their progress and their marks of the ledger."""
    return RUN.key(video_id=video_id, run_id="").pk


def progress(video_id: str, run_id: str) -> Key:
    return PROGRESS.key(video_id=video_id, run_id=run_id)


def ledger_mark(owner_id: str, event_id: str) -> Key:
    return LEDGER_MARK.key(owner_id=owner_id, event_id=event_id)


def pending_deletion(video_id: str) -> Key:
    return PENDING_DELETION.key(video_id=video_id)


def index_update(video_id: str, update_id: str) -> Key:
    return INDEX_UPDATE.key(video_id=video_id, update_id=update_id)


def turn(session_id: str, turn_id: str) -> Key:
    return TURN.key(session_id=session_id, turn_id=turn_id)


def turns_of(session_id: str) -> str:
    """The partition of the turns of a session."""
    return turn(session_id, "").pk


def log_of(turn_id: str) -> str:
    """The partition of the log of a turn."""
    return turn_metered(turn_id).pk


def turn_event(turn_id: str, sequence: int) -> Key:
    return TURN_EVENT.key(turn_id=turn_id, sequence=sequence)


def turn_step(turn_id: str, sequence: int) -> Key:
    return TURN_STEP.key(turn_id=turn_id, sequence=sequence)


def turn_part(turn_id: str, slot: str, attempt: int, part: int) -> Key:
    """`slot` is the sort key of the event or step that continues in this part."""
    return TURN_PART.key(turn_id=turn_id, slot=slot, attempt=attempt, part=part)


def turn_metered(turn_id: str) -> Key:
    return TURN_METERED.key(turn_id=turn_id)


def rate_window(key_id: str) -> Key:
    return RATE_WINDOW.key(key_id=key_id)


def idempotency(key_sha256: str) -> Key:
    return IDEMPOTENCY.key(key_sha256=key_sha256)


def search_snapshot(account_id: str, snapshot_id: str) -> Key:
    return SNAPSHOT.key(account_id=account_id, snapshot_id=snapshot_id)


def reindexing() -> Key:
    return REINDEXING.key()
