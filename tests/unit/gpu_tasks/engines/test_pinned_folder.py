"""Weights that the operator brings are pinned once, and a folder that differs from its pins is refused."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from pathlib import Path

import pytest

from gpu_tasks.engines.pinned_folder import pin, verified
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.task_errors import EngineUnavailable


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "owlv2").mkdir()
    (tmp_path / "owlv2/model.safetensors").write_bytes(b"weights")
    (tmp_path / "owlv2/config.json").write_text("{}")
    return tmp_path / "owlv2"


def test_pins_are_the_hashes_of_all_files(folder: Path) -> None:
    pin(folder)
    assert verified(folder).sha256 == {
        "config.json": hashlib.sha256(b"{}").hexdigest(),
        "model.safetensors": hashlib.sha256(b"weights").hexdigest(),
    }


def test_a_file_of_other_bytes_is_refused(folder: Path) -> None:
    pin(folder)
    (folder / "config.json").write_text("[]")
    with pytest.raises(EngineUnavailable, match=r"config\.json is not the pinned file"):
        verified(folder)


def test_a_file_that_was_added_or_taken_away_is_refused(folder: Path) -> None:
    pin(folder)
    (folder / "config.json").rename(folder / "adapter_config.json")
    with pytest.raises(EngineUnavailable, match=r"missing or new: adapter_config\.json, config\.json"):
        verified(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "modeling.py", "weights.pt"])
def test_a_folder_with_what_could_run_is_not_pinned(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"")
    with pytest.raises(EngineUnavailable, match=f"Take these out of .*{name}"):
        pin(folder)


def test_a_folder_without_weights_is_not_pinned(folder: Path) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(EngineUnavailable, match="no weights"):
        pin(folder)


def test_pinned_from_the_command_line(folder: Path) -> None:
    def run() -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "gpu_tasks.engines.verify", "--pin", str(folder)]
        return subprocess.run(command, env={"PYTHONPATH": ":".join(sys.path)}, capture_output=True, text=True)

    assert f"{hashlib.sha256(b'weights').hexdigest()}  model.safetensors" in run().stdout
    assert set(verified(folder).sha256) == {"config.json", "model.safetensors"}
    (folder / "pytorch_model.bin").write_bytes(b"")
    refused = run()
    assert refused.returncode == 1
    assert "pytorch_model.bin" in refused.stderr


def test_without_a_folder_the_engine_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MODEL_WEIGHTS_DIR", raising=False)
    with pytest.raises(EngineUnavailable, match=r"verify --pin.*MODEL_WEIGHTS_DIR"):
        _ = EngineRegistry("gpu").prompted_objects


def test_a_folder_that_is_not_pinned_is_not_loaded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", str(folder.parent))
    with pytest.raises(EngineUnavailable, match=f"verify --pin {folder}"):
        _ = EngineRegistry("gpu").prompted_objects


def test_a_worker_starts_without_weights_that_only_prompts_need() -> None:
    assert [model.id for model in EngineRegistry("gpu").warm()] == ["content-shots"]
