"""Options of the decoder that bound what a frame costs."""

from __future__ import annotations

from av.video.stream import VideoStream

FULL_FPS_MAX = 120.0  # above it, comparing frames needs only those that other frames refer to
THREADED_PIXELS_MIN = 320 * 240  # below it, handing a frame to a thread takes longer than decoding it


def set_decoder_options(stream: VideoStream, *, fast: bool) -> None:
    """`fast`: the frames are only compared, so that deblocking and, at a high rate, some of them are skipped."""
    context = stream.codec_context
    stream.thread_type = "AUTO" if context.width * context.height >= THREADED_PIXELS_MIN else "SLICE"
    if not fast:
        return
    context.options = {"skip_loop_filter": "all"}
    if stream.average_rate and float(stream.average_rate) > FULL_FPS_MAX:
        context.skip_frame = "NONREF"
