"""The engines of one profile; each is built and set up once, at its first use or by `warm_up`."""

from __future__ import annotations

import threading
from importlib import import_module
from typing import cast

from cinedex.analysis.domain.model_results import ModelInfo

from gpu_tasks.engines.catalog import EngineEntry, Role, read_catalog, weight_path
from gpu_tasks.engines.folder_models.model_folder import ModelFolder, selected
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


class EngineRegistry:
    """Every accessor raises `EngineUnavailable` when the profile has no such engine.

    Several threads of a worker use the same engines, so that engines with state let them take turns.
    """

    def __init__(self, profile: str) -> None:
        self.profile = profile
        self._ready: dict[Role, Engine] = {}
        self._loading = threading.Lock()

    @property
    def speech(self) -> SpeechEngine:
        return cast(SpeechEngine, self._load("speech"))

    @property
    def shots(self) -> ShotEngine:
        return cast(ShotEngine, self._load("shots"))

    @property
    def objects(self) -> ObjectEngine:
        return cast(ObjectEngine, self._load("objects"))

    @property
    def prompted_objects(self) -> PromptedObjectEngine:
        return cast(PromptedObjectEngine, self._load("prompted_objects"))

    @property
    def screen_text(self) -> ScreenTextEngine:
        return cast(ScreenTextEngine, self._load("screen_text"))

    @property
    def captions(self) -> CaptionEngine:
        return cast(CaptionEngine, self._load("captions"))

    @property
    def text_vectors(self) -> TextVectorEngine:
        return cast(TextVectorEngine, self._load("text_vectors"))

    def warm_up(self) -> list[ModelInfo]:
        """Set up every engine of the profile, so that the first task does not wait.

        Engines with weights from the operator are excluded, because no task needs them.
        """
        entries = read_catalog().profiles.get(self.profile, {})
        return [self._load(role).info for role, entry in entries.items() if selected(role) or _is_built_in(entry)]

    def supports(self, role: Role) -> bool:
        entry = read_catalog().profiles.get(self.profile, {}).get(role)
        return selected(role) is not None or (entry is not None and not entry.unavailable)

    def model(self, role: Role) -> ModelInfo:
        """The model of a role; its engine is not set up."""
        return _model_info(self.profile, role)

    def _load(self, role: Role) -> Engine:
        with self._loading:
            if role not in self._ready:
                engine = _build(self.profile, role)
                engine.setup()
                self._ready[role] = engine
            return self._ready[role]


def _is_built_in(entry: EngineEntry) -> bool:
    return not (entry.unavailable or entry.folder)


def _build(profile: str, role: Role) -> Engine:
    entry, folder = _entry(profile, role)
    module_name, _, class_name = entry.engine.partition(":")
    engine_class = getattr(import_module(module_name), class_name)
    weights = {name: weight_path(name) for name in entry.weights}
    if folder is not None:
        weights[folder.name] = folder.verified()
    return cast(Engine, engine_class(_info(entry, folder), weights))


def _entry(profile: str, role: Role) -> tuple[EngineEntry, ModelFolder | None]:
    """The engine of a role, and the folder of its weights if they are not part of the installation."""
    name = selected(role)
    if name is not None:
        engine = read_catalog().folder_engines[role]
        return EngineEntry(engine=engine, model=name, folder=name), ModelFolder(name)
    entry = read_catalog().entry(profile, role)
    return entry, ModelFolder(entry.folder) if entry.folder else None


def _model_info(profile: str, role: Role) -> ModelInfo:
    return _info(*_entry(profile, role))


def _info(entry: EngineEntry, folder: ModelFolder | None) -> ModelInfo:
    """`sha256` is that of the first weight, which is the model itself."""
    weight = read_catalog().weights[entry.weights[0]] if entry.weights else None
    if folder is not None and folder.exists:
        return folder.info(entry.version)
    return ModelInfo(
        id=entry.model,
        version=entry.version,
        sha256=weight.sha256 if weight else None,
        licence=weight.licence if weight else "Apache-2.0",
    )
