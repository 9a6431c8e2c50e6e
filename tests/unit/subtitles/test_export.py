"""Exported files have the same cues as what was read."""

from __future__ import annotations

import pytest
from cinedex.kernel.span import span
from cinedex.subtitles.cue import Cue
from cinedex.subtitles.export import ExportFormat, export
from cinedex.subtitles.parse_file import parse_file

CUES = (
    Cue(span=span(0.0, 1.5), text="Rock & roll < pop"),
    Cue(span=span(3661.0625, 3662.0), text="Two\nlines"),
)


def test_subrip_numbers_its_cues() -> None:
    assert export(CUES, ExportFormat.SRT) == (
        "1\n00:00:00,000 --> 00:00:01,500\nRock & roll < pop\n\n2\n01:01:01,062 --> 01:01:02,000\nTwo\nlines\n\n"
    )


def test_webvtt_escapes_what_would_be_markup() -> None:
    assert export(CUES[:1], ExportFormat.VTT) == (
        "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nRock &amp; roll &lt; pop\n\n"
    )


@pytest.mark.parametrize("target", ExportFormat)
def test_an_exported_file_is_read_with_the_same_cues(target: ExportFormat) -> None:
    read = parse_file(export(CUES, target).encode()).cues
    assert [c.text for c in read] == [c.text for c in CUES]
    assert [c.span.start_s for c in read] == pytest.approx([c.span.start_s for c in CUES], abs=0.001)


def test_an_arrow_in_a_text_begins_no_cue() -> None:
    text = "1 --> 2"
    exported = export([Cue(span=span(0, 1), text=text)], ExportFormat.SRT)
    assert len(parse_file(exported.encode()).cues) == 1
    vtt = export([Cue(span=span(0, 1), text=text)], ExportFormat.VTT)
    assert [c.text for c in parse_file(vtt.encode()).cues] == [text]
