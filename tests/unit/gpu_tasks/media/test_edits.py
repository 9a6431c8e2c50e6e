"""Property: after any edit of a file, every beep and every change of the picture has the time at which it is played."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import av
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.support.edited_media import beeping, beeps_in, changes_in, joined, remuxed, shifted, time_of, without

EXACT_S = 0.2
LENGTH_S = 6


@dataclass(frozen=True)
class Part:
    """A clip of six seconds whose edits leave only some of its events: `cut_s` seconds are removed from its start."""

    beep_s: float
    change_s: float
    rate: int
    cut_s: int
    gap_s: float
    shift_s: float

    @property
    def length_s(self) -> int:
        return LENGTH_S - self.cut_s

    def write(self, folder: Path, kind: str, number: int) -> Path:
        """The gap in the sound is behind the beep."""
        clip = beeping(folder / f"{number}.{kind}", LENGTH_S, [self.beep_s], [self.change_s], rate=self.rate)
        gap = without("audio", self.beep_s + 0.5, self.beep_s + 0.5 + self.gap_s)
        shift = shifted(self.shift_s)

        def edit(packet: av.Packet[Any]) -> av.Packet[Any] | None:
            kept = gap(packet) if time_of(packet) >= self.cut_s - 0.02 else None
            return None if kept is None else shift(kept)

        return remuxed(folder / f"{number}-edited.{kind}", clip, edit)


PARTS = st.builds(
    Part,
    beep_s=st.sampled_from([2.4, 3.0, 3.3]),
    change_s=st.sampled_from([2.2, 3.6, 4.0]),
    rate=st.sampled_from([24_000, 44_100, 48_000]),
    cut_s=st.sampled_from([0, 1, 2]),
    gap_s=st.sampled_from([0.0, 0.3, 1.5]),
    shift_s=st.sampled_from([0.0, 7.0, 5000.0]),
)
EDITED = settings(
    max_examples=4,
    derandomize=True,
    deadline=None,
    phases=[Phase.explicit, Phase.generate],
    suppress_health_check=list(HealthCheck),
)


@EDITED
@given(part=PARTS)
@pytest.mark.parametrize("kind", ["ts", "mkv"])
def test_an_edited_file_has_its_events_at_the_times_of_a_player(
    tmp_path_factory: pytest.TempPathFactory, kind: str, part: Part
) -> None:
    path = part.write(tmp_path_factory.mktemp("edited"), kind, 0)
    assert beeps_in(path) == pytest.approx([part.beep_s - part.cut_s], abs=EXACT_S)
    assert changes_in(path) == pytest.approx([part.change_s - part.cut_s], abs=EXACT_S)


@EDITED
@given(parts=st.lists(PARTS.filter(lambda part: part.shift_s != 7), min_size=2, max_size=3))
def test_joined_files_have_their_events_one_after_the_other(
    tmp_path_factory: pytest.TempPathFactory, parts: list[Part]
) -> None:
    """Clips of which each begins earlier or more than ten seconds later than the one before ends."""
    folder = tmp_path_factory.mktemp("joined")
    path = joined(folder / "joined.ts", *(part.write(folder, "ts", n) for n, part in enumerate(parts)))
    starts_s = [sum(p.length_s for p in parts[:n]) for n in range(len(parts))]
    expected = [start_s + p.beep_s - p.cut_s for start_s, p in zip(starts_s, parts, strict=True)]
    assert beeps_in(path) == pytest.approx(expected, abs=EXACT_S)
