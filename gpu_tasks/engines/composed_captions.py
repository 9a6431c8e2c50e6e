"""Captions composed from detected objects, screen text and speech, without a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from pathlib import Path

from cinedex.analysis.domain.model_results import NO_PICTURE, NOTHING_RECOGNISED, FrameText, ModelInfo, ScreenLine

from gpu_tasks.engines.inflection import as_sentence, count_noun, join_items, quote
from gpu_tasks.engines.object_summary import THROUGHOUT_SHARE, ObjectSummary, summarise_objects
from gpu_tasks.engines.roles import CaptionEvidence

LINES_MAX = 6
LINE_CHARACTERS_MAX = 80
SAME_LINE_RATIO = 0.8
SPEECH_WORDS_MAX = 45
SPEECH_HEAD_WORDS = 26
SPEECH_TAIL_WORDS = 14


class ComposedCaptions:
    """A caption contains only results of the object detector, the text reader and the speech model."""

    def __init__(self, info: ModelInfo, _weights: Mapping[str, Path]) -> None:
        self.info = info

    def setup(self) -> None:
        """Nothing to load."""

    def describe(self, evidence: CaptionEvidence) -> str:
        objects = summarise_objects(evidence.objects, evidence.frame_width)
        speech = [utterance.text for utterance in evidence.speech]
        sentences = [*_object_sentences(objects), *_text_sentences(evidence.text), *_speech_sentences(speech)]
        return " ".join(as_sentence(s) for s in sentences) or _empty_caption(evidence)


def _empty_caption(evidence: CaptionEvidence) -> str:
    return NOTHING_RECOGNISED if evidence.objects else NO_PICTURE


def _object_sentences(objects: Sequence[ObjectSummary]) -> list[str]:
    lasting, brief = [o for o in objects if not o.is_brief], [o for o in objects if o.is_brief]
    sentences = [_in_view(lasting)] if lasting else []
    return [*sentences, _appearing(brief)] if brief else sentences


def _in_view(objects: Sequence[ObjectSummary]) -> str:
    duration = " throughout" if all(o.share >= THROUGHOUT_SHARE for o in objects) else ""
    if len(objects) > 1:
        return f"{join_items([_with_place(o) for o in objects])} are in view{duration}"
    place = f", {objects[0].place}" if objects[0].place else ""
    return f"{_with_count(objects[0])} {'is' if objects[0].count == 1 else 'are'} in view{duration}{place}"


def _appearing(objects: Sequence[ObjectSummary]) -> str:
    if len(objects) > 1:
        return f"{join_items([_with_place(o) for o in objects])} appear briefly"
    place = f" {objects[0].place}" if objects[0].place else ""
    return f"{_with_count(objects[0])} {'appears' if objects[0].count == 1 else 'appear'} briefly{place}"


def _with_place(summary: ObjectSummary) -> str:
    return f"{_with_count(summary)} {summary.place}" if summary.place else _with_count(summary)


def _with_count(summary: ObjectSummary) -> str:
    counted = count_noun(summary.label, summary.count)
    return counted if summary.is_steady else f"up to {counted}"


def _text_sentences(frames: Sequence[FrameText]) -> list[str]:
    lines = distinct_lines(frames)
    if not lines:
        return []
    shown = [quote(_shortened(line)) for line in lines[:LINES_MAX]]
    more = ", among other text" if len(lines) > LINES_MAX else ""
    return [f"The screen reads {join_items(shown)}{more}"]


def distinct_lines(frames: Sequence[FrameText]) -> list[str]:
    """Each line once, in order of appearance; of similar readings, the one with the highest score."""
    distinct: list[ScreenLine] = []
    for line in (line for frame in frames for line in frame.lines):
        duplicate = next((i for i, other in enumerate(distinct) if _is_same(line.text, other.text)), None)
        if duplicate is None:
            distinct.append(line)
        elif line.score > distinct[duplicate].score:
            distinct[duplicate] = line
    return [line.text for line in distinct]


def _is_same(one: str, other: str) -> bool:
    left, right = _letters(one), _letters(other)
    return left == right or SequenceMatcher(None, left, right).ratio() >= SAME_LINE_RATIO


def _letters(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


def _shortened(line: str) -> str:
    return line if len(line) <= LINE_CHARACTERS_MAX else f"{line[: LINE_CHARACTERS_MAX - 1].rstrip()}…"


def _speech_sentences(utterances: Sequence[str]) -> list[str]:
    words = " ".join(utterances).split()
    if not words:
        return []
    if len(words) <= SPEECH_WORDS_MAX:
        return [f"A voice says: {quote(' '.join(words))}"]
    head, tail = " ".join(words[:SPEECH_HEAD_WORDS]), " ".join(words[-SPEECH_TAIL_WORDS:])
    return [f"A voice says: {quote(head + ' …')}, and ends with: {quote('… ' + tail)}"]
