"""Renders the frames of a scene: a slow camera move over a photograph, and a title."""

from collections.abc import Iterator
from functools import cache
from importlib.resources import files

from PIL import Image, ImageChops

from samples.format import VideoFormat
from samples.script_model import Camera, ScriptScene
from samples.title_cards import THEMES, draw_title

_TITLE_APPEARS_S, _TITLE_FADES_S = 0.3, 0.4
TITLE_READABLE_S = _TITLE_APPEARS_S + _TITLE_FADES_S

_IN_SCIKIT_IMAGE = ("skimage", "data")
_OTHER_PACKAGES = {
    "china.jpg": ("sklearn", "datasets/images"),
    "flower.jpg": ("sklearn", "datasets/images"),
    "grace_hopper.jpg": ("matplotlib", "mpl-data/sample_data"),
}


def frames(scene: ScriptScene, frame_count: int, video_format: VideoFormat) -> Iterator[Image.Image]:
    """The frames of the scene in order."""
    title = draw_title(scene, video_format)
    for index in range(frame_count):
        picture = _picture(scene, index / max(1, frame_count - 1), video_format)
        picture.paste(title, mask=_faded(title, index / video_format.frames_per_s))
        yield picture


def _picture(scene: ScriptScene, progress: float, video_format: VideoFormat) -> Image.Image:
    size = (video_format.width, video_format.height)
    if scene.photograph is None or scene.camera is None:
        return Image.new("RGB", size, THEMES[scene.theme].colour)
    photograph = _photograph(scene.photograph)
    view = _view(scene.camera, progress, photograph, video_format)
    return photograph.resize(size, Image.Resampling.BICUBIC, box=view)


def _view(
    camera: Camera, progress: float, photograph: Image.Image, video_format: VideoFormat
) -> tuple[float, float, float, float]:
    left, top, width = (
        first + (last - first) * progress for first, last in zip(camera.first, camera.last, strict=True)
    )
    x, y, view_width = left * photograph.width, top * photograph.height, width * photograph.width
    return x, y, x + view_width, y + view_width * video_format.height / video_format.width


@cache
def _photograph(name: str) -> Image.Image:
    package, folder = _OTHER_PACKAGES.get(name, _IN_SCIKIT_IMAGE)
    with (files(package) / folder / name).open("rb") as file:
        return Image.open(file).convert("RGB")


def _faded(title: Image.Image, time_s: float) -> Image.Image:
    opacity = min(1.0, max(0.0, (time_s - _TITLE_APPEARS_S) / _TITLE_FADES_S))
    alpha = title.getchannel("A")
    return ImageChops.multiply(alpha, Image.new("L", alpha.size, round(255 * opacity)))
