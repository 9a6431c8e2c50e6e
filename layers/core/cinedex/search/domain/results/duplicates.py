"""Find an earlier group of the result with the same content, without a comparison of all pairs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from itertools import chain
from math import ceil

from cinedex.kernel.span import Span
from cinedex.search.domain.results.moment_group import MomentGroup

SAME_TEXT = 0.9
SAME_TIME = 0.5
_ROUNDING = 1e-9


class GroupsByContent:
    """Same content: the same time of the same file, or nearly the same speech and on-screen text, matched by the same
    modalities.

    `file_of` identifies the file of a video, "" when it is not known. Each group is entered under its file and under
    the rarest stems of its text (`prefix`), so that it is compared only with groups that share one of them.
    """

    def __init__(self, groups: Iterable[MomentGroup], file_of: Callable[[str], str], *, across_videos: bool) -> None:
        """`groups` are all that will be compared."""
        self._frequency = Counter(chain.from_iterable(group.text_stems for group in groups))
        self._file_of = file_of
        self._across_videos = across_videos
        self._groups: list[MomentGroup] = []
        self._places: dict[Hashable, list[int]] = defaultdict(list)

    def find_or_add(self, group: MomentGroup) -> int | None:
        """The number of the first added group with the same content; None when there is none and it was added."""
        keys = list(self._keys(group))
        places = sorted({place for key in keys for place in self._places.get(key, ())})
        found = next((place for place in places if self.is_same(self._groups[place], group)), None)
        if found is None:
            for key in keys:
                self._places[key].append(len(self._groups))
            self._groups.append(group)
        return found

    def _keys(self, group: MomentGroup) -> Iterator[Hashable]:
        if self._across_videos and (file := self._file_of(group.video_id)):
            yield file
        video_id = None if self._across_videos else group.video_id
        yield from ((video_id, group.kinds, stem) for stem in prefix(group.text_stems, self._frequency))

    def is_same(self, one: MomentGroup, other: MomentGroup) -> bool:
        if one.video_id != other.video_id:
            if not self._across_videos:
                return False
            file = self._file_of(one.video_id)
            is_same_file = bool(file) and file == self._file_of(other.video_id)
            if is_same_file and _time_overlap(one.span, other.span) >= SAME_TIME:
                return True
        return one.kinds == other.kinds and jaccard(one.text_stems, other.text_stems) >= SAME_TEXT


def prefix(stems: frozenset[str], frequency: Mapping[str, int]) -> list[str]:
    """Of two sets with a Jaccard index of `SAME_TEXT` or more, the prefixes share an element.

    Any order of the elements does; with the rarest first, few other pairs share one. Source: S. Chaudhuri et al., "A
    Primitive Operator for Similarity Joins in Data Cleaning" (2006), prefix filter.
    """
    ordered = sorted(stems, key=lambda stem: (frequency[stem], stem))
    return ordered[: len(ordered) - ceil(SAME_TEXT * len(ordered) - _ROUNDING) + 1]


def jaccard(one: frozenset[str], other: frozenset[str]) -> float:
    """0 when one is empty."""
    if not one or not other:
        return 0.0
    shared = len(one & other)
    return shared / (len(one) + len(other) - shared)


def _time_overlap(one: Span, other: Span) -> float:
    """Intersection over union."""
    shared_s = min(one.end_s, other.end_s) - max(one.start_s, other.start_s)
    return max(0.0, shared_s) / (one.joined_with(other).length_s or 1.0)
