"""Weights from the operator: a folder whose file hashes are pinned once and compared at every load."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gpu_tasks.engines.catalog import sha256_of
from gpu_tasks.task_errors import EngineUnavailable

PINS = "pins.json"
READ_BY_ENGINES = frozenset({".json", ".txt", ".safetensors"})
"""Formats that cannot contain code; pickles and Python files are rejected."""


class Pins(BaseModel):
    """File name -> sha256 of every file in the folder."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: dict[str, str]


def pin(folder: Path) -> Pins:
    """Write the hashes of the files in the folder to `pins.json`; the operator is responsible for their origin.

    Raises `EngineUnavailable` when the folder contains a file that no engine may read, or no weights.
    """
    names = _names(folder)
    if rejected := [
        name for name in names if Path(name).suffix not in READ_BY_ENGINES or not (folder / name).is_file()
    ]:
        raise EngineUnavailable(f"Remove these files from {folder}, engines must not read them: {', '.join(rejected)}.")
    if not any(name.endswith(".safetensors") for name in names):
        raise EngineUnavailable(f"There are no weights in {folder}: no file ends in .safetensors.")
    pins = Pins(sha256={name: sha256_of(folder / name) for name in names})
    (folder / PINS).write_text(pins.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return pins


def verify_pins(folder: Path) -> Pins:
    """The pins of a folder that contains exactly the pinned files: a library may also read a file that was added.

    Raises `EngineUnavailable` when the folder is not pinned, or when a file is missing, new or changed.
    """
    pins = _read(folder)
    if different := sorted(set(_names(folder)) ^ set(pins.sha256)):
        raise EngineUnavailable(f"{folder} does not contain the pinned files; missing or new: {', '.join(different)}.")
    for name, pinned in pins.sha256.items():
        if (sha256 := sha256_of(folder / name)) != pinned:
            raise EngineUnavailable(f"{folder / name} is not the pinned file: its sha256 is {sha256}.")
    return pins


def _names(folder: Path) -> list[str]:
    """Without hidden files: download tools create them, and no engine reads them."""
    if not folder.is_dir():
        raise EngineUnavailable(f"The folder {folder} does not exist.")
    return sorted(path.name for path in folder.iterdir() if path.name != PINS and not path.name.startswith("."))


def _read(folder: Path) -> Pins:
    try:
        return Pins.model_validate_json((folder / PINS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        command = f"python -m gpu_tasks.engines.verify --pin {folder}"
        raise EngineUnavailable(f"The weights in {folder} are not pinned. Copy them there and run: {command}") from None
    except ValidationError as error:
        raise EngineUnavailable(f"{folder / PINS} is not valid: {error}") from None
