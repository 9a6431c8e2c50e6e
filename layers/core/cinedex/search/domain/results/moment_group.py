"""Segments of a video that are one result of a search, with the groups of the same content."""

from __future__ import annotations

from functools import cached_property

from pydantic import BaseModel, ConfigDict

from cinedex.kernel.span import Span
from cinedex.kernel.text.tokens import stems
from cinedex.search.domain.ranking.candidate import ScoredSegment
from cinedex.timeline.modality import Modality

STEMS_MIN = 8
"""Texts with fewer stems are alike by chance. So are captions, which are composed of the same few labels."""
HUMAN_MODALITIES = (Modality.SPEECH, Modality.SCREEN_TEXT, Modality.SUBTITLE)


class MomentGroup(BaseModel):
    """Segments of one `span`, represented by `best`; `similar` are groups with the same content elsewhere."""

    model_config = ConfigDict(frozen=True)

    best: ScoredSegment
    span: Span
    similar: tuple[MomentGroup, ...] = ()

    @property
    def video_id(self) -> str:
        return self.best.document.video_id

    @cached_property
    def kinds(self) -> frozenset[Modality]:
        """The kinds of evidence that matched."""
        return frozenset(self.best.matched)

    @cached_property
    def text_stems(self) -> frozenset[str]:
        """Stems of the speech, the on-screen text and the subtitles; empty when there are too few to compare."""
        text_stems = stems(" ".join(self.best.document.texts.get(m, "") for m in HUMAN_MODALITIES))
        return text_stems if len(text_stems) >= STEMS_MIN else frozenset()
