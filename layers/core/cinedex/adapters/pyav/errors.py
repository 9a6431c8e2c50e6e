"""Which of FFmpeg's errors say something about the file; all others are faults of the network or of our code."""

from __future__ import annotations

import errno

import av

_OF_THE_FILE = (
    av.error.ArgumentError,  # a format outside our whitelist, impossible dimensions; invalid options raise it, too
    av.error.BufferTooSmallError,
    av.error.BugError,  # a decoder's own bug, which this file meets every time
    av.error.DecoderNotFoundError,
    av.error.DemuxerNotFoundError,
    av.error.EOFError,
    av.error.ExperimentalError,
    av.error.ExternalError,
    av.error.InvalidDataError,
    av.error.NotImplementedError,
    av.error.OverflowError,
    av.error.PatchWelcomeError,
    av.error.UndefinedError,
    av.error.UnknownError,
)


def is_of_the_file(error: av.FFmpegError) -> bool:
    """Demuxers answer EIO when a file ends too early; HTTP, sockets, options and permissions are not the file's."""
    return isinstance(error, _OF_THE_FILE) or error.errno == errno.EIO
