"""A pull: complete or not at all, resumed where it stopped, every file with its hash."""

from __future__ import annotations

import fcntl
import hashlib
import pickle
import shutil
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
from cinedex.kernel.retry import RetryPolicy

from gpu_tasks.engines.pinned_folder import read_pins, verify_pins
from gpu_tasks.model_store.hub_source import HubSource
from gpu_tasks.model_store.manifest import Manifest, ModelSource, PullFailed, RemoteFile
from gpu_tasks.model_store.pull import Pull
from tests.contract.model_store.conftest import FILES, REPOSITORY, REVISION, WEIGHTS, Hub, git_sha1

AT_ONCE = RetryPolicy(attempts_max=3, pause_s=0, pause_s_max=0)
MODEL = RemoteFile("model.bin", len(WEIGHTS), hashlib.sha256(WEIGHTS).hexdigest())
CONFIG = RemoteFile("config.json", 2, git_sha1=git_sha1(b"{}"))
MANIFEST = Manifest("whisper", REPOSITORY, REVISION, "mit", (MODEL, CONFIG))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "models"


def pull(source: ModelSource, root: Path, *files: RemoteFile) -> Path:
    return Pull(source, root, resume=AT_ONCE)(replace(MANIFEST, files=files or MANIFEST.files), "mit")


def of(hub: Hub) -> HubSource:
    return HubSource(hub.url, REPOSITORY, REVISION)


def test_a_model_is_installed_with_its_pins(source: ModelSource, root: Path) -> None:
    folder = pull(source, root)
    assert {path.name: path.read_bytes() for path in folder.iterdir() if path.name != "pins.json"} == {
        "model.bin": WEIGHTS,
        "config.json": b"{}",
    }
    pins = verify_pins(folder)
    assert (pins.source, pins.revision, pins.licence) == (REPOSITORY, REVISION, "mit")


def test_the_progress_of_every_file_is_reported(source: ModelSource, root: Path) -> None:
    reports: list[tuple[str, int]] = []
    Pull(source, root, lambda file, done: reports.append((file.name, done)), AT_ONCE)(MANIFEST, "mit")
    assert reports[-1] == ("config.json", 2)
    assert ("model.bin", len(WEIGHTS)) in reports


def test_a_transfer_that_breaks_off_is_resumed(hub: Hub, root: Path) -> None:
    hub.breaks = [1000, 2000]
    assert (pull(of(hub), root) / "model.bin").read_bytes() == WEIGHTS
    assert hub.ranges[:3] == [None, "bytes=1000-", "bytes=3000-"]


def test_a_transfer_starts_again_if_the_hub_does_not_resume(hub: Hub, root: Path) -> None:
    hub.breaks, hub.resumes = [1000], False
    assert (pull(of(hub), root) / "model.bin").read_bytes() == WEIGHTS


def test_the_next_pull_resumes_one_that_failed(hub: Hub, root: Path) -> None:
    hub.breaks = [1000, 0, 0]
    with pytest.raises(PullFailed, match="broke off several times"):
        pull(of(hub), root)
    assert not (root / "whisper").exists()
    pull(of(hub), root)
    assert hub.ranges[3] == "bytes=1000-"


def test_a_file_with_another_hash_is_not_installed(hub: Hub, root: Path) -> None:
    hub.files["model.bin"] = WEIGHTS[:-1] + b"!"
    with pytest.raises(PullFailed, match=r"model\.bin is not the expected file: its sha256 is .*Nothing was installed"):
        pull(of(hub), root)
    assert not (root / "whisper").exists()


def test_a_small_file_is_compared_with_its_git_object(hub: Hub, root: Path) -> None:
    hub.files["config.json"] = b"[]"
    with pytest.raises(PullFailed, match=r"config\.json is not the expected file: it is not the object"):
        pull(of(hub), root)


def test_a_file_that_is_too_large_is_refused_before_its_end(hub: Hub, root: Path) -> None:
    hub.files["model.bin"] = WEIGHTS * 2
    with pytest.raises(PullFailed, match="larger than"):
        pull(of(hub), root)


def test_a_pickle_with_the_name_of_weights_is_not_installed(hub: Hub, root: Path) -> None:
    hub.files["model.bin"] = data = pickle.dumps({"weights": 1})
    with pytest.raises(PullFailed, match="may contain code"):
        pull(of(hub), root, RemoteFile("model.bin", len(data), hashlib.sha256(data).hexdigest()))


def test_an_installed_model_stays_if_its_next_pull_fails(hub: Hub, root: Path) -> None:
    folder = pull(of(hub), root)
    hub.files["model.bin"] = b"other"
    with pytest.raises(PullFailed):
        pull(of(hub), root, RemoteFile("model.bin", 5, "0" * 64))
    assert read_pins(folder).sha256["model.bin"] == MODEL.sha256
    verify_pins(folder)


def test_files_of_an_interrupted_pull_of_another_revision_are_removed(hub: Hub, root: Path) -> None:
    hub.breaks = [10, 0, 0]
    with pytest.raises(PullFailed):
        pull(of(hub), root, RemoteFile("onnx/extra.onnx", 50))
    assert sorted(path.name for path in pull(of(hub), root).iterdir()) == ["config.json", "model.bin", "pins.json"]


def test_a_full_disk_is_named_before_the_transfer(hub: Hub, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1_000_000))
    with pytest.raises(PullFailed, match="1 MB free"):
        pull(of(hub), root)
    assert hub.ranges == []


def test_a_model_is_pulled_by_one_process_at_a_time(hub: Hub, root: Path) -> None:
    root.mkdir()
    with (root / ".whisper.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with pytest.raises(PullFailed, match="Another process pulls whisper"):
            pull(of(hub), root)


def test_a_catalogued_file_may_lie_in_a_folder_without_its_subfolder(source: ModelSource, root: Path) -> None:
    extra = RemoteFile("onnx/extra.onnx", len(FILES["onnx/extra.onnx"]))
    assert (pull(source, root, extra) / "extra.onnx").read_bytes() == b"graph"
