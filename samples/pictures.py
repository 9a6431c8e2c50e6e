"""The pictures of the sample clip: photographs under a slow camera, with titles that stay put."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from PIL import Image, ImageChops, ImageDraw, ImageFont

from samples.screenplay import Camera, Scene

WIDTH, HEIGHT, FRAMES_PER_S = 960, 540, 25

_PAPER, _INK, _ACCENT, _WHITE = (246, 240, 228), (34, 34, 40), (200, 82, 40), (255, 255, 255)
_MARGIN = 56
_TITLE_APPEARS_S, _TITLE_FADES_S = 0.3, 0.4
TITLE_READABLE_S = _TITLE_APPEARS_S + _TITLE_FADES_S


def frames(scene: Scene, frame_count: int) -> Iterator[Image.Image]:
    """Every frame of the scene, in order."""
    titles = _titles(scene)
    for index in range(frame_count):
        picture = _picture(scene, index / max(1, frame_count - 1))
        picture.paste(titles, mask=_faded(titles, index / FRAMES_PER_S))
        yield picture


def _picture(scene: Scene, progress: float) -> Image.Image:
    if scene.photograph is None or scene.camera is None:
        return _card()
    photograph = _photograph(scene.photograph)
    view = _view(scene.camera, progress, photograph)
    return photograph.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC, box=view)


def _view(camera: Camera, progress: float, photograph: Image.Image) -> tuple[float, float, float, float]:
    left, top, width = (
        first + (last - first) * progress for first, last in zip(camera.first, camera.last, strict=True)
    )
    x, y, across = left * photograph.width, top * photograph.height, width * photograph.width
    return x, y, x + across, y + across * HEIGHT / WIDTH


@cache
def _photograph(name: str) -> Image.Image:
    with (files("skimage") / "data" / name).open("rb") as file:
        return Image.open(file).convert("RGB")


def _card() -> Image.Image:
    return Image.new("RGB", (WIDTH, HEIGHT), _PAPER)


def _titles(scene: Scene) -> Image.Image:
    return _caption(scene) if scene.photograph else _centred(scene)


def _caption(scene: Scene) -> Image.Image:
    layer = _shade()
    draw = ImageDraw.Draw(layer)
    draw.rectangle((_MARGIN, HEIGHT - 118, _MARGIN + 48, HEIGHT - 114), fill=_ACCENT)
    _write(draw, (_MARGIN, HEIGHT - 82), scene.title, 36, _WHITE, "lm")
    _write(draw, (_MARGIN, HEIGHT - 44), scene.subtitle, 22, _WHITE, "lm")
    return layer


def _centred(scene: Scene) -> Image.Image:
    layer = Image.new("RGBA", (WIDTH, HEIGHT), (*_PAPER, 0))
    draw = ImageDraw.Draw(layer)
    _write(draw, (WIDTH // 2, HEIGHT // 2 - 28), scene.title, 56, _INK, "mm")
    draw.rectangle((WIDTH // 2 - 24, HEIGHT // 2 + 18, WIDTH // 2 + 24, HEIGHT // 2 + 22), fill=_ACCENT)
    _write(draw, (WIDTH // 2, HEIGHT // 2 + 54), scene.subtitle, 24, _INK, "mm")
    return layer


def _shade() -> Image.Image:
    """Darkness that rises from the lower edge, so that white letters read on any photograph."""
    darkness = Image.linear_gradient("L").resize((WIDTH, 200)).point(lambda level: level * 7 // 8)
    layer = Image.new("RGBA", (WIDTH, HEIGHT), (0, 0, 0, 0))
    layer.putalpha(_placed(darkness))
    return layer


def _placed(darkness: Image.Image) -> Image.Image:
    alpha = Image.new("L", (WIDTH, HEIGHT), 0)
    alpha.paste(darkness, (0, HEIGHT - darkness.height))
    return alpha


def _write(
    draw: ImageDraw.ImageDraw,
    at: tuple[int, int],
    text: str,
    size: int,
    colour: tuple[int, int, int],
    anchor: str,
) -> None:
    draw.text(at, text, fill=colour, font=_letters(size), anchor=anchor, stroke_width=size / 60)


@cache
def _letters(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Aileron, which Pillow carries: the clip looks the same wherever it is made."""
    return ImageFont.load_default(size)


def _faded(titles: Image.Image, time_s: float) -> Image.Image:
    shown = min(1.0, max(0.0, (time_s - _TITLE_APPEARS_S) / _TITLE_FADES_S))
    alpha = titles.getchannel("A")
    return ImageChops.multiply(alpha, Image.new("L", alpha.size, round(255 * shown)))
