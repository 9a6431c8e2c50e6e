"""From which buckets an account may read: its own drop folder, and what the operator has allowed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from cinedex.imports.domain.drop_key import COLLECTION_CHARS_MAX, DropRoot
from cinedex.kernel.errors import ImpossibleValue, InvalidInput, NotPermitted
from cinedex.library.domain.object_keys import drop_prefix

_SOURCE = re.compile(r"s3://([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:/(.*))?", re.DOTALL)


@dataclass(frozen=True)
class DropSources:
    """`allowed`: the roots of other buckets, each of one account."""

    bucket: str
    allowed: Sequence[DropRoot]

    def own(self, account_id: str) -> DropRoot:
        return DropRoot(account_id=account_id, bucket=self.bucket, prefix=drop_prefix(account_id))

    def resolve(self, account_id: str, source: str | None, collection_name: str | None) -> tuple[DropRoot, str]:
        """The root, and the prefix that is to be listed. Raises `NotPermitted`."""
        own = self.own(account_id)
        if source is None:
            return _require_no_name(own, collection_name), own.prefix
        bucket, prefix = _parse(source)
        if bucket == self.bucket and prefix.startswith(own.prefix):
            return _require_no_name(own, collection_name), prefix
        if any(_folder(root.prefix) == f"{prefix}/" for root in self.allowed):
            prefix = f"{prefix}/"  # a listing of `media` would have `media-of-another/`, too
        if bucket != self.bucket and any(_covers(root, account_id, bucket, prefix) for root in self.allowed):
            folder, name = prefix[: prefix.rfind("/") + 1], _name(collection_name)
            return DropRoot(account_id=account_id, bucket=bucket, prefix=folder, collection_name=name), prefix
        raise NotPermitted(
            f"This account may not read {source}. It may read {self.describe(account_id)}; an operator allows others"
            " with the setting DROP_SOURCES."
        )

    def describe(self, account_id: str) -> str:
        roots = [self.own(account_id), *(root for root in self.allowed if root.account_id == account_id)]
        return ", ".join(f"s3://{root.bucket}/{root.prefix}" for root in roots)


def parse_sources(text: str) -> Sequence[DropRoot]:
    """`ACCOUNT=bucket/prefix`, separated by white space. Raises `ValueError`."""
    roots = []
    for one in text.split():
        account_id, separator, place = one.partition("=")
        bucket, _, prefix = place.partition("/")
        if not separator or not account_id or not bucket:
            raise ValueError(f"{one!r} must be ACCOUNT=bucket/prefix")
        roots.append(DropRoot(account_id=account_id, bucket=bucket, prefix=prefix))
    return roots


def _covers(root: DropRoot, account_id: str, bucket: str, prefix: str) -> bool:
    """`media` covers `media/a.mp4`, and not `media-of-another/a.mp4`."""
    return (root.account_id, root.bucket) == (account_id, bucket) and prefix.startswith(_folder(root.prefix))


def _folder(prefix: str) -> str:
    return prefix if not prefix or prefix.endswith("/") else f"{prefix}/"


def _parse(source: str) -> tuple[str, str]:
    match = _SOURCE.fullmatch(source)
    if match is None:
        raise InvalidInput("source must be s3://bucket or s3://bucket/prefix.", field="source")
    return match[1], match[2] or ""


def _name(name: str | None) -> str | None:
    if name is not None and not 0 < len(name.strip()) <= COLLECTION_CHARS_MAX:
        raise InvalidInput(f"group_name must have 1 to {COLLECTION_CHARS_MAX} characters.", field="collection_name")
    return name


def _require_no_name(own: DropRoot, name: str | None) -> DropRoot:
    if name is not None:
        raise ImpossibleValue("In the drop folder, the first folder names the group.", field="collection_name")
    return own
