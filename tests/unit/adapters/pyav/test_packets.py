"""Damage of a stream: what is lost, when all of it is, and for how many errors reading continues."""

from __future__ import annotations

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any, cast

import av
import pytest
from cinedex.adapters.pyav import packets
from cinedex.adapters.pyav.packets import Damage, _demux, decode

DAMAGED = av.error.InvalidDataError(1, "damaged")


class DamagedFile:
    """Packets in order; an exception among them is raised once, where it stands."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    def demux(self, *_streams: Any) -> Iterator[Any]:
        while self._items:
            item = self._items.pop(0)
            if isinstance(item, Exception):
                raise item
            yield item


def read(*items: Any) -> list[Any]:
    return list(_demux(cast(Any, DamagedFile(list(items))), ()))


def test_reading_continues_behind_packets_that_cannot_be_read() -> None:
    assert read("a", DAMAGED, "b", DAMAGED, DAMAGED, "c") == ["a", "b", "c"]


@pytest.mark.parametrize(("errors", "after"), [(9, ["end"]), (10, [])])
def test_reading_ends_after_ten_errors_without_a_packet_between_them(errors: int, after: list[str]) -> None:
    assert read("a", *[DAMAGED] * errors, "end") == ["a", *after]


def test_errors_with_packets_between_them_never_end_reading() -> None:
    items = [item for n in range(50) for item in (DAMAGED, n)]
    assert read(*items) == list(range(50))


@pytest.mark.parametrize("error", [av.error.PermissionError(1, "no"), av.error.HTTPServerError(1, "503"), TypeError()])
def test_an_error_that_is_not_of_the_file_is_raised(error: Exception) -> None:
    with pytest.raises(type(error)):
        read("a", error, "b")


def decoded(monkeypatch: pytest.MonkeyPatch, *results: Any) -> Damage:
    """The damage of packets of a second each, whose decoder returns frames or raises."""
    damage = Damage(lengths=cast(Any, lambda _: 1.0))

    def decode_packet(packet: Any) -> Any:
        if isinstance(packet.result, Exception):
            raise packet.result
        return packet.result

    monkeypatch.setattr(packets, "decode_packet", decode_packet)
    for result in results:
        decode(cast(Any, SimpleNamespace(size=1, result=result)), damage)
    return damage


def test_the_share_of_the_packets_that_cannot_be_decoded_is_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    damage = decoded(monkeypatch, ["f"], DAMAGED, ["f"], ValueError("odd"))
    assert (damage.total_s, damage.lost_s, damage.decoded, damage.share) == (4.0, 2.0, 2, 0.5)
    assert not damage.is_total


def test_a_stream_of_which_nothing_is_decoded_is_lost_even_without_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    damage = decoded(monkeypatch, [], [], [])
    assert (damage.error, damage.is_total, damage.share) == (None, True, 1.0)


def test_a_stream_without_packets_is_not_lost(monkeypatch: pytest.MonkeyPatch) -> None:
    damage = decoded(monkeypatch)
    assert (damage.is_total, damage.share) == (False, 0.0)


def test_an_error_without_any_time_is_a_total_loss() -> None:
    assert Damage(error=DAMAGED).is_total


def test_the_end_of_a_stream_has_no_length() -> None:
    assert Damage().length_of(cast(Any, SimpleNamespace(size=0))) == 0.0


def test_a_lack_of_memory_is_no_damage(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MemoryError):
        decoded(monkeypatch, MemoryError())
