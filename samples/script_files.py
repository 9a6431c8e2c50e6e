"""Reads the screenplays of the search library, which are data: one TOML file a clip."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samples.script_model import Camera, Scene

SCREENPLAYS = Path(__file__).parent / "search" / "scripts"

_SILENT_LASTS_S = 6.0


@dataclass(frozen=True)
class Screenplay:
    """`description` is what its owner writes beside the video, title first."""

    description: str
    scenes: tuple[Scene, ...]


def read_screenplay(path: Path) -> Screenplay:
    told = tomllib.loads(path.read_text(encoding="utf-8"))
    return Screenplay(told["description"], tuple(_scene(scene) for scene in told["scene"]))


def _scene(told: dict[str, Any]) -> Scene:
    says = tuple(told.get("says", ()))
    return Scene(
        name=told["name"],
        title=told.get("title", ""),
        subtitle=told.get("subtitle", ""),
        lines=tuple(told.get("lines", ())),
        sentences=says,
        photograph=told.get("photograph"),
        camera=_camera(told),
        paper=told.get("paper", "paper"),
        lasts_s=0.0 if says else _SILENT_LASTS_S,
        music=not says,
    )


def _camera(told: dict[str, Any]) -> Camera | None:
    if "camera" not in told:
        return None
    (left, top, width), (left_at_last, top_at_last, width_at_last) = told["camera"]
    return Camera(first=(left, top, width), last=(left_at_last, top_at_last, width_at_last))
