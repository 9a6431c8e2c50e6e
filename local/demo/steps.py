"""The steps of the demo: each calls the deployment and prints the response."""

from __future__ import annotations

import time
from pathlib import Path

from cinedex_client import FEATURES, Client, ClientError
from cinedex_client.cli.display.moments import answer_sheet, hit_list
from cinedex_client.cli.display.progress_table import ProgressTable
from cinedex_client.cli.display.timeline import Entry, in_columns, of_lines, of_objects, of_scenes, timeline
from cinedex_client.cli.display.upload_bar import upload_bar
from cinedex_client.models import BROKEN, Video
from cinedex_client.upload import UploadDetails
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from local.demo.sample import Sample

_LINES_SHOWN = 4
_HITS_SHOWN = 2
_INDENT = 2


class DemoSteps:
    """Prints the responses of `library` to `console`."""

    def __init__(self, console: Console, library: Client) -> None:
        self._console = console
        self._library = library

    def heading(self, title: str) -> None:
        self._console.print()
        self._console.print(Text(title, style="bold"))

    def upload(self, clip: Path) -> Video:
        self.heading(f"Upload {clip.name}")
        details = UploadDetails(description="A short tour of five photographs.")
        with upload_bar(self._console, clip) as on_progress:
            video = self._library.upload(clip, details, on_progress)
        return self._library.wait_until_uploaded(video.video_id)

    def analyze(self, video: Video) -> float:
        """Seconds from the request for the analysis until all features are ready.

        Raises:
            ClientError: a feature failed.
        """
        self.heading("Analyse it")
        started_s = time.monotonic()
        self._library.analyze(video.video_id)
        analyzed = ProgressTable(self._console, FEATURES).watch(self._library.follow(video.video_id))
        broken = [feature for feature in FEATURES if analyzed.detail(feature).status in BROKEN]
        if broken:
            raise ClientError(f"The analysis failed: {', '.join(broken)}.")
        return time.monotonic() - started_s

    def results(self, video: Video) -> None:
        scenes = of_scenes(self._library.scenes(video.video_id))
        self.heading(f"{len(scenes)} scenes")
        self._indented(Text(in_columns(scenes), style="cyan"))
        self._excerpt("Heard", of_lines(self._library.transcript(video.video_id)))
        self._excerpt("Seen", of_objects(self._library.objects(video.video_id)))
        self._excerpt("Read on screen", of_lines(self._library.screen_text(video.video_id)))

    def searches(self, sample: Sample) -> None:
        self.heading("Search")
        for search in sample.searches:
            reply = self._library.search(search.query, limit=_HITS_SHOWN)
            self._exchange(search.query, hit_list(reply), last=search is sample.searches[-1])

    def questions(self, sample: Sample) -> None:
        self.heading("Ask")
        for question in (sample.answered, sample.unanswerable):
            answer = self._library.ask(question.asks)
            self._exchange(question.asks, answer_sheet(answer), last=question is sample.unanswerable)

    def _excerpt(self, title: str, entries: list[Entry]) -> None:
        self.heading(title)
        self._indented(timeline(entries[:_LINES_SHOWN]))
        if len(entries) > _LINES_SHOWN:
            self._indented(Text(f"and {len(entries) - _LINES_SHOWN} more", style="dim"))

    def _exchange(self, request: str, reply: RenderableType, *, last: bool) -> None:
        self._indented(Group(Text(f"> {request}", style="magenta"), Padding.indent(reply, _INDENT)))
        if not last:
            self._console.print()

    def _indented(self, content: RenderableType) -> None:
        self._console.print(Padding.indent(content, _INDENT))
