"""`MediaStore`: files whole, streamed, or sent by a client piece by piece."""

from __future__ import annotations

from io import BytesIO

import pytest
from cinedex.kernel.errors import InvalidInput, NotFound
from cinedex.library.ports.media_store import MediaStore

from tests.contract.media_store.conftest import Send

MEBIBYTE = 1024**2
CHECKSUM_OF_BYTES = "J3CJ2RwL308uaGK6fkoHYFEZQx9dE/cm3TUrBvGyBqk="
ODD_KEYS = [
    "uploads/a/v/my clip (1)+%41%2F&x=y.mp4",
    "uploads/a/v/日本語 🎬.mp4",
    "uploads/a/v/..%2F..%2Fetc",
    "uploads/a/v/" + "é" * 256 + ".mp4",
    'uploads/a/v/it\'s "quoted" #1?.mp4',
]


@pytest.mark.parametrize("key", ODD_KEYS)
def test_a_file_is_found_under_any_key(media: MediaStore, key: str) -> None:
    stored = media.put(key, BytesIO(b"bytes"), "video/mp4")
    assert (stored.bucket, stored.key, stored.size_bytes) == (media.bucket, key, 5)
    assert media.find(key) == stored


def test_a_file_that_is_not_there_is_not_found(media: MediaStore) -> None:
    assert media.find("uploads/a/v/clip.mp4") is None


def test_the_etag_names_the_bytes(media: MediaStore) -> None:
    first = media.put("k", BytesIO(b"one"), "video/mp4")
    assert media.put("k", BytesIO(b"two"), "video/mp4").etag != first.etag
    assert media.put("k", BytesIO(b"one"), "video/mp4").etag == first.etag


def test_a_small_file_is_sent_in_one_piece(media: MediaStore, send: Send) -> None:
    ticket = media.presigned_upload("uploads/a/v/clip 1.mp4", 5, "video/mp4")
    assert (ticket.method, ticket.parts, ticket.upload_id) == ("single", (), None)
    send(ticket.url or "", b"bytes")
    stored = media.find("uploads/a/v/clip 1.mp4")
    assert stored is not None
    assert stored.size_bytes == 5


def test_a_large_file_is_sent_in_parts_in_any_order(media: MediaStore, send: Send) -> None:
    key, size = "uploads/a/v/clip 1.mp4", 33 * MEBIBYTE
    ticket = media.presigned_upload(key, size, "video/mp4")
    assert ticket.method == "multipart"
    assert ticket.part_size_bytes is not None
    assert len(ticket.parts) * ticket.part_size_bytes >= size > (len(ticket.parts) - 1) * ticket.part_size_bytes
    bodies = {p.part_number: b"x" * (5 * MEBIBYTE) for p in ticket.parts}
    sent = [(p.part_number, send(p.url, bodies[p.part_number])) for p in ticket.parts]
    media.complete_upload(key, ticket.upload_id or "", sent[::-1])
    stored = media.find(key)
    assert stored is not None
    assert stored.size_bytes == sum(map(len, bodies.values()))


def test_an_upload_is_no_file_before_it_is_completed(media: MediaStore, send: Send) -> None:
    ticket = media.presigned_upload("k", 17 * MEBIBYTE, "video/mp4")
    send(ticket.parts[0].url, b"x")
    assert media.find("k") is None


@pytest.mark.parametrize("parts", [[], [(1, '"wrong"')], [(7, '"wrong"')]])
def test_parts_that_do_not_make_up_the_upload_are_refused(media: MediaStore, parts: list[tuple[int, str]]) -> None:
    ticket = media.presigned_upload("k", 17 * MEBIBYTE, "video/mp4")
    with pytest.raises(InvalidInput, match="cannot be completed"):
        media.complete_upload("k", ticket.upload_id or "", parts)


def test_the_urls_of_an_upload_in_parts_are_signed_again(media: MediaStore, send: Send) -> None:
    first = media.presigned_upload("k", 17 * MEBIBYTE, "video/mp4")
    again = media.presigned_upload("k", 17 * MEBIBYTE, "video/mp4", upload_id=first.upload_id)
    assert (again.upload_id, again.part_size_bytes, len(again.parts)) == (first.upload_id, first.part_size_bytes, 2)
    send(again.parts[1].url, b"x")
    assert [part.number for part in media.uploaded_parts("k", first.upload_id or "")] == [2]


def test_the_stored_parts_of_an_upload_are_listed_with_their_size_and_gaps(media: MediaStore, send: Send) -> None:
    ticket = media.presigned_upload("k", 49 * MEBIBYTE, "video/mp4")
    etags = {n: send(ticket.parts[n - 1].url, b"x" * n) for n in (3, 1)}
    parts = media.uploaded_parts("k", ticket.upload_id or "")
    assert [(p.number, p.size_bytes, p.is_named(etags[p.number])) for p in parts] == [(1, 1, True), (3, 3, True)]


def test_the_checksum_of_a_stored_file_is_in_base64(media: MediaStore) -> None:
    stored = media.put("uploads/a/v/clip 1.mp4", BytesIO(b"bytes"), "video/mp4")
    assert media.sha256(stored) == CHECKSUM_OF_BYTES
    with pytest.raises(NotFound):
        media.sha256(stored.model_copy(update={"key": "uploads/a/v/other.mp4"}))


def test_an_announced_checksum_is_a_header_of_the_upload(media: MediaStore) -> None:
    ticket = media.presigned_upload("k", 5, "video/mp4", CHECKSUM_OF_BYTES)
    assert ticket.headers == {"Content-Type": "video/mp4", "x-amz-checksum-sha256": CHECKSUM_OF_BYTES}


def test_a_deleted_file_is_gone_and_its_neighbours_are_not(media: MediaStore) -> None:
    for key in ("k", "k2", "k/3"):
        media.put(key, BytesIO(b"x"), "video/mp4")
    media.delete("k")
    assert [media.find(key) is None for key in ("k", "k2", "k/3")] == [True, False, False]


def test_deleting_an_unknown_file_leaves_the_others(media: MediaStore) -> None:
    stored = media.put("k", BytesIO(b"x"), "video/mp4")
    media.delete("unknown")
    assert media.find("k") == stored


def test_a_download_url_leads_to_the_file(media: MediaStore) -> None:
    stored = media.put("uploads/a/v/clip.mp4", BytesIO(b"x"), "video/mp4")
    assert "uploads/a/v/clip.mp4" in media.download_url(stored)


def test_the_key_of_every_file_is_listed_once(media: MediaStore) -> None:
    for key in (*ODD_KEYS, ODD_KEYS[0]):
        media.put(key, BytesIO(b"bytes"), "video/mp4")
    media.put("uploads/a/v/deleted.mp4", BytesIO(b"bytes"), "video/mp4")
    media.delete("uploads/a/v/deleted.mp4")
    assert sorted(media.keys()) == sorted(ODD_KEYS)
