"""`/v2/videos/{id}/subtitles`, an extension: attach, list, read, export and remove subtitles."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from cinedex.api.auth import Reader, Writer
from cinedex.api.reka.insights import Range, SpokenItem, SpokenPage, WholeText
from cinedex.api.reka.read_subtitles import read_subtitle_form
from cinedex.api.reka.schemas.library import StatusResponse
from cinedex.api.reka.schemas.subtitles import SUBTITLE_BODY, SubtitleListResponse, SubtitleTrackResponse
from cinedex.api.response_size import bounded
from cinedex.bootstrap import subtitles as bootstrap
from cinedex.subtitles.export import ExportFormat, export

router = APIRouter(prefix="/v2/videos/{video_id}/subtitles", tags=["subtitles"])


@router.get("")
def list_subtitles(caller: Reader, video_id: UUID) -> SubtitleListResponse:
    """List the subtitle tracks: those inside the file, also if they cannot be read, and those that were sent."""
    tracks = bootstrap.read_subtitles().tracks(caller.account_id, str(video_id))
    return SubtitleListResponse(data=[SubtitleTrackResponse.of(track) for track in tracks])


@router.post("", status_code=201, openapi_extra=SUBTITLE_BODY)
async def attach_subtitles(caller: Writer, video_id: UUID, request: Request) -> SubtitleTrackResponse:
    """Attach a SubRip, WebVTT or ASS file. Its text can be searched at once if the video is analysed."""
    await run_in_threadpool(bootstrap.read_subtitles().tracks, caller.account_id, str(video_id))
    file, details = await read_subtitle_form(request)
    attach = bootstrap.attach_subtitles()
    return SubtitleTrackResponse.of(
        await run_in_threadpool(attach, caller.account_id, str(video_id), file, details),
    )


@router.get("/{subtitle_id}", response_model=SpokenPage | WholeText)
def get_subtitles(
    caller: Reader,
    video_id: UUID,
    subtitle_id: str,
    query: Range,
    format: Annotated[
        Literal["segments", "text", "srt", "vtt"],
        Query(description="`srt` and `vtt` are files with all cues of the range; `text` is one text without pages."),
    ] = "segments",
) -> SpokenPage | WholeText | Response:
    """Get the cues of one track, or export them as SubRip or WebVTT."""
    place = caller.account_id, str(video_id), subtitle_id
    read = bootstrap.read_subtitles()
    if format == "segments":
        cues, token = read.page(*place, query)
        return SpokenPage(
            data=[SpokenItem(start=c.span.start_s, end=c.span.end_s, text=c.text) for c in cues],
            next_page_token=token,
        )
    cues = read.cues(*place, query)
    if format == "text":
        return WholeText(text=bounded(" ".join(" ".join(c.text.split()) for c in cues), "subtitles"))
    target = ExportFormat(format)
    name = {"content-disposition": f'attachment; filename="{subtitle_id}.{target.value}"'}
    content = bounded(export(cues, target), "subtitles")
    return Response(content, media_type=f"{target.media_type}; charset=utf-8", headers=name)


@router.delete("/{subtitle_id}")
def remove_subtitles(caller: Writer, video_id: UUID, subtitle_id: str) -> StatusResponse:
    """Remove subtitles that were sent. Those inside the file stay."""
    bootstrap.remove_subtitles()(caller.account_id, str(video_id), subtitle_id)
    return StatusResponse(message="Subtitles removed")
