"""Weights from the operator: a folder whose file hashes are pinned once and compared at every load."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

from gpu_tasks.engines.catalog import sha256_of
from gpu_tasks.task_errors import EngineUnavailable

PINS = "pins.json"
READ_BY_ENGINES = frozenset({".json", ".txt", ".safetensors", ".onnx"})
"""Formats that cannot contain code; pickles and Python files are rejected."""
WEIGHTS = (".safetensors", ".onnx", "model.bin")
CTRANSLATE2 = "model.bin"
CTRANSLATE2_VERSION_MAX = 64


class Pins(BaseModel):
    """File name -> sha256 of every file in the folder; `cinedex models pull` also writes where they come from."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    sha256: dict[str, str]
    source: str | None = None
    revision: str | None = None
    licence: str | None = None


def pin(folder: Path) -> Pins:
    """Write the hashes of the files in the folder to `pins.json`; the operator is responsible for their origin.

    Raises `EngineUnavailable` when the folder contains a file that no engine may read, or no weights.
    """
    names = _names(folder)
    if rejected := [name for name in names if not is_data(folder / name)]:
        raise EngineUnavailable(f"Remove these files from {folder}, engines must not read them: {', '.join(rejected)}.")
    if not any(name.endswith(WEIGHTS) for name in names):
        raise EngineUnavailable(f"There are no weights in {folder}: no file ends in {' or '.join(WEIGHTS)}.")
    pins = Pins(sha256={name: sha256_of(folder / name) for name in names})
    write_pins(folder, pins)
    return pins


def write_pins(folder: Path, pins: Pins) -> None:
    (folder / PINS).write_text(pins.model_dump_json(indent=2, exclude_none=True) + "\n", encoding="utf-8")


def may_be_data(name: str) -> bool:
    """Whether a file of this name has a format that cannot contain code."""
    return Path(name).suffix in READ_BY_ENGINES or name == CTRANSLATE2


def is_data(path: Path) -> bool:
    """A `model.bin` of CTranslate2 starts with its version, a small number; a pickle or an archive does not."""
    if not path.is_file() or not may_be_data(path.name):
        return False
    if path.name != CTRANSLATE2:
        return True
    with path.open("rb") as file:
        return 0 < int.from_bytes(file.read(4), "little") <= CTRANSLATE2_VERSION_MAX


def verify_pins(folder: Path, pins: Pins | None = None) -> Pins:
    """The pins of a folder that contains exactly the pinned files: a library may also read a file that was added.

    Raises `EngineUnavailable` when the folder is not pinned, or when a file is missing, new or changed.
    """
    pins = pins or read_pins(folder)
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


def read_pins(folder: Path) -> Pins:
    try:
        return Pins.model_validate_json((folder / PINS).read_text(encoding="utf-8"))
    except FileNotFoundError:
        command = f"python -m gpu_tasks.engines.verify --pin {folder}"
        raise EngineUnavailable(f"The weights in {folder} are not pinned. Copy them there and run: {command}") from None
    except ValidationError as error:
        raise EngineUnavailable(f"{folder / PINS} is not valid: {error}") from None
