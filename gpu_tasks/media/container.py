"""Opens a media file and translates the errors of FFmpeg into task errors."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import av
from av.container import InputContainer
from cinedex.adapters.pyav.errors import is_of_the_file
from cinedex.adapters.pyav.streams import open_media

from gpu_tasks.task_errors import CorruptMedia, OutOfMemory, UnexpectedError, UnsupportedMedia


@contextmanager
def open_container(source: Path | str) -> Iterator[InputContainer]:
    """Raises `CorruptMedia`, `UnsupportedMedia` or `OutOfMemory`, also for errors inside the block.

    An FFmpeg error that the file does not cause is an `UnexpectedError`. Its message omits the URL of the file, because
    a presigned URL is a secret.
    """
    try:
        with open_media(str(source)) as container:
            yield container
    except (av.error.DecoderNotFoundError, av.error.ArgumentError) as error:
        raise UnsupportedMedia(f"The format of the file is not supported ({error.strerror}).") from error
    except (MemoryError, av.error.MemoryError) as error:
        raise OutOfMemory("Decoding the file needs more memory than this worker has.") from error
    except av.FFmpegError as error:
        if not is_of_the_file(error):
            raise UnexpectedError(f"The file could not be read ({type(error).__name__}: {error.strerror}).") from None
        raise CorruptMedia(f"The file cannot be decoded ({error.strerror}).") from error
