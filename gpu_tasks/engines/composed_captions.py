"""Captions composed from what was seen, read and heard: plain sentences, nothing made up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from cinedex.analysis.domain.model_results import NO_PICTURE, NOTHING_RECOGNISED, FrameText, ModelInfo, ScreenLine

from gpu_tasks.engines.inflection import counted, listed, quoted, sentence
from gpu_tasks.engines.object_summary import THROUGHOUT_SHARE, Sighting, sightings
from gpu_tasks.engines.roles import CaptionEvidence

LINES_MAX = 6
LINE_CHARACTERS_MAX = 80
SAME_LINE_RATIO = 0.8
SPEECH_WORDS_MAX = 45
SPEECH_HEAD_WORDS = 26
SPEECH_TAIL_WORDS = 14


class ComposedCaptions:
    """No model writes here: a caption says only what the detector, the text reader and the ear reported."""

    def __init__(self, info: ModelInfo, _weights: Mapping[str, Path]) -> None:
        self.info = info

    def setup(self) -> None:
        """Nothing to load."""

    def describe(self, evidence: CaptionEvidence) -> str:
        seen = sightings(evidence.objects, evidence.frame_width)
        sentences = [*_seen(seen), *_read(evidence.text), *_heard([u.text for u in evidence.speech])]
        return " ".join(sentence(s) for s in sentences) or _nothing(evidence)


def _nothing(evidence: CaptionEvidence) -> str:
    return NOTHING_RECOGNISED if evidence.objects else NO_PICTURE


def _seen(seen: Sequence[Sighting]) -> list[str]:
    lasting, brief = [s for s in seen if not s.is_brief], [s for s in seen if s.is_brief]
    told = [_in_view(lasting)] if lasting else []
    return [*told, _appearing(brief)] if brief else told


def _in_view(seen: Sequence[Sighting]) -> str:
    duration = " throughout" if all(s.share >= THROUGHOUT_SHARE for s in seen) else ""
    if len(seen) > 1:
        return f"{listed([_placed(s) for s in seen])} are in view{duration}"
    place = f", {seen[0].place}" if seen[0].place else ""
    return f"{_counted(seen[0])} {'is' if seen[0].count == 1 else 'are'} in view{duration}{place}"


def _appearing(seen: Sequence[Sighting]) -> str:
    if len(seen) > 1:
        return f"{listed([_placed(s) for s in seen])} appear briefly"
    place = f" {seen[0].place}" if seen[0].place else ""
    return f"{_counted(seen[0])} {'appears' if seen[0].count == 1 else 'appear'} briefly{place}"


def _placed(seen: Sighting) -> str:
    return f"{_counted(seen)} {seen.place}" if seen.place else _counted(seen)


def _counted(seen: Sighting) -> str:
    many = counted(seen.label, seen.count)
    return many if seen.is_steady else f"up to {many}"


def _read(frames: Sequence[FrameText]) -> list[str]:
    lines = distinct_lines(frames)
    if not lines:
        return []
    shown = [quoted(_shortened(line)) for line in lines[:LINES_MAX]]
    more = ", among other text" if len(lines) > LINES_MAX else ""
    return [f"The screen reads {listed(shown)}{more}"]


def distinct_lines(frames: Sequence[FrameText]) -> list[str]:
    """Each line once, in order of appearance, in its best reading."""
    kept: list[ScreenLine] = []
    for line in (line for frame in frames for line in frame.lines):
        twin = next((i for i, other in enumerate(kept) if _is_same(line.text, other.text)), None)
        if twin is None:
            kept.append(line)
        elif line.score > kept[twin].score:
            kept[twin] = line
    return [line.text for line in kept]


def _is_same(one: str, other: str) -> bool:
    left, right = _letters(one), _letters(other)
    return left == right or SequenceMatcher(None, left, right).ratio() >= SAME_LINE_RATIO


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _shortened(line: str) -> str:
    return line if len(line) <= LINE_CHARACTERS_MAX else f"{line[: LINE_CHARACTERS_MAX - 1].rstrip()}…"


def _heard(spoken: Sequence[str]) -> list[str]:
    words = " ".join(spoken).split()
    if not words:
        return []
    if len(words) <= SPEECH_WORDS_MAX:
        return [f"A voice says: {quoted(' '.join(words))}"]
    head, tail = " ".join(words[:SPEECH_HEAD_WORDS]), " ".join(words[-SPEECH_TAIL_WORDS:])
    return [f"A voice says: {quoted(head + ' …')}, and ends with: {quoted('… ' + tail)}"]
