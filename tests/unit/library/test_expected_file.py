"""The size of a file is announced; its parts have the size of their place, and at most ten missing ones are named."""

from __future__ import annotations

import base64

import pytest
from cinedex.kernel.errors import InvalidInput, StateConflict
from cinedex.library.domain.expected_file import ExpectedFile, UploadedPart, parse_sha256, require_consecutive


def part(number: int, size_bytes: int) -> UploadedPart:
    return UploadedPart(number=number, etag=f'"e{number}"', size_bytes=size_bytes)


def of_three_parts(size_bytes: int) -> ExpectedFile:
    return ExpectedFile(size_bytes=size_bytes, part_size_bytes=10, upload_id="u")


@pytest.mark.parametrize("size_bytes", [21, 29, 30])
def test_the_last_part_has_what_is_left(size_bytes: int) -> None:
    stored = [part(1, 10), part(2, 10), part(3, size_bytes - 20)]
    listed = [(number, f"e{number}") for number in (1, 2, 3)]
    of_three_parts(size_bytes).require_parts(listed, stored)
    for wrong in (size_bytes - 21, size_bytes - 19):
        with pytest.raises(StateConflict, match="Missing: part 3"):
            of_three_parts(size_bytes).require_parts(listed, [*stored[:2], part(3, wrong)])


def test_a_file_without_a_part_size_is_one_part() -> None:
    whole = ExpectedFile(size_bytes=7, upload_id="u")
    whole.require_parts([(1, '"e1"')], [part(1, 7)])
    with pytest.raises(StateConflict):
        whole.require_parts([(1, '"e1"')], [part(1, 6)])


@pytest.mark.parametrize(
    ("count", "named"),
    [
        (1, "part 1"),
        (2, "parts 1, 2"),
        (10, "parts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10"),
        (11, "parts 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 and 1 more"),
    ],
)
def test_at_most_ten_missing_parts_are_named(count: int, named: str) -> None:
    expected = ExpectedFile(size_bytes=count, part_size_bytes=1, upload_id="u")
    with pytest.raises(StateConflict) as refusal:
        expected.require_parts([], [])
    assert refusal.value.message == (
        f"The upload is incomplete: 0 bytes arrived, {count} were announced in size_bytes. Missing: {named}."
    )


@pytest.mark.parametrize(("received", "state"), [(4, "incomplete"), (6, "too large")])
def test_a_file_of_another_size_is_refused_with_both_sizes(received: int, state: str) -> None:
    expected = ExpectedFile(size_bytes=5)
    fault = expected.check_size(received)
    assert fault is not None
    assert fault.code == "incomplete_upload"
    assert fault.message.startswith(f"The upload is {state}: {received} bytes arrived, 5 were announced")
    with pytest.raises(StateConflict) as refusal:
        expected.require_size(received)
    assert (refusal.value.field, refusal.value.details[0]["received_bytes"]) == ("size_bytes", received)
    expected.require_size(5)


def test_parts_without_an_announced_size_are_numbered_without_a_gap() -> None:
    require_consecutive([(2, "b"), (1, "a")])
    for listed, missing in (([], "part 1"), ([(2, "b")], "part 1"), ([(1, "a"), (4, "d")], "parts 2, 3")):
        with pytest.raises(StateConflict, match=f"Missing: {missing}"):
            require_consecutive(listed)


def test_an_etag_is_the_same_with_and_without_quotation_marks() -> None:
    assert part(1, 5).is_named("e1")
    assert part(1, 5).is_named('"e1"')
    assert not part(1, 5).is_named("e2")
    assert not part(1, 5).is_named(None)


def test_a_sha_256_is_given_in_hex_or_in_base64_of_32_bytes() -> None:
    digest = bytes(range(32))
    encoded = base64.b64encode(digest).decode()
    assert parse_sha256(digest.hex()) == parse_sha256(digest.hex().upper()) == parse_sha256(encoded) == encoded
    for size in (31, 33):
        with pytest.raises(InvalidInput):
            parse_sha256(base64.b64encode(bytes(size)).decode())
    for digits in (63, 65, 66):
        with pytest.raises(InvalidInput):
            parse_sha256("0" * digits)
