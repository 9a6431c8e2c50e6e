"""Formats search hits and answers with their times and the evidence that matched."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cinedex_client.cli.display.times import length, time_range
from cinedex_client.models import Answer, Citation, Moment, SearchPool, SearchReply

NO_MATCH = "No confident match."
QUOTING_MODEL = "extractive"
"""The model that only quotes: the quotations, each with its place, are the answer."""

_EVIDENCE_NAMES = {
    "speech": "heard",
    "caption": "described",
    "screen_text": "read on screen",
    "objects": "seen",
    "about": "in its name or description",
    "subtitle": "in its subtitles",
}
LOST = "unsupported_sentences"
_FIRST_MARK = "[1]"
_DEGRADED = {
    LOST: "Sentences of the language model are left out: their citations do not bear them out.",
    "search": "The search store or the text model was not available, so the answer may be incomplete.",
    "text_model": "The text model was not available, so sentences were checked by their words only.",
}
_INDENT = 3
_MARK = re.compile("</?em>")


def hit_list(reply: SearchReply) -> RenderableType:
    if not reply.data:
        return Text.assemble((NO_MATCH, "yellow"), f"  {_searched(reply.search_pool)}")
    return Group(*(_hit(moment) for moment in reply.data))


def answer_sheet(answer: Answer) -> RenderableType:
    """The answer and its citations, or the statement that there is no confident match."""
    if not answer.citations:
        return Text(answer.response or NO_MATCH, style="yellow")
    if answer.model == QUOTING_MODEL or (LOST in answer.degraded_by and _FIRST_MARK not in answer.response):
        return Group(*(_quote(citation) for citation in answer.citations))
    return Group(Text(answer.response, style="bold"), *(_citation(citation) for citation in answer.citations))


def degradations(answer: Answer) -> list[str]:
    """Why the answer is less than it could be, in one sentence each."""
    return [_DEGRADED.get(reason, f"The answer is degraded: {reason}.") for reason in answer.degraded_by]


def evidence_names(sources: Sequence[str]) -> str:
    """The kinds of evidence in plain words."""
    return ", ".join(_EVIDENCE_NAMES.get(source, source) for source in sources)


def _searched(pool: SearchPool) -> str:
    videos = "1 video was" if pool.video_count == 1 else f"{pool.video_count} videos were"
    return f"{videos} searched, {length(pool.total_duration)} in all."


def _hit(moment: Moment) -> Group:
    head = Text.assemble(
        (f"{moment.rank}  ", "bold"),
        (time_range(moment.start, moment.end), "cyan"),
        f"  {moment.video_name or moment.video_id}",
        (f"  {moment.score:.2f}  {evidence_names(moment.matched)}", "dim"),
    )
    return Group(head, Padding.indent(_marked(_words(moment)), _INDENT))


def _words(moment: Moment) -> str:
    """The passage that matched; without one, the transcript, then the caption."""
    return next(iter(moment.highlights), None) or moment.transcript or moment.caption or ""


def _marked(words: str) -> Text:
    """The query words, which the API marks with `<em>` and `</em>`, in bold."""
    pieces = enumerate(_MARK.split(words))
    return Text.assemble(*((piece, "bold" if position % 2 else "") for position, piece in pieces))


def _quote(citation: Citation) -> Group:
    """A quotation and its place."""
    place = Padding.indent(_place(citation), _INDENT)
    return Group(Text(f"“{citation.quote}”", style="bold"), place)


def _citation(citation: Citation) -> Padding:
    return Padding.indent(_place(citation).append(f"  “{citation.quote}”"), _INDENT)


def _place(citation: Citation) -> Text:
    return Text.assemble(
        (time_range(citation.start, citation.end), "cyan"),
        f"  {citation.video_name}",
        (f"  {evidence_names([citation.source])}", "dim"),
    )
