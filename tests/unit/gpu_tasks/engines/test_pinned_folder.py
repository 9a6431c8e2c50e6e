"""Weights from the operator are pinned once, and a folder that differs from its pins is rejected."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_tasks.engines.pinned_folder import pin, verify_pins
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.task_errors import EngineUnavailable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "owlv2").mkdir()
    (tmp_path / "owlv2/model.safetensors").write_bytes(b"weights")
    (tmp_path / "owlv2/config.json").write_text("{}")
    return tmp_path / "owlv2"


def test_the_pins_are_the_hashes_of_all_files(folder: Path) -> None:
    pin(folder)
    assert verify_pins(folder).sha256 == {
        "config.json": hashlib.sha256(b"{}").hexdigest(),
        "model.safetensors": hashlib.sha256(b"weights").hexdigest(),
    }


def test_a_changed_file_is_rejected(folder: Path) -> None:
    pin(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(EngineUnavailable, match=r"config\.json is not the pinned file"):
        verify_pins(folder)


def test_an_added_or_removed_file_is_rejected(folder: Path) -> None:
    pin(folder)
    (folder / "config.json").rename(folder / "adapter_config.json")
    with pytest.raises(EngineUnavailable, match=r"missing or new: adapter_config\.json, config\.json"):
        verify_pins(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling.py", "weights.pt"])
def test_a_folder_with_a_file_that_can_contain_code_is_not_pinned(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    with pytest.raises(EngineUnavailable, match=f"Remove these files from .*{name}"):
        pin(folder)


def test_a_folder_without_weights_is_not_pinned(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(EngineUnavailable, match="no weights"):
        pin(folder)


def test_the_command_line_pins_a_folder(folder: Path) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gpu_tasks.engines.verify", "--pin", str(folder)]
        return subprocess.run(command, env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True)

    assert f"{hashlib.sha256(b'weights').hexdigest()}  model.safetensors" in run().stdout
    assert set(verify_pins(folder).sha256) == {"config.json", "model.safetensors"}
    (folder / "pytorch_model.bin").write_bytes(b"")
    rejected = run()
    assert rejected.returncode == 1
    assert "pytorch_model.bin" in rejected.stderr


def test_without_a_weights_folder_the_error_names_the_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODEL_WEIGHTS_DIR", raising=False)
    with pytest.raises(EngineUnavailable, match=r"verify --pin.*MODEL_WEIGHTS_DIR"):
        _ = EngineRegistry("gpu").prompted_objects


def test_a_folder_that_is_not_pinned_is_not_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", str(folder.parent))
    with pytest.raises(EngineUnavailable, match=f"verify --pin {folder}"):
        _ = EngineRegistry("gpu").prompted_objects


def test_the_warm_up_excludes_engines_with_weights_from_the_operator() -> None:
    assert [model.id for model in EngineRegistry("gpu").warm_up()] == ["content-shots"]
