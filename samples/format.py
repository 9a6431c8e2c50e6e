"""How large, how fast and how finely a clip is recorded."""

from dataclasses import dataclass

_DRAWN_FOR_HEIGHT = 540


@dataclass(frozen=True)
class Format:
    """`letters` makes the titles larger than the picture alone would have them; `crf` is that of x264."""

    width: int
    height: int
    frames_per_s: int
    crf: int
    audio_bits_per_s: int
    letters: float = 1.0

    def pixels(self, drawn: float) -> int:
        """A length that was drawn for 540 lines."""
        return round(drawn * self.height / _DRAWN_FOR_HEIGHT)

    def letter_pixels(self, drawn: float) -> int:
        return self.pixels(drawn * self.letters)


TOUR = Format(width=960, height=540, frames_per_s=25, crf=26, audio_bits_per_s=72_000)
SMALL = Format(width=640, height=360, frames_per_s=10, crf=33, audio_bits_per_s=24_000, letters=1.25)
