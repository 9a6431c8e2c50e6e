"""Small clips made with PyAV, so that a test knows every frame and sample of its media."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from hashlib import sha256
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from tests.support.written_once import written_once

Picture = NDArray[np.uint8]
FPS = 25
SAMPLE_RATE_HZ = 16_000


def plain(colour: tuple[int, int, int], width: int = 160, height: int = 96) -> Picture:
    """One colour, blue-green-red."""
    return np.full((height, width, 3), colour, np.uint8)


def textured(seed: int, width: int = 160, height: int = 96) -> Picture:
    """Blotches of many colours: what a scene looks like to a shot detector."""
    coarse = np.random.default_rng(seed).integers(0, 256, (6, 10, 3), np.uint8)
    return np.ascontiguousarray(np.kron(coarse, np.ones((height // 6, width // 10, 1), np.uint8)))


def write_video(
    path: Path,
    pictures: Iterable[Picture],
    *,
    sound: NDArray[np.float32] | None = None,
    codec: str = "libx264",
    pts_of: Callable[[int], int] = lambda index: index,
    gop: int = 12,
    options: dict[str, str] | None = None,
) -> Path:
    """Write `pictures` at `FPS`; `pts_of` maps a frame's number to its timestamp in frames."""
    listed = list(pictures)
    times = [pts_of(index) for index in range(len(listed))]
    digest = sha256() if sound is None else sha256(sound.tobytes())
    for picture in listed:
        digest.update(picture.tobytes())
    shapes = (listed[0].shape, sound is None or len(sound))
    parts = (digest.digest(), shapes, codec, tuple(times), gop, str(options))
    return written_once(path, parts, lambda: _encode(path, listed, times, sound, codec, gop, options))


def _encode(
    path: Path,
    pictures: Sequence[Picture],
    times: Sequence[int],
    sound: NDArray[np.float32] | None,
    codec: str,
    gop: int,
    options: dict[str, str] | None,
) -> None:
    with av.open(str(path), "w", options=options or {}) as container:
        stream = container.add_stream(codec, rate=FPS)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "yuv420p"
        stream.codec_context.gop_size = gop
        stream.codec_context.time_base = Fraction(1, FPS)
        audio = container.add_stream("aac", rate=SAMPLE_RATE_HZ, layout="mono") if sound is not None else None
        for picture, pts in zip(pictures, times, strict=True):
            frame = av.VideoFrame.from_ndarray(picture, format="bgr24")
            frame.pts, frame.time_base = pts, Fraction(1, FPS)
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
        if audio is not None and sound is not None:
            container.mux(audio.encode(_sound_frame(sound)))
            container.mux(audio.encode(None))


def write_sound(path: Path, sound: NDArray[np.float32], codec: str = "pcm_s16le") -> Path:
    with av.open(str(path), "w") as container:
        stream = container.add_stream(codec, rate=SAMPLE_RATE_HZ, layout="mono")
        container.mux(stream.encode(_sound_frame(sound)))
        container.mux(stream.encode(None))
    return path


def tone(length_s: float, amplitude: float = 0.5) -> NDArray[np.float32]:
    at_s = np.arange(round(length_s * SAMPLE_RATE_HZ)) / SAMPLE_RATE_HZ
    return (amplitude * np.sin(2 * np.pi * 440 * at_s)).astype(np.float32)


def _sound_frame(sound: NDArray[np.float32]) -> av.AudioFrame:
    whole = np.clip(sound * 32767, -32768, 32767).astype(np.int16).reshape(1, -1)
    frame = av.AudioFrame.from_ndarray(whole, format="s16", layout="mono")
    frame.sample_rate, frame.pts = SAMPLE_RATE_HZ, 0
    return frame
