"""The body of `POST /v2/videos`: a form with a file, or the same fields as a form or as JSON."""

from __future__ import annotations

from collections import Counter
from typing import NamedTuple

from fastapi import Request
from pydantic import ValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import MultiPartException

from cinedex.api.reka.read_subtitles import sent_with_video
from cinedex.api.reka.schemas.uploads import UploadForm
from cinedex.api.requests.multipart_form import FILE, SUBTITLES, read_multipart_form
from cinedex.api.requests.strict_body import FORM, NAME_CHARS_MAX
from cinedex.api.requests.validation import problems_of
from cinedex.kernel.errors import InvalidInput
from cinedex.library.domain.media_type import HEAD_BYTES, media_suffix
from cinedex.subtitles.parse_file import ParsedFile

JSON, URLENCODED, MULTIPART = "application/json", "application/x-www-form-urlencoded", "multipart/form-data"


class ReadUpload(NamedTuple):
    form: UploadForm
    file: UploadFile | None = None
    subtitles: tuple[ParsedFile, ...] = ()


async def read_upload(request: Request) -> ReadUpload:
    """Reka's clients send multipart, urlencoded and JSON bodies. Raises `InvalidInput`."""
    media_type = request.headers.get("content-type", "").split(";")[0].strip().lower()
    try:
        if media_type == JSON:
            return ReadUpload(UploadForm.model_validate_json(await request.body()))
        if media_type == MULTIPART:
            form = await read_multipart_form(request)
            fields = UploadForm.model_validate(_fields(form), context=FORM)
            return ReadUpload(fields, _file_of(form), tuple(await sent_with_video(form)))
        if media_type == URLENCODED:
            return ReadUpload(UploadForm.model_validate(_fields(await request.form()), context=FORM))
    except ValidationError as error:
        first = problems_of([{**fault, "loc": ("body", *fault["loc"])} for fault in error.errors()])[0]
        raise InvalidInput(first.message, field=first.field) from error
    except MultiPartException as error:
        raise InvalidInput(f"The form cannot be read. {error.message}", field=FILE) from error
    if await request.body():
        raise InvalidInput(
            f"The body is {media_type or 'of no declared type'}. Send the file in the field {FILE!r} of a form of type"
            f" {MULTIPART}, or upload it with POST /v2/videos/uploads.",
            field=FILE,
        )
    return ReadUpload(UploadForm())


async def file_name(file: UploadFile) -> str:
    """A file without a name is called `video`, with the suffix of its type."""
    if file.filename:
        return file.filename
    head = await file.read(HEAD_BYTES)
    await file.seek(0)
    suffix = media_suffix(file.content_type or "", head)
    if suffix is None:
        raise InvalidInput(
            f"The field {FILE!r} has neither a file name nor the type or the content of a media file.", field=FILE
        )
    return f"video{suffix}"


def _fields(form: FormData) -> dict[str, str]:
    """A file in a form without files is the name of a file, or its text."""
    values = [(name, value) for name, value in form.multi_items() if isinstance(value, str)]
    fields = dict(values)
    repeated = next((name for name, times in Counter(name for name, _ in values).items() if times > 1), None)
    if repeated is not None:
        raise InvalidInput(
            f"The form has the field {repeated[:NAME_CHARS_MAX]!r} more than once.", field=repeated[:NAME_CHARS_MAX]
        )
    if fields.pop(FILE, ""):
        raise InvalidInput(f"The field {FILE!r} is text. Send the file in a form of type {MULTIPART}.", field=FILE)
    return fields


def _file_of(form: FormData) -> UploadFile | None:
    """A file field that was left empty in a browser is a part without name and content."""
    items = ((name, value) for name, value in form.multi_items() if name != SUBTITLES)
    files = [(name, value) for name, value in items if isinstance(value, UploadFile)]
    sent = [(name, file) for name, file in files if file.filename or file.size]
    wanted = [file for name, file in sent if name == FILE]
    if len(wanted) > 1:
        raise InvalidInput(f"The field {FILE!r} has {len(wanted)} files. Send one file in each request.", field=FILE)
    if not wanted and sent:
        raise InvalidInput(f"The file is in the field {sent[0][0]!r}. Send it in the field {FILE!r}.", field=FILE)
    return wanted[0] if wanted else None
