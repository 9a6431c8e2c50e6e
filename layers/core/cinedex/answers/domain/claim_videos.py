"""Evidence of several videos: what a statement says together has to be in one of them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from cinedex.answers.domain.claim_check import ClaimEvidence, content
from cinedex.answers.domain.english.claim_names import names
from cinedex.answers.domain.english.claim_numbers import numbers, parts_of_numbers

_STATEMENT_END = re.compile(r"[;.:]\s+|,?\s(?:while|whereas|but)\s|,\s+and\s")


def merges_videos(sentence: str, videos: Sequence[ClaimEvidence]) -> bool:
    """True if a statement of the sentence is in no single video; `videos` are the cited texts of each.

    A list of videos by their names is a statement about each of them.
    """
    for title in (title for video in videos for title in video.titles):
        sentence = re.sub(rf"(?<!\w){re.escape(title)}(?!\w)", "", sentence)
    parts = [part for part in _STATEMENT_END.split(sentence) if content(part)]
    return len(videos) > 1 and not all(any(_has_all(part, video, videos) for video in videos) for part in parts)


def _has_all(part: str, video: ClaimEvidence, videos: Sequence[ClaimEvidence]) -> bool:
    """The video has the numbers and names of the part, and each word of it that any of the videos has."""
    values = set(numbers(part)) - parts_of_numbers(video.text) - parts_of_numbers(video.title) - {float(len(videos))}
    known = [word for word in content(part) if not numbers(word) and any(other.has(word) for other in videos)]
    return not values and all(map(video.names, (*(name.lower() for name in names(part)), *known)))
