"""What a client has announced of a file, and what is missing of it."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.errors import ImpossibleValue, InvalidInput, MediaError, StateConflict

NAMED_PARTS_MAX = 10
_HEX_SHA256 = re.compile(r"[0-9a-fA-F]{64}")


class UploadedPart(BaseModel):
    """A part as the store holds it. Numbers count from 1."""

    model_config = ConfigDict(frozen=True)

    number: int
    etag: str
    size_bytes: int

    def is_named(self, etag: str | None) -> bool:
        return etag is not None and etag.strip('"') == self.etag.strip('"')


class ExpectedFile(BaseModel):
    """`checksum_sha256` is in base64, as S3 writes it. `part_size_bytes` and `upload_id` are for uploads in parts."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    size_bytes: int
    checksum_sha256: str | None = None
    part_size_bytes: int | None = None
    upload_id: str | None = None

    def check_size(self, size_bytes: int) -> MediaError | None:
        """What is wrong with a stored file of this size."""
        if size_bytes == self.size_bytes:
            return None
        return MediaError("incomplete_upload", f"{_fraction(size_bytes, self.size_bytes)} Send the file again.")

    def require_size(self, size_bytes: int) -> None:
        """Raises `StateConflict`."""
        fault = self.check_size(size_bytes)
        if fault is not None:
            raise StateConflict(fault.message, field="size_bytes", details=[self._progress(size_bytes, [])])

    def require_parts(self, listed: Sequence[tuple[int, str]], stored: Sequence[UploadedPart]) -> None:
        """Raises `ImpossibleValue` for a part that the upload does not have, `StateConflict` for missing ones.

        A part is missing unless it is listed with the ETag of the stored part and has the size of its place: S3
        itself joins whatever is listed.
        """
        etags, held = part_etags(listed), {part.number: part for part in stored}
        sizes = self._part_sizes()
        unknown = [number for number in etags if number not in sizes]
        if unknown:
            raise ImpossibleValue(f"This upload has the parts 1 to {len(sizes)}, not {unknown[0]}.", field="parts")
        whole = [number for number in sizes if number in held and held[number].size_bytes == sizes[number]]
        listed_whole = [number for number in whole if held[number].is_named(etags.get(number))]
        missing = [number for number in sizes if number not in listed_whole]
        if missing:
            received = sum(sizes[number] for number in whole)
            message = self._incomplete(received, [n for n in sizes if n not in whole], {*whole} - {*listed_whole})
            raise StateConflict(message, field="parts", details=[self._progress(received, missing)])

    def _incomplete(self, received: int, absent: Sequence[int], unlisted: Collection[int]) -> str:
        arrived = [f"{_fraction(received, self.size_bytes)} Missing: {_parts(absent)}."] if absent else []
        listed = [f"The list is incomplete: parts needs the ETag of {_parts(sorted(unlisted))}."] if unlisted else []
        return " ".join([*arrived, *listed])

    def _part_sizes(self) -> Mapping[int, int]:
        part_size = self.part_size_bytes or self.size_bytes
        count = -(-self.size_bytes // part_size)
        last = self.size_bytes - (count - 1) * part_size
        return {number: part_size if number < count else last for number in range(1, count + 1)}

    def _progress(self, received: int, missing: Sequence[int]) -> dict[str, Any]:
        return {"expected_bytes": self.size_bytes, "received_bytes": received, "missing_parts": list(missing)}


def part_etags(listed: Sequence[tuple[int, str]]) -> dict[int, str]:
    """The ETag of each listed part. Raises `InvalidInput` if there is none, or one twice."""
    etags: dict[int, str] = {}
    for number, etag in listed:
        if number in etags:
            raise InvalidInput(f"parts lists part {number} twice.", field="parts")
        etags[number] = etag
    return etags


def require_consecutive(listed: Sequence[tuple[int, str]]) -> None:
    """For an upload without an announced size: parts 1, 2, 3, … in any order. Raises `StateConflict`."""
    etags = part_etags(listed)
    missing = [number for number in range(1, max(etags, default=1) + 1) if number not in etags]
    if missing:
        raise StateConflict(f"The upload is incomplete. Missing: {_parts(missing)}.", field="parts")


def parse_sha256(text: str) -> str:
    """In base64, from base64 or 64 hexadecimal digits. Raises `InvalidInput`."""
    if _HEX_SHA256.fullmatch(text):
        return base64.b64encode(bytes.fromhex(text)).decode()
    try:
        if len(base64.b64decode(text, validate=True)) == 32:
            return text
    except (binascii.Error, ValueError):
        pass
    raise InvalidInput("checksum_sha256 must be a SHA-256 in base64 or in 64 hex digits.", field="checksum_sha256")


def _fraction(received: int, expected: int) -> str:
    state = "incomplete" if received < expected else "too large"
    return f"The upload is {state}: {received} bytes arrived, {expected} were announced in size_bytes."


def _parts(numbers: Sequence[int]) -> str:
    named = ", ".join(str(number) for number in numbers[:NAMED_PARTS_MAX])
    more = len(numbers) - NAMED_PARTS_MAX
    return f"part{'s' if len(numbers) > 1 else ''} {named}{f' and {more} more' if more > 0 else ''}"
