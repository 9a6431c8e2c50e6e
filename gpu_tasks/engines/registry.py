"""The engines of one profile: each is built and set up once, at first use or when warmed."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import cast

from cinedex.analysis.domain.model_results import ModelInfo

from gpu_tasks.engines.catalog import Role, read_catalog, weight_path
from gpu_tasks.engines.pinned_folder import verified
from gpu_tasks.engines.roles import (
    CaptionEngine,
    Engine,
    ObjectEngine,
    PromptedObjectEngine,
    ScreenTextEngine,
    ShotEngine,
    SpeechEngine,
    TextVectorEngine,
)
from gpu_tasks.settings import ModelSettings
from gpu_tasks.task_errors import EngineUnavailable


class EngineRegistry:
    """Every accessor raises `EngineUnavailable` when the profile has no such engine."""

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self._ready: dict[Role, Engine] = {}

    @property
    def speech(self) -> SpeechEngine:
        return cast(SpeechEngine, self._take("speech"))

    @property
    def shots(self) -> ShotEngine:
        return cast(ShotEngine, self._take("shots"))

    @property
    def objects(self) -> ObjectEngine:
        return cast(ObjectEngine, self._take("objects"))

    @property
    def prompted_objects(self) -> PromptedObjectEngine:
        return cast(PromptedObjectEngine, self._take("prompted_objects"))

    @property
    def screen_text(self) -> ScreenTextEngine:
        return cast(ScreenTextEngine, self._take("screen_text"))

    @property
    def captions(self) -> CaptionEngine:
        return cast(CaptionEngine, self._take("captions"))

    @property
    def text_vectors(self) -> TextVectorEngine:
        return cast(TextVectorEngine, self._take("text_vectors"))

    def warm(self) -> list[ModelInfo]:
        """Set up every engine that the profile offers, so that the first task does not wait.

        Except those whose weights the operator brings: no task asks for them.
        """
        entries = read_catalog().profiles.get(self.profile, {})
        return [self._take(role).info for role, entry in entries.items() if not (entry.unavailable or entry.folder)]

    def offers(self, role: Role) -> bool:
        entry = read_catalog().profiles.get(self.profile, {}).get(role)
        return entry is not None and not entry.unavailable

    def model(self, role: Role) -> ModelInfo:
        """Which model plays a role, without setting it up."""
        return _model_info(self.profile, role)

    def _take(self, role: Role) -> Engine:
        if role not in self._ready:
            engine = _build(self.profile, role)
            engine.setup()
            self._ready[role] = engine
        return self._ready[role]


def _build(profile: str, role: Role) -> Engine:
    entry = read_catalog().entry(profile, role)
    module_name, _, class_name = entry.engine.partition(":")
    engine_class = getattr(import_module(module_name), class_name)
    info, weights = _model_info(profile, role), {name: weight_path(name) for name in entry.weights}
    if entry.folder is not None:
        weights[entry.folder] = folder = _brought(entry.folder)
        info = info.model_copy(update={"sha256": verified(folder).sha256.get("model.safetensors")})
    return cast(Engine, engine_class(info, weights))


def _brought(name: str) -> Path:
    root = ModelSettings().model_weights_dir
    if root is None:
        raise EngineUnavailable(
            f"No weights for {name}: put its files into a folder {name}, pin them with "
            f"`python -m gpu_tasks.engines.verify --pin`, and set MODEL_WEIGHTS_DIR to the folder above it."
        )
    return root / name


def _model_info(profile: str, role: Role) -> ModelInfo:
    """The first weight of an engine is the one that makes its findings what they are."""
    catalog = read_catalog()
    entry = catalog.entry(profile, role)
    weight = catalog.weights[entry.weights[0]] if entry.weights else None
    return ModelInfo(
        id=entry.model,
        version=entry.version,
        sha256=weight.sha256 if weight else None,
        licence=weight.licence if weight else "Apache-2.0",
    )
