"""Draws titles: captions over photographs, and cards with a title or a list."""

from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from samples.format import VideoFormat
from samples.script_model import ScriptScene

Colour = tuple[int, int, int]

_ACCENT, _WHITE = (200, 82, 40), (255, 255, 255)
_MARGIN = 56


@dataclass(frozen=True)
class Theme:
    """The colours of a card: background and text."""

    colour: Colour
    text_colour: Colour


_DARK = (34, 34, 40)
THEMES = {
    "paper": Theme((246, 240, 228), _DARK),
    "night": Theme((22, 26, 48), _WHITE),
    "leaf": Theme((40, 92, 60), _WHITE),
    "sand": Theme((226, 190, 120), _DARK),
    "sea": Theme((30, 96, 150), _WHITE),
    "brick": Theme((140, 44, 36), _WHITE),
}


def draw_title(scene: ScriptScene, video_format: VideoFormat) -> Image.Image:
    """The text of a scene on a transparent layer."""
    if scene.photograph:
        return _caption(scene, video_format)
    return _list(scene, video_format) if scene.lines else _centred(scene, video_format)


def _caption(scene: ScriptScene, video_format: VideoFormat) -> Image.Image:
    layer = _shade(video_format)
    pen = _Pen(ImageDraw.Draw(layer), video_format)
    pen.rule((_MARGIN, -118))
    pen.write((_MARGIN, -82), scene.title, 36, _WHITE, "lm")
    pen.write((_MARGIN, -44), scene.subtitle, 22, _WHITE, "lm")
    return layer


def _centred(scene: ScriptScene, video_format: VideoFormat) -> Image.Image:
    layer, text_colour = _transparent(scene, video_format), THEMES[scene.theme].text_colour
    pen = _Pen(ImageDraw.Draw(layer), video_format)
    pen.write((480, 242), scene.title, 56, text_colour, "mm")
    pen.rule((456, 288))
    pen.write((480, 324), scene.subtitle, 24, text_colour, "mm")
    return layer


def _list(scene: ScriptScene, video_format: VideoFormat) -> Image.Image:
    layer, text_colour = _transparent(scene, video_format), THEMES[scene.theme].text_colour
    pen = _Pen(ImageDraw.Draw(layer), video_format)
    pen.write((_MARGIN * 2, 120), scene.title, 36, text_colour, "lm")
    pen.rule((_MARGIN * 2, 158))
    for index, line in enumerate(scene.lines):
        pen.write((_MARGIN * 2, 226 + 72 * index), line, 28, text_colour, "lm")
    return layer


def _transparent(scene: ScriptScene, video_format: VideoFormat) -> Image.Image:
    return Image.new("RGBA", (video_format.width, video_format.height), (*THEMES[scene.theme].colour, 0))


def _shade(video_format: VideoFormat) -> Image.Image:
    """A dark gradient at the lower edge, so that white letters are readable on any photograph."""
    size = (video_format.width, video_format.pixels(200))
    gradient = Image.linear_gradient("L").resize(size).point(lambda level: level * 7 // 8)
    alpha = Image.new("L", (video_format.width, video_format.height), 0)
    alpha.paste(gradient, (0, video_format.height - gradient.height))
    layer = Image.new("RGBA", alpha.size, (0, 0, 0, 0))
    layer.putalpha(alpha)
    return layer


@dataclass(frozen=True)
class _Pen:
    """Draws at positions that are given for 960 x 540 pixels; a negative y counts from the lower edge."""

    draw: ImageDraw.ImageDraw
    video_format: VideoFormat

    def write(self, at: tuple[int, int], text: str, size: int, colour: Colour, anchor: str) -> None:
        font_size = self.video_format.font_pixels(size)
        self.draw.text(
            self._position(at), text, fill=colour, font=_font(font_size), anchor=anchor, stroke_width=font_size / 60
        )

    def rule(self, at: tuple[int, int]) -> None:
        x, y = self._position(at)
        self.draw.rectangle((x, y, x + self.video_format.pixels(48), y + self.video_format.pixels(4)), fill=_ACCENT)

    def _position(self, at: tuple[int, int]) -> tuple[int, int]:
        x, y = self.video_format.pixels(at[0]), self.video_format.pixels(at[1])
        return x, y if y >= 0 else self.video_format.height + y


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Aileron, the font in the Pillow package: a clip does not depend on the fonts of the machine."""
    return ImageFont.load_default(size)
