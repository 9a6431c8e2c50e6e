"""Subtitle files in forms: `file` of `POST /v2/videos/{id}/subtitles`, and `subtitles` of `POST /v2/videos`."""

from __future__ import annotations

from fastapi import Request
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from cinedex.api.reka.schemas.library import Line
from cinedex.api.requests.multipart_form import FILE, SUBTITLES, read_multipart_form
from cinedex.api.requests.strict_body import FORM, NAME_CHARS_MAX, StrictBody
from cinedex.api.requests.validation import problems_of
from cinedex.kernel.errors import InvalidInput, TooLarge
from cinedex.library.domain.subtitle_track import TRACKS_MAX
from cinedex.subtitles.attach_subtitles import SubtitleDetails
from cinedex.subtitles.parse_file import BYTES_MAX, ParsedFile, parse_file

MULTIPART = "multipart/form-data"


class SubtitleForm(StrictBody):
    """The fields beside the file."""

    language: Line | None = None
    title: Line | None = None
    encoding: Line | None = None
    default: bool = False
    forced: bool = False
    hearing_impaired: bool = False

    def details(self) -> SubtitleDetails:
        return SubtitleDetails(
            language=(self.language or "").strip() or None,
            title=(self.title or "").strip() or None,
            is_default=self.default,
            is_forced=self.forced,
            is_hearing_impaired=self.hearing_impaired,
        )


async def read_subtitle_form(request: Request) -> tuple[ParsedFile, SubtitleDetails]:
    """Raises `InvalidInput` with the field, and with the line of a file that cannot be parsed."""
    if request.headers.get("content-type", "").split(";")[0].strip().lower() != MULTIPART:
        raise InvalidInput(f"Send the subtitles in the field {FILE!r} of a form of type {MULTIPART}.", field=FILE)
    try:
        form = await read_multipart_form(request)
        fields = SubtitleForm.model_validate({k: v for k, v in form.multi_items() if isinstance(v, str)}, context=FORM)
    except ValidationError as error:
        first = problems_of([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()])[0]
        raise InvalidInput(first.message, field=first.field) from error
    except MultiPartException as error:
        raise InvalidInput(f"The form cannot be read. {error.message}", field=FILE) from error
    sent = [(name, value) for name, value in form.multi_items() if isinstance(value, UploadFile)]
    wanted = [file for name, file in sent if name == FILE]
    if len(wanted) != 1:
        where = f" The file is in the field {sent[0][0]!r}." if sent and not wanted else ""
        raise InvalidInput(f"Send one subtitle file in the field {FILE!r}.{where}", field=FILE)
    return await _parsed(wanted[0], fields), fields.details()


async def sent_with_video(form: FormData) -> list[ParsedFile]:
    """The files in the field `subtitles`, in their order. Raises `InvalidInput` and `TooLarge` of that field.

    A part without name and content is a field that was left empty in a browser.
    """
    parts = (value for name, value in form.multi_items() if name == SUBTITLES and isinstance(value, UploadFile))
    files = [part for part in parts if part.filename or part.size]
    if len(files) > TRACKS_MAX:
        raise InvalidInput(f"{len(files)} subtitle files were sent; the most is {TRACKS_MAX}.", field=SUBTITLES)
    return [await _sent(file) for file in files]


async def _sent(file: UploadFile) -> ParsedFile:
    try:
        return await _parsed(file, SubtitleForm())
    except (InvalidInput, TooLarge) as error:
        name = f"{file.filename[:NAME_CHARS_MAX]}: " if file.filename else ""
        raise type(error)(f"{name}{error.message}", field=SUBTITLES) from error


async def _parsed(file: UploadFile, fields: SubtitleForm) -> ParsedFile:
    data = await file.read(BYTES_MAX + 1)
    if len(data) > BYTES_MAX:
        raise TooLarge(f"The subtitle file is larger than {BYTES_MAX} bytes.", field=FILE)
    if not data:
        raise InvalidInput("The subtitle file is empty.", field=FILE)
    return await run_in_threadpool(parse_file, data, fields.encoding, fields.details().language)
