"""The agent's tool to read the subtitles of a video range."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from cinedex.answers.domain.agent import Evidence
from cinedex.answers.usecases.agent.scoped_library import ScopedLibrary
from cinedex.answers.usecases.agent.timeline_tools import READ_MAX, range_in
from cinedex.answers.usecases.agent.tool import RESULTS_MAX, UNNUMBERED, RangeArguments, ToolResult
from cinedex.kernel.errors import StateConflict
from cinedex.library.domain.video import Video
from cinedex.subtitles.subtitle_store import SubtitleStore, load_all_cues
from cinedex.timeline.modality import Modality


@dataclass(frozen=True)
class SubtitlesTool:
    store: SubtitleStore

    name: ClassVar[str] = "get_subtitles"
    description: ClassVar[str] = (
        "The subtitles of a video or a part of it, with times: those in its file or sent with it."
    )
    arguments: ClassVar[type[RangeArguments]] = RangeArguments

    def __call__(self, library: ScopedLibrary, arguments: RangeArguments) -> ToolResult:
        video = library.video(arguments.video_id)
        if not any(track.is_read for track in video.subtitles):
            raise StateConflict("The video has no subtitles that can be read.")
        results = list(self.read(library, video, arguments))
        return ToolResult(kind="subtitles", total=len(results), results=tuple(results[:RESULTS_MAX]))

    def read(self, library: ScopedLibrary, video: Video, requested: RangeArguments) -> Iterator[Evidence]:
        """Cues in the requested part of the scope, clipped to it."""
        within = range_in(library.part(video), requested)
        if within is None:
            return
        cues = sorted(load_all_cues(self.store, video.subtitles), key=lambda cue: cue.span.start_s)
        for cue in [c for c in cues if c.span.overlaps(within)][:READ_MAX]:
            yield Evidence(
                result_id=UNNUMBERED,
                video_id=video.video_id,
                video_name=video.display_name,
                span=cue.span.clipped_to(within),
                text=" ".join(cue.text.split()),
                source=Modality.SUBTITLE,
            )
