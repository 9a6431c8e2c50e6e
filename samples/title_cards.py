"""What is written on the pictures: captions over photographs, and cards with a title or a list."""

from dataclasses import dataclass
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from samples.format import Format
from samples.script_model import Scene

Colour = tuple[int, int, int]

_ACCENT, _WHITE = (200, 82, 40), (255, 255, 255)
_MARGIN = 56


@dataclass(frozen=True)
class Paper:
    """The colours of a card."""

    colour: Colour
    ink: Colour


_DARK_INK = (34, 34, 40)
PAPERS = {
    "paper": Paper((246, 240, 228), _DARK_INK),
    "night": Paper((22, 26, 48), _WHITE),
    "leaf": Paper((40, 92, 60), _WHITE),
    "sand": Paper((226, 190, 120), _DARK_INK),
    "sea": Paper((30, 96, 150), _WHITE),
    "brick": Paper((140, 44, 36), _WHITE),
}


def titles(scene: Scene, form: Format) -> Image.Image:
    """The writing of a scene as a layer that is clear everywhere else."""
    if scene.photograph:
        return _caption(scene, form)
    return _list(scene, form) if scene.lines else _centred(scene, form)


def _caption(scene: Scene, form: Format) -> Image.Image:
    layer = _shade(form)
    pen = _Pen(ImageDraw.Draw(layer), form)
    pen.rule((_MARGIN, -118))
    pen.write((_MARGIN, -82), scene.title, 36, _WHITE, "lm")
    pen.write((_MARGIN, -44), scene.subtitle, 22, _WHITE, "lm")
    return layer


def _centred(scene: Scene, form: Format) -> Image.Image:
    layer, ink = _clear(scene, form), PAPERS[scene.paper].ink
    pen = _Pen(ImageDraw.Draw(layer), form)
    pen.write((480, 242), scene.title, 56, ink, "mm")
    pen.rule((456, 288))
    pen.write((480, 324), scene.subtitle, 24, ink, "mm")
    return layer


def _list(scene: Scene, form: Format) -> Image.Image:
    layer, ink = _clear(scene, form), PAPERS[scene.paper].ink
    pen = _Pen(ImageDraw.Draw(layer), form)
    pen.write((_MARGIN * 2, 120), scene.title, 36, ink, "lm")
    pen.rule((_MARGIN * 2, 158))
    for place, line in enumerate(scene.lines):
        pen.write((_MARGIN * 2, 226 + 72 * place), line, 28, ink, "lm")
    return layer


def _clear(scene: Scene, form: Format) -> Image.Image:
    return Image.new("RGBA", (form.width, form.height), (*PAPERS[scene.paper].colour, 0))


def _shade(form: Format) -> Image.Image:
    """Darkness that rises from the lower edge, so that white letters read on any photograph."""
    size = (form.width, form.pixels(200))
    darkness = Image.linear_gradient("L").resize(size).point(lambda level: level * 7 // 8)
    alpha = Image.new("L", (form.width, form.height), 0)
    alpha.paste(darkness, (0, form.height - darkness.height))
    layer = Image.new("RGBA", alpha.size, (0, 0, 0, 0))
    layer.putalpha(alpha)
    return layer


@dataclass(frozen=True)
class _Pen:
    """Places are given for 960 x 540; a negative height is counted from the lower edge."""

    draw: ImageDraw.ImageDraw
    form: Format

    def write(self, at: tuple[int, int], text: str, size: int, colour: Colour, anchor: str) -> None:
        letters = self.form.letter_pixels(size)
        self.draw.text(
            self._place(at), text, fill=colour, font=_letters(letters), anchor=anchor, stroke_width=letters / 60
        )

    def rule(self, at: tuple[int, int]) -> None:
        x, y = self._place(at)
        self.draw.rectangle((x, y, x + self.form.pixels(48), y + self.form.pixels(4)), fill=_ACCENT)

    def _place(self, at: tuple[int, int]) -> tuple[int, int]:
        x, y = self.form.pixels(at[0]), self.form.pixels(at[1])
        return x, y if y >= 0 else self.form.height + y


@cache
def _letters(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Aileron, which Pillow carries: the clip looks the same wherever it is made."""
    return ImageFont.load_default(size)
