"""Weights that the operator brings: a folder whose files are pinned once and compared at every load."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gpu_tasks.engines.catalog import sha256_of
from gpu_tasks.task_errors import EngineUnavailable

PINS = "pins.json"
READ_BY_ENGINES = frozenset({".json", ".txt", ".safetensors"})
"""Nothing in these can run: pickles and Python files have no place here."""


class Pins(BaseModel):
    """File name -> sha256, of all that the folder holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: dict[str, str]


def pin(folder: Path) -> Pins:
    """Write down what lies in the folder now; whoever does so has checked where it came from.

    Raises `EngineUnavailable` when it holds what no engine may read, or no weights.
    """
    names = _names(folder)
    if unread := [name for name in names if Path(name).suffix not in READ_BY_ENGINES or not (folder / name).is_file()]:
        raise EngineUnavailable(f"Take these out of {folder}, no engine may read them: {', '.join(unread)}.")
    if not any(name.endswith(".safetensors") for name in names):
        raise EngineUnavailable(f"There are no weights in {folder}: no file ends in .safetensors.")
    pins = Pins(sha256={name: sha256_of(folder / name) for name in names})
    (folder / PINS).write_text(pins.model_dump_json(indent=2) + "\n", encoding="utf-8")
    return pins


def verified(folder: Path) -> Pins:
    """The pins of a folder that holds exactly the pinned files: a library also reads files that were added.

    Raises `EngineUnavailable` when it is not pinned, or when a file is missing, new, or of other bytes.
    """
    pins = _read(folder)
    if strange := sorted(set(_names(folder)) ^ set(pins.sha256)):
        raise EngineUnavailable(f"{folder} does not hold what was pinned; missing or new: {', '.join(strange)}.")
    for name, pinned in pins.sha256.items():
        if (found := sha256_of(folder / name)) != pinned:
            raise EngineUnavailable(f"{folder / name} is not the pinned file: its sha256 is {found}.")
    return pins


def _names(folder: Path) -> list[str]:
    """Hidden ones are left by whatever downloaded the rest, and read by nobody."""
    if not folder.is_dir():
        raise EngineUnavailable(f"There is no folder {folder}.")
    return sorted(path.name for path in folder.iterdir() if path.name != PINS and not path.name.startswith("."))


def _read(folder: Path) -> Pins:
    try:
        return Pins.model_validate_json((folder / PINS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        order = f"python -m gpu_tasks.engines.verify --pin {folder}"
        raise EngineUnavailable(f"The weights in {folder} are not pinned; put them there and run: {order}") from None
    except ValidationError as error:
        raise EngineUnavailable(f"{folder / PINS} cannot be read: {error}") from None
