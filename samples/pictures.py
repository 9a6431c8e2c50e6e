"""The pictures of a clip: photographs under a slow camera, with titles that stay put."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from PIL import Image, ImageChops

from samples.format import Format
from samples.script_model import Camera, Scene
from samples.title_cards import PAPERS, titles

_TITLE_APPEARS_S, _TITLE_FADES_S = 0.3, 0.4
TITLE_READABLE_S = _TITLE_APPEARS_S + _TITLE_FADES_S

_IN_SCIKIT_IMAGE = ("skimage", "data")
_ELSEWHERE = {
    "china.jpg": ("sklearn", "datasets/images"),
    "flower.jpg": ("sklearn", "datasets/images"),
    "grace_hopper.jpg": ("matplotlib", "mpl-data/sample_data"),
}


def frames(scene: Scene, frame_count: int, form: Format) -> Iterator[Image.Image]:
    """Every frame of the scene, in order."""
    written = titles(scene, form)
    for index in range(frame_count):
        picture = _picture(scene, index / max(1, frame_count - 1), form)
        picture.paste(written, mask=_faded(written, index / form.frames_per_s))
        yield picture


def _picture(scene: Scene, progress: float, form: Format) -> Image.Image:
    size = (form.width, form.height)
    if scene.photograph is None or scene.camera is None:
        return Image.new("RGB", size, PAPERS[scene.paper].colour)
    photograph = _photograph(scene.photograph)
    view = _view(scene.camera, progress, photograph, form)
    return photograph.resize(size, Image.Resampling.BICUBIC, box=view)


def _view(camera: Camera, progress: float, photograph: Image.Image, form: Format) -> tuple[float, float, float, float]:
    left, top, width = (
        first + (last - first) * progress for first, last in zip(camera.first, camera.last, strict=True)
    )
    x, y, across = left * photograph.width, top * photograph.height, width * photograph.width
    return x, y, x + across, y + across * form.height / form.width


@cache
def _photograph(name: str) -> Image.Image:
    package, folder = _ELSEWHERE.get(name, _IN_SCIKIT_IMAGE)
    with (files(package) / folder / name).open("rb") as file:
        return Image.open(file).convert("RGB")


def _faded(written: Image.Image, time_s: float) -> Image.Image:
    shown = min(1.0, max(0.0, (time_s - _TITLE_APPEARS_S) / _TITLE_FADES_S))
    alpha = written.getchannel("A")
    return ImageChops.multiply(alpha, Image.new("L", alpha.size, round(255 * shown)))
