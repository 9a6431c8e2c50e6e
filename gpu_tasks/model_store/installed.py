"""The models in the folder of weights, and those of the catalog that are not there."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from gpu_tasks.engines.catalog import Role, read_catalog
from gpu_tasks.engines.folder_models.model_folder import catalog_pins
from gpu_tasks.engines.pinned_folder import PINS, Pins, read_pins, verify_pins
from gpu_tasks.settings import ModelSettings
from gpu_tasks.task_errors import EngineUnavailable

SELECTABLE: tuple[Role, ...] = ("speech", "text_vectors")


class ModelRow(BaseModel):
    """One model; `problem` is None when it is installed as pinned, or when that was not checked."""

    model_config = ConfigDict(frozen=True)

    name: str
    role: Role | None = None
    source: str | None = None
    revision: str | None = None
    licence: str | None = None
    size_bytes: int = 0
    installed: bool = False
    selected: bool = False
    problem: str | None = None


def model_rows(root: Path, *, verify: bool = False) -> list[ModelRow]:
    """The models of the catalog, then all other pinned folders, and the selected models that are not there."""
    others = sorted(path.parent.name for path in root.glob(f"*/{PINS}") if not path.parent.name.startswith("."))
    chosen = filter(None, map(ModelSettings().model_of, SELECTABLE))
    names = dict.fromkeys([*read_catalog().models, *others, *chosen])
    return [_row(name, root / name, verify) for name in names]


def how_to_install(name: str) -> str:
    """The catalog has the repository and the revision of its models; of others, the operator gives them."""
    if name in read_catalog().models:
        return f"Run: cinedex models pull {name}"
    return f"It is not in the catalog. Run: cinedex models pull OWNER/REPOSITORY --revision REVISION --as {name}"


def _row(name: str, folder: Path, verify: bool) -> ModelRow:
    model = read_catalog().models.get(name)
    roles = [role for role in SELECTABLE if ModelSettings().model_of(role) == name]
    row = ModelRow(
        name=name,
        role=model.role if model else next(iter(roles), None),
        installed=folder.is_dir(),
        selected=bool(roles),
        size_bytes=sum(file.size_bytes for file in model.files.values()) if model else _size_bytes(folder),
    )
    try:
        pins = catalog_pins(model) if model else read_pins(folder)
        if verify and row.installed:
            verify_pins(folder, pins)
    except EngineUnavailable as failure:
        return row.model_copy(update={"problem": str(failure)})
    return _with_origin(row, pins)


def _with_origin(row: ModelRow, pins: Pins) -> ModelRow:
    return row.model_copy(update={"source": pins.source, "revision": pins.revision, "licence": pins.licence})


def _size_bytes(folder: Path) -> int:
    return sum(path.stat().st_size for path in folder.iterdir() if path.is_file()) if folder.is_dir() else 0
