"""What the emulator acknowledged survives SIGKILL at once, and a full disk refuses a write as a whole."""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import BotoCoreError, ClientError

from tests.support.emulator import BUCKET, TABLE, Emulator
from tests.support.small_disk import fill, small_disk

MEBIBYTE = 1024 * 1024
OBJECT_BYTES = 100_000
TRIES = int(os.environ.get("CINEDEX_KILL_TRIES", "3"))


@pytest.fixture
def emulator(tmp_path: Path) -> Iterator[Emulator]:
    running = Emulator(tmp_path)
    running.create_table()
    running.client("s3").create_bucket(Bucket=BUCKET)
    yield running
    running.end_by(signal.SIGTERM)


def test_every_kind_of_write_to_a_table_survives_a_kill_right_after_its_response(emulator: Emulator) -> None:
    dynamodb = emulator.client("dynamodb")
    for pk in ("put", "updated", "deleted", "batch deleted"):
        dynamodb.put_item(TableName=TABLE, Item=_item(pk, 1))
    emulator.kill_and_start()
    dynamodb.update_item(
        TableName=TABLE,
        Key={"pk": {"S": "updated"}},
        UpdateExpression="ADD n :one",
        ExpressionAttributeValues={":one": {"N": "1"}},
    )
    dynamodb.delete_item(TableName=TABLE, Key={"pk": {"S": "deleted"}})
    requests = [{"PutRequest": {"Item": _item("batch", 1)}}, {"DeleteRequest": {"Key": {"pk": {"S": "batch deleted"}}}}]
    dynamodb.batch_write_item(RequestItems={TABLE: requests})
    dynamodb.transact_write_items(
        TransactItems=[{"Put": {"TableName": TABLE, "Item": _item(pk, 1)}} for pk in ("both", "of them")]
    )
    emulator.kill_and_start()
    assert _numbers(emulator) == {"put": 1, "updated": 2, "batch": 1, "both": 1, "of them": 1}


