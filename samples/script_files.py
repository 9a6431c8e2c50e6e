"""Reads the scripts of the search library: one TOML file for each clip."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from samples.script_model import Camera, ScriptScene

SCRIPTS = Path(__file__).parent / "search" / "scripts"

_SILENT_LENGTH_S = 6.0


@dataclass(frozen=True)
class Script:
    """`description` is the description of the uploaded video; its first sentence is the title."""

    description: str
    scenes: tuple[ScriptScene, ...]


def read_script(path: Path) -> Script:
    table = tomllib.loads(path.read_text(encoding="utf-8"))
    return Script(table["description"], tuple(_scene(scene) for scene in table["scene"]))


def _scene(table: dict[str, Any]) -> ScriptScene:
    narration = tuple(table.get("narration", ()))
    return ScriptScene(
        name=table["name"],
        title=table.get("title", ""),
        subtitle=table.get("subtitle", ""),
        lines=tuple(table.get("lines", ())),
        sentences=narration,
        photograph=table.get("photograph"),
        camera=_camera(table),
        theme=table.get("theme", "paper"),
        length_min_s=0.0 if narration else _SILENT_LENGTH_S,
        music=not narration,
    )


def _camera(table: dict[str, Any]) -> Camera | None:
    if "camera" not in table:
        return None
    (left, top, width), (last_left, last_top, last_width) = table["camera"]
    return Camera(first=(left, top, width), last=(last_left, last_top, last_width))
