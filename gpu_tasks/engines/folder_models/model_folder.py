"""A folder of `MODEL_WEIGHTS_DIR` with one model, whose files are compared with their pinned hashes at each load."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from cinedex.analysis.domain.model_results import ModelInfo

from gpu_tasks.engines.catalog import PinnedModel, Role, read_catalog
from gpu_tasks.engines.pinned_folder import PINS, Pins, read_pins, verify_pins
from gpu_tasks.settings import ModelSettings
from gpu_tasks.task_errors import EngineUnavailable

MODEL_FILES = (".safetensors", ".onnx", ".bin")


def selected(role: Role) -> str | None:
    """The model that a setting selects for the role in place of that of the profile."""
    return ModelSettings().model_of(role)


@dataclass(frozen=True)
class ModelFolder:
    """The pins are those of the catalog; of a model that is not in the catalog, those that were written at its pull."""

    name: str

    @property
    def exists(self) -> bool:
        root = ModelSettings().model_weights_dir
        return root is not None and (root / self.name / PINS).is_file()

    @property
    def catalogued(self) -> PinnedModel | None:
        return read_catalog().models.get(self.name)

    def path(self) -> Path:
        root = ModelSettings().model_weights_dir
        if root is None or (self.catalogued and not (root / self.name).is_dir()):
            raise EngineUnavailable(self._missing())
        return root / self.name

    def verified(self) -> Path:
        """Raises `EngineUnavailable` when the folder is missing, not pinned, or not as pinned."""
        folder = self.path()
        verify_pins(folder, self._pins(folder))
        return folder

    def info(self, version: str = "") -> ModelInfo:
        """Its files are not read. A model of the operator has the begin of its hash as version."""
        pins = self._pins(self.path())
        hashes = sorted(pins.sha256.items())
        sha256 = next((value for suffix in MODEL_FILES for name, value in hashes if name.endswith(suffix)), None)
        model = self.catalogued
        version = version or (model.version if model else (sha256 or "")[:12])
        return ModelInfo(id=self.name, version=version, sha256=sha256, licence=pins.licence or "")

    def _pins(self, folder: Path) -> Pins:
        model = self.catalogued
        return catalog_pins(model) if model else read_pins(folder)

    def _missing(self) -> str:
        if self.catalogued:
            return f"The model {self.name} is not installed. Run: cinedex models pull {self.name}"
        return (
            f"No weights for {self.name}: copy its files to a folder {self.name}, pin them with "
            f"`python -m gpu_tasks.engines.verify --pin`, and set MODEL_WEIGHTS_DIR to the parent folder."
        )


def catalog_pins(model: PinnedModel) -> Pins:
    sha256 = {PurePosixPath(path).name: file.sha256 for path, file in model.files.items()}
    return Pins(sha256=sha256, source=model.repository, revision=model.revision, licence=model.licence)
