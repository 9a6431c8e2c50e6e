"""What `cinedex models` prints and refuses; the catalog has a small model in place of Whisper's."""

from __future__ import annotations

import hashlib
import json
import sys
from pathlib import Path

import pytest

from gpu_tasks.engines import catalog
from gpu_tasks.engines.catalog import PinnedFile, PinnedModel, read_catalog
from gpu_tasks.engines.folder_models import model_folder
from gpu_tasks.engines.folder_models.model_folder import ModelFolder
from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.model_store import __main__ as commands
from gpu_tasks.model_store import installed, requests
from gpu_tasks.model_store.licences import accepted_licence
from gpu_tasks.model_store.manifest import Manifest, PullFailed
from gpu_tasks.task_errors import EngineUnavailable

WEIGHTS = b"\x06\0\0\0weights"
REVISION = "a" * 40


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for variable in ("SPEECH_MODEL", "TEXT_VECTOR_MODEL", "MODEL_HUB_URL", "MODEL_HUB_TOKEN"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("MODEL_WEIGHTS_DIR", str(tmp_path / "models"))
    pinned = PinnedFile(sha256=hashlib.sha256(WEIGHTS).hexdigest(), size_bytes=len(WEIGHTS))
    model = PinnedModel(
        role="speech",
        version="1",
        repository="someone/whisper",
        revision=REVISION,
        licence="MIT",
        origin="here",
        files={"model.bin": pinned},
    )
    small = read_catalog().model_copy(update={"models": {"whisper": model}, "weights": {}})
    for module in (catalog, model_folder, installed, requests):
        monkeypatch.setattr(module, "read_catalog", lambda: small)
    return tmp_path / "models"


@pytest.fixture
def offered(tmp_path: Path) -> Path:
    (tmp_path / "offered").mkdir()
    (tmp_path / "offered/model.bin").write_bytes(WEIGHTS)
    return tmp_path / "offered"


def run(monkeypatch: pytest.MonkeyPatch, *arguments: object) -> int:
    monkeypatch.setattr(sys, "argv", ["models", *map(str, arguments)])
    return commands.main()


def test_a_model_of_the_catalog_is_pulled_from_a_folder(
    root: Path, offered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "pull", "whisper", "--from", offered) == 0
    assert "licence MIT" in capsys.readouterr().out
    assert run(monkeypatch, "list", "--json") == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["name"], row["installed"], row["revision"]) == ("whisper", True, REVISION)
    assert run(monkeypatch, "verify") == 0


def test_a_changed_file_fails_the_check_and_the_load(
    root: Path, offered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    run(monkeypatch, "pull", "whisper", "--from", offered)
    (root / "whisper/model.bin").write_bytes(WEIGHTS[::-1])
    assert run(monkeypatch, "verify") == 1
    assert "whisper: " in capsys.readouterr().out
    with pytest.raises(EngineUnavailable, match="not the pinned file"):
        ModelFolder("whisper").verified()


def test_the_pins_of_a_catalogued_model_are_those_of_the_catalog(root: Path, offered: Path) -> None:
    (root / "whisper").mkdir(parents=True)
    (root / "whisper/model.bin").write_bytes(b"\x06\0\0\0other")
    sha256 = hashlib.sha256(b"\x06\0\0\0other").hexdigest()
    (root / "whisper/pins.json").write_text(json.dumps({"sha256": {"model.bin": sha256}}))
    with pytest.raises(EngineUnavailable, match="not the pinned file"):
        ModelFolder("whisper").verified()


def test_another_revision_than_that_of_the_catalog_is_refused(
    root: Path, offered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "pull", "whisper", "--from", offered, "--revision", "main") == 1
    assert "pins whisper to the revision" in capsys.readouterr().err


def test_a_pull_without_a_hub_says_what_to_set(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "pull", "whisper") == 1
    assert "MODEL_HUB_URL" in capsys.readouterr().err


def test_a_model_that_is_not_in_the_catalog_needs_a_revision(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "pull", "someone/other") == 1
    assert "--revision" in capsys.readouterr().err
    assert run(monkeypatch, "pull", "wisper") == 1
    assert "neither a model of the catalog (whisper)" in capsys.readouterr().err


def test_a_model_of_ones_own_needs_the_name_of_its_licence(
    root: Path, offered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(monkeypatch, "pull", "mine", "--from", offered) == 1
    assert "states no licence" in capsys.readouterr().err
    assert run(monkeypatch, "pull", "mine", "--from", offered, "--accept-licence", "CC-BY-NC-4.0") == 0
    assert run(monkeypatch, "licences") == 0
    assert "CC-BY-NC-4.0" in capsys.readouterr().out
    assert ModelFolder("mine").info().licence == "CC-BY-NC-4.0"


def test_the_same_revision_has_to_have_the_same_bytes(
    root: Path, offered: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    mine = ("pull", "mine", "--from", offered, "--revision", "1", "--accept-licence", "MIT")
    assert run(monkeypatch, *mine) == 0
    (offered / "model.bin").write_bytes(WEIGHTS[:-1] + b"!")
    assert run(monkeypatch, *mine) == 1
    assert "not the expected file" in capsys.readouterr().err


def test_a_licence_that_limits_the_use_is_accepted_by_its_name() -> None:
    limited = Manifest("m", "s", "r", "cc-by-nc-4.0", ())
    for accepted in ((), ("mit",)):
        with pytest.raises(PullFailed, match=r"--accept-licence cc-by-nc-4\.0"):
            accepted_licence(limited, accepted)
    assert accepted_licence(limited, ("CC-BY-NC-4.0",)) == "cc-by-nc-4.0"


def test_a_selected_model_that_is_not_installed_is_named_with_the_command(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SPEECH_MODEL", "whisper")
    assert run(monkeypatch, "verify") == 1
    assert "cinedex models pull whisper" in capsys.readouterr().out
    with pytest.raises(EngineUnavailable, match="cinedex models pull whisper"):
        _ = EngineRegistry("cpu").speech


@pytest.mark.parametrize("variable", ["SPEECH_MODEL", "TEXT_VECTOR_MODEL"])
def test_a_selected_model_outside_the_catalog_that_is_not_installed_fails_the_check(
    root: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], variable: str
) -> None:
    monkeypatch.setenv(variable, "mine")
    assert run(monkeypatch, "verify") == 1
    assert "cinedex models pull OWNER/REPOSITORY --revision REVISION --as mine" in capsys.readouterr().out
    assert run(monkeypatch, "list", "--json") == 0
    row = json.loads(capsys.readouterr().out)[-1]
    assert (row["name"], row["selected"], row["installed"], row["size_bytes"]) == ("mine", True, False, 0)
    assert run(monkeypatch, "licences") == 0