def test_objects_and_their_replacements_survive_a_kill_right_after_the_response(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    for body in (b"first", b"second"):
        s3.put_object(Bucket=BUCKET, Key="a/b c.mp4", Body=body, ContentType="video/mp4")
        s3.put_object(Bucket=BUCKET, Key="deleted", Body=body)
        emulator.kill_and_start()
        stored = s3.get_object(Bucket=BUCKET, Key="a/b c.mp4")
        assert (stored["Body"].read(), stored["ContentType"]) == (body, "video/mp4")
    s3.delete_object(Bucket=BUCKET, Key="deleted")
    emulator.kill_and_start()
    assert [stored["Key"] for stored in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["a/b c.mp4"]


def test_the_parts_of_an_upload_survive_a_kill_and_so_does_its_completion(emulator: Emulator) -> None:
    s3 = emulator.client("s3")
    target = {"Bucket": BUCKET, "Key": "long.mp4"}
    upload = {**target, "UploadId": s3.create_multipart_upload(**target, ContentType="video/mp4")["UploadId"]}
    bodies = {number: os.urandom(MEBIBYTE) for number in (1, 2, 3)}
    parts = []
    for number, body in bodies.items():
        etag = s3.upload_part(**upload, PartNumber=number, Body=body)["ETag"]
        parts.append({"PartNumber": number, "ETag": etag})
        emulator.kill_and_start()
        assert [part["PartNumber"] for part in s3.list_parts(**upload)["Parts"]] == list(range(1, number + 1))
    s3.complete_multipart_upload(**upload, MultipartUpload={"Parts": parts})
    emulator.kill_and_start()
    stored = s3.get_object(**target)
    assert stored["ContentType"] == "video/mp4"
    assert stored["Body"].read() == b"".join(bodies.values())
    assert s3.get_object(**target, Range="bytes=5-9")["Body"].read() == bodies[1][5:10]
    assert s3.list_multipart_uploads(Bucket=BUCKET).get("Uploads", []) == []


def test_a_kill_in_the_middle_of_concurrent_writes_loses_no_response_and_halves_nothing(emulator: Emulator) -> None:
    """CINEDEX_KILL_TRIES sets the number of kills."""
    bodies: dict[str, bytes] = {}
    for round_number in range(TRIES):
        acknowledged = _write_until_killed(emulator, round_number, bodies)
        stored = set(_numbers(emulator))
        assert len(acknowledged) > 20
        assert {f"{prefix}{name}" for name in acknowledged for prefix in ("a", "b")} <= stored
        assert {pk[1:] for pk in stored if pk[0] == "a"} == {pk[1:] for pk in stored if pk[0] == "b"}
        objects = _objects(emulator)
        assert bodies.items() <= objects.items()
        assert {len(body) for body in objects.values()} <= {OBJECT_BYTES}


def test_a_full_disk_refuses_writes_and_serves_reads_and_needs_no_restart_when_it_has_space_again(
    disk: Path,
) -> None:
    emulator = Emulator(disk)
    try:
        emulator.create_table()
        s3, dynamodb = emulator.client("s3"), emulator.client("dynamodb")
        s3.create_bucket(Bucket=BUCKET)
        s3.put_object(Bucket=BUCKET, Key="kept", Body=b"kept")
        dynamodb.put_item(TableName=TABLE, Item=_item("kept", 1))
        filler = fill(disk)
        _require_refusal(lambda: s3.put_object(Bucket=BUCKET, Key="refused", Body=os.urandom(MEBIBYTE)))
        for _ in range(2000):
            if _is_refused(lambda: dynamodb.put_item(TableName=TABLE, Item=_item("refused", 1, "x" * 200_000))):
                break
        else:
            pytest.fail("the table stored more than the disk has space for")
        kept = set(_numbers(emulator))
        _require_refusal(lambda: s3.put_object(Bucket=BUCKET, Key="kept", Body=os.urandom(MEBIBYTE)))
        assert s3.get_object(Bucket=BUCKET, Key="kept")["Body"].read() == b"kept"
        assert [stored["Key"] for stored in s3.list_objects_v2(Bucket=BUCKET)["Contents"]] == ["kept"]
        emulator.kill_and_start()
        assert set(_numbers(emulator)) == kept
        assert s3.get_object(Bucket=BUCKET, Key="kept")["Body"].read() == b"kept"
        filler.unlink()
        dynamodb.put_item(TableName=TABLE, Item=_item("after", 1))
        s3.put_object(Bucket=BUCKET, Key="after", Body=b"after")
        emulator.kill_and_start()
        assert "after" in _numbers(emulator)
        assert s3.get_object(Bucket=BUCKET, Key="after")["Body"].read() == b"after"
    finally:
        emulator.end_by(signal.SIGTERM)


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    with small_disk(tmp_path / "disk", 24) as mounted:
        if not mounted:
            pytest.skip("only root may mount a small file system, and this machine has to let it")
        yield tmp_path / "disk"


def _is_refused(write: Any) -> bool:
    """507 with a sentence that names the disk; any other error fails the test."""
    try:
        write()
    except ClientError as error:
        described, status = error.response["Error"], error.response["ResponseMetadata"]["HTTPStatusCode"]
        if (described["Code"], status, "disk" in described["Message"]) != ("InsufficientStorage", 507, True):
            raise
        return True
    return False


def _require_refusal(write: Any) -> None:
    assert _is_refused(write)


def _write_until_killed(emulator: Emulator, round_number: int, bodies: dict[str, bytes]) -> list[str]:
    """Transactions of three clients and objects of another; returns the names of acknowledged transactions."""
    acknowledged: list[str] = []
    enough = threading.Event()

    def transact(worker: int) -> None:
        client = emulator.client("dynamodb")
        with suppress(BotoCoreError, ClientError):
            for number in range(100_000):
                name = f"-{round_number}-{worker}-{number}"
                puts = [{"Put": {"TableName": TABLE, "Item": _item(prefix + name, 1)}} for prefix in "ab"]
                client.transact_write_items(TransactItems=puts)
                acknowledged.append(name)
                if len(acknowledged) > 40:
                    enough.set()

    def store(_worker: int) -> None:
        client = emulator.client("s3")
        with suppress(BotoCoreError, ClientError):
            for number in range(100_000):
                key, body = f"{round_number}/{number % 10}", os.urandom(OBJECT_BYTES)
                bodies.pop(key, None)  # while it is replaced, it may be the old or the new one
                client.put_object(Bucket=BUCKET, Key=key, Body=body)
                bodies[key] = body

    writers = [threading.Thread(target=act, args=(w,)) for w, act in enumerate([transact] * 3 + [store])]
    for writer in writers:
        writer.start()
    assert enough.wait(60)
    time.sleep(random.uniform(0, 0.5))
    emulator.end_by(signal.SIGKILL)
    for writer in writers:
        writer.join()
    emulator.start()
    return acknowledged


def _objects(emulator: Emulator) -> dict[str, bytes]:
    s3 = emulator.client("s3")
    listed = s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])
    return {stored["Key"]: s3.get_object(Bucket=BUCKET, Key=stored["Key"])["Body"].read() for stored in listed}


def _item(pk: str, number: int, text: str = "") -> dict[str, Any]:
    return {"pk": {"S": pk}, "n": {"N": str(number)}} | ({"text": {"S": text}} if text else {})


def _numbers(emulator: Emulator) -> dict[str, int]:
    pages = emulator.client("dynamodb").get_paginator("scan").paginate(TableName=TABLE)
    return {item["pk"]["S"]: int(item["n"]["N"]) for page in pages for item in page["Items"]}
