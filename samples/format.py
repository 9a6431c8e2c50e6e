"""Resolution, frame rate and compression of a clip."""

from dataclasses import dataclass

_REFERENCE_HEIGHT = 540


@dataclass(frozen=True)
class VideoFormat:
    """`font_scale` enlarges the titles beyond the scale of the picture; `crf` is the rate factor of x264."""

    width: int
    height: int
    frames_per_s: int
    crf: int
    audio_bits_per_s: int
    font_scale: float = 1.0

    def pixels(self, length: float) -> int:
        """A length that is given for a picture of 540 lines, in pixels of this format."""
        return round(length * self.height / _REFERENCE_HEIGHT)

    def font_pixels(self, size: float) -> int:
        return self.pixels(size * self.font_scale)


DEMO = VideoFormat(width=960, height=540, frames_per_s=25, crf=26, audio_bits_per_s=72_000)
SMALL = VideoFormat(width=640, height=360, frames_per_s=10, crf=33, audio_bits_per_s=24_000, font_scale=1.25)
