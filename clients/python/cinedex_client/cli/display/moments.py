"""Search hits and answers, each with when it is and how it was found."""

from __future__ import annotations

import re
from collections.abc import Sequence

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.text import Text

from cinedex_client.cli.display.times import length, stretch
from cinedex_client.models import Answer, Citation, Moment, SearchPool, SearchReply

NO_MATCH = "No confident match."
QUOTING_MODEL = "extractive"
"""It writes nothing of its own: what it answers are the quotes, each with its place."""

_FOUND_BY = {
    "speech": "heard",
    "caption": "described",
    "screen_text": "read on screen",
    "objects": "seen",
    "about": "in its name or description",
}
_UNDER_THE_TIME = 3
_MARK = re.compile("</?em>")


def hit_list(reply: SearchReply) -> RenderableType:
    if not reply.data:
        return Text.assemble((NO_MATCH, "yellow"), f"  {_searched(reply.search_pool)}")
    return Group(*(_hit(moment) for moment in reply.data))


def answer_sheet(answer: Answer) -> RenderableType:
    """The answer and the evidence it stands on, or that there is none."""
    if not answer.confident:
        return Text(answer.response or NO_MATCH, style="yellow")
    if answer.model == QUOTING_MODEL:
        return Group(*(_quote(citation) for citation in answer.citations))
    return Group(Text(answer.response, style="bold"), *(_citation(citation) for citation in answer.citations))


def found_by(sources: Sequence[str]) -> str:
    """How a person would say where the evidence comes from."""
    return ", ".join(_FOUND_BY.get(source, source) for source in sources)


def _searched(pool: SearchPool) -> str:
    videos = "1 video was" if pool.video_count == 1 else f"{pool.video_count} videos were"
    return f"{videos} searched, {length(pool.total_duration)} in all."


def _hit(moment: Moment) -> Group:
    head = Text.assemble(
        (f"{moment.rank}  ", "bold"),
        (stretch(moment.start, moment.end), "cyan"),
        f"  {moment.video_name or moment.video_id}",
        (f"  {moment.score:.2f}  {found_by(moment.matched)}", "dim"),
    )
    return Group(head, Padding.indent(_marked(_words(moment)), _UNDER_THE_TIME))


def _words(moment: Moment) -> str:
    """The passage that matched, else what was said there, else what is seen there."""
    return next(iter(moment.highlights), None) or moment.transcript or moment.caption or ""


def _marked(words: str) -> Text:
    """The words of the query, which come between `<em>` and `</em>`, in bold."""
    pieces = enumerate(_MARK.split(words))
    return Text.assemble(*((piece, "bold" if position % 2 else "") for position, piece in pieces))


def _quote(citation: Citation) -> Group:
    """The answer is the evidence itself."""
    place = Padding.indent(_place(citation), _UNDER_THE_TIME)
    return Group(Text(f"“{citation.quote}”", style="bold"), place)


def _citation(citation: Citation) -> Padding:
    return Padding.indent(_place(citation).append(f"  “{citation.quote}”"), _UNDER_THE_TIME)


def _place(citation: Citation) -> Text:
    return Text.assemble(
        (stretch(citation.start, citation.end), "cyan"),
        f"  {citation.video_name}",
        (f"  {found_by([citation.source])}", "dim"),
    )
