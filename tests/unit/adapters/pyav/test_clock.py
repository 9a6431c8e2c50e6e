"""One clock for all streams of a file: where a new piece begins, and by how much its timestamps are moved."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from cinedex.adapters.pyav.clock import MediaClock
from cinedex.library.domain.probe import ClockPiece

PICTURES, SOUND = 0, 1


def moved(clock: MediaClock, packets: Iterable[tuple[int, float]], length_s: float = 1.0) -> list[float]:
    """The times of packets (stream, decoding time) on the clock of the file."""
    return [at_s + clock.offset_s(stream, at_s, length_s, None) for stream, at_s in packets]


def of_one_stream(*times_s: float, discontinuous: bool = False) -> list[float]:
    return moved(MediaClock(discontinuous), [(PICTURES, at_s) for at_s in times_s])


def test_a_file_of_one_piece_keeps_its_times() -> None:
    clock = MediaClock(True)
    assert moved(clock, [(PICTURES, 5.0), (SOUND, 5.2), (PICTURES, 6.0)]) == [5.0, 5.2, 6.0]
    assert clock.pieces == [ClockPiece(at_s=0.0, offset_s=0.0, byte=0)]


@pytest.mark.parametrize(("discontinuous", "back_s"), [(True, 0.3), (False, 1.0)])
def test_a_decoding_time_may_go_back_by_rounding_only(discontinuous: bool, back_s: float) -> None:
    allowed, further = 10.0 - back_s + 0.01, 10.0 - back_s - 0.01
    assert of_one_stream(9.0, 10.0, allowed, discontinuous=discontinuous)[-1] == pytest.approx(allowed)
    assert of_one_stream(9.0, 10.0, further, discontinuous=discontinuous)[-1] == pytest.approx(11.0)


def test_a_recording_that_begins_again_follows_the_one_before_it() -> None:
    assert of_one_stream(0.0, 1.0, 2.0, 0.0, 1.0) == [0.0, 1.0, 2.0, 3.0, 4.0]


@pytest.mark.parametrize(("leap_s", "at_s"), [(9.9, 12.9), (10.1, 3.0)])
def test_a_broadcast_that_leaps_ahead_by_more_than_ten_seconds_is_a_new_piece(leap_s: float, at_s: float) -> None:
    assert of_one_stream(1.0, 2.0, 3.0 + leap_s, discontinuous=True)[-1] == pytest.approx(at_s)


def test_another_file_may_pause_for_any_time() -> None:
    assert of_one_stream(1.0, 2.0, 2000.0) == [1.0, 2.0, 2000.0]


def test_all_streams_have_the_offset_of_the_same_piece() -> None:
    packets = [(PICTURES, 0.0), (SOUND, 0.0), (PICTURES, 1.0), (SOUND, 1.0), (PICTURES, 0.0), (SOUND, 0.1)]
    clock = MediaClock(False)
    assert moved(clock, [*packets[:4], (PICTURES, -1.5), (SOUND, -1.4)]) == pytest.approx(
        [0.0, 0.0, 1.0, 1.0, 2.0, 2.1]
    )
    assert len(clock.pieces) == 2


def test_a_stream_enters_a_piece_when_its_own_packets_do() -> None:
    clock = MediaClock(False)
    packets = [(PICTURES, 10.0), (SOUND, 10.0), (PICTURES, 0.0), (SOUND, 11.0), (SOUND, 0.0)]
    assert moved(clock, packets) == pytest.approx([10.0, 10.0, 11.0, 11.0, 11.0])


def test_a_single_wrong_timestamp_begins_no_piece_that_stays() -> None:
    clock = MediaClock(True)
    assert moved(clock, [(PICTURES, at_s) for at_s in (1.0, 2.0, 9000.0, 4.0, 5.0)])[-2:] == pytest.approx([4.0, 5.0])


def test_a_piece_begins_after_the_latest_stream() -> None:
    clock = MediaClock(False)
    moved(clock, [(SOUND, 0.0), (PICTURES, 0.0), (PICTURES, 1.0), (PICTURES, 2.0), (PICTURES, 3.0)])
    clock.offset_s(SOUND, -5.0, 1.0, 77)
    assert clock.pieces[1] == ClockPiece(at_s=4.0, offset_s=9.0, byte=77)


def test_reading_may_start_at_a_known_piece() -> None:
    pieces = [ClockPiece(at_s=0.0, offset_s=0.0, byte=0), ClockPiece(at_s=60.0, offset_s=58.0, byte=99)]
    assert MediaClock(False, pieces, start=1).offset_s(PICTURES, 2.0, 1.0, None) == 58.0


def test_a_file_is_shown_until_the_latest_end_of_a_packet() -> None:
    clock = MediaClock(False)
    for presented_s, length_s in [(0.0, 1.0), (5.0, 2.0), (3.0, 0.5)]:
        clock.shown(presented_s, length_s)
    assert clock.shown_until_s == 7.0
