"""`/v2/videos/{id}/…`: the tracks of the timeline: transcript, captions, screen text, scenes and objects."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, Field

from cinedex.api.auth import Reader
from cinedex.api.response_size import bounded
from cinedex.bootstrap.library import read_timeline
from cinedex.bootstrap.subtitles import export_transcript
from cinedex.kernel.errors import InvalidInput
from cinedex.subtitles.export import ExportFormat, export
from cinedex.timeline.entries import TimelineEntry, Track
from cinedex.timeline.read_timeline import TrackQuery

router = APIRouter(prefix="/v2/videos/{video_id}", tags=["video insights"])


class SpokenItem(BaseModel):
    start: float
    end: float
    text: str


class SpokenPage(BaseModel):
    data: list[SpokenItem]
    next_page_token: str | None = None


class TranscriptItem(SpokenItem):
    language: str | None = Field(
        default=None, description="Extension: the spoken language, ISO 639-1; null for a translation."
    )


class TranscriptPage(BaseModel):
    data: list[TranscriptItem]
    next_page_token: str | None = None


class WholeText(BaseModel):
    text: str


class CaptionItem(BaseModel):
    start: float
    end: float
    caption: str
    model: str = Field(description="Extension: the model that wrote the caption.")

    @classmethod
    def of(cls, entry: TimelineEntry) -> CaptionItem:
        body = entry.body
        return cls(start=entry.span.start_s, end=entry.span.end_s, caption=body["caption"], model=body["model"])


class CaptionPage(BaseModel):
    data: list[CaptionItem]
    next_page_token: str | None = None


class SceneItem(BaseModel):
    index: int
    start: float
    end: float


class ScenePage(BaseModel):
    data: list[SceneItem]
    next_page_token: str | None = None


class DetectionItem(BaseModel):
    """`bbox` is [x1, y1, x2, y2] in pixels of the stored video."""

    type: str
    bbox: list[int]
    frame_idx: int
    frame_timestamp_start: float
    frame_timestamp_end: float
    person_id: int | None = None
    score: float | None = None


class ObjectItem(BaseModel):
    start: float
    end: float
    detections: list[DetectionItem]


class ObjectPage(BaseModel):
    data: list[ObjectItem]
    next_page_token: str | None = None


def track_query(
    start: Annotated[float | None, Query(description="Seconds; only entries that end after it.")] = None,
    end: Annotated[float | None, Query(description="Seconds; only entries that start before it.")] = None,
    page_limit: int = 50,
    page_token: str | None = None,
) -> TrackQuery:
    return TrackQuery(start_s=start, end_s=end, page_limit=page_limit, page_token=page_token)


Range = Annotated[TrackQuery, Depends(track_query)]


@router.get("/transcript", response_model=TranscriptPage | SpokenPage | WholeText)
def transcript(
    caller: Reader,
    video_id: UUID,
    query: Range,
    format: Annotated[
        Literal["segments", "words", "text", "srt", "vtt"],
        Query(description="`srt` and `vtt` (extension) are subtitle files of the whole range; `text` has no pages."),
    ] = "segments",  # the name in Reka's API
    translation: Annotated[
        Literal["en"] | None, Query(description="Extension: the translation that was requested with translate_to.")
    ] = None,
) -> TranscriptPage | SpokenPage | WholeText | Response:
    """Get the spoken text by sentences, by words, as one text without pages, or as a SubRip or WebVTT file."""
    if format in ("srt", "vtt"):
        return _file(caller.account_id, str(video_id), query, ExportFormat(format), translated=translation is not None)
    track = Track.TRANSCRIPT if translation is None else Track.TRANSLATION
    if format == "text":
        text = read_timeline().text(caller.account_id, str(video_id), query, track)
        return WholeText(text=bounded(text, "words"))
    if format == "words":
        _require_original(translation)
        words, token = read_timeline().words(caller.account_id, str(video_id), query)
        spoken = [SpokenItem(start=w.span.start_s, end=w.span.end_s, text=w.text) for w in words]
        return SpokenPage(data=spoken, next_page_token=token)
    entries, token = read_timeline().page(caller.account_id, str(video_id), track, query)
    return TranscriptPage(data=[_transcribed(e) for e in entries], next_page_token=token)


def _file(account_id: str, video_id: str, query: TrackQuery, target: ExportFormat, *, translated: bool) -> Response:
    file = export_transcript()(account_id, video_id, query, translated=translated)
    content = bounded(export(file.cues, target, file.language), "words")
    language = f".{file.language}" if file.language else ""
    headers = {"content-disposition": f'attachment; filename="transcript{language}.{target.value}"'}
    if file.language:
        headers["content-language"] = file.language
    return Response(content, media_type=f"{target.media_type}; charset=utf-8", headers=headers)


def _require_original(translation: str | None) -> None:
    if translation is not None:
        raise InvalidInput("The words of a translation have no times; use format=segments.", field="format")


@router.get("/captions")
def captions(caller: Reader, video_id: UUID, query: Range) -> CaptionPage:
    """List the captions of the segments."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.CAPTIONS, query)
    return CaptionPage(data=[CaptionItem.of(e) for e in entries], next_page_token=token)


@router.get("/screen-text")
def screen_text(caller: Reader, video_id: UUID, query: Range) -> SpokenPage:
    """Extension: list the lines of text in the picture, each with the time it is visible."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.SCREEN_TEXT, query)
    return SpokenPage(data=[_spoken(e) for e in entries], next_page_token=token)


@router.get("/scenes")
def scenes(caller: Reader, video_id: UUID, query: Range) -> ScenePage:
    """List the shots of the video; they have no gaps between them."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.SCENES, query)
    data = [SceneItem(index=e.index, start=e.span.start_s, end=e.span.end_s) for e in entries]
    return ScenePage(data=data, next_page_token=token)


@router.get("/objects")
def objects(caller: Reader, video_id: UUID, query: Range, type: str | None = None) -> ObjectPage:
    """List the objects in sampled frames by segment; `type` filters by one kind, such as `person`."""
    entries, token = read_timeline().page(caller.account_id, str(video_id), Track.OBJECTS, query)
    items = [
        ObjectItem(
            start=e.span.start_s,
            end=e.span.end_s,
            detections=[_detection(d) for d in e.body["detections"] if type in (None, d["type"])],
        )
        for e in entries
    ]
    return ObjectPage(data=[i for i in items if i.detections], next_page_token=token)


def _spoken(entry: TimelineEntry) -> SpokenItem:
    return SpokenItem(start=entry.span.start_s, end=entry.span.end_s, text=entry.body["text"])


def _transcribed(entry: TimelineEntry) -> TranscriptItem:
    return TranscriptItem(**_spoken(entry).model_dump(), language=entry.body.get("language"))


def _detection(detection: dict[str, Any]) -> DetectionItem:
    return DetectionItem(
        type=detection["type"],
        bbox=detection["bbox"],
        frame_idx=detection["frame_idx"],
        frame_timestamp_start=detection["at_s"],
        frame_timestamp_end=detection["until_s"],
        score=detection["score"],
    )
