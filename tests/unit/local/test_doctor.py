"""The checks of `cinedex doctor`: what is ok, what they repair, and how to fix the rest."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from local.deploy.api import Api
from local.deploy.deployment import Deployment
from local.deploy.unsupported_resources import UnsupportedResource
from local.doctor import home as home_checks
from local.doctor import installation
from local.doctor.verdict import State, Verdict
from local.emulator import state_folder
from local.home import Home
from local.loopback import LOOPBACK
from local.ports import free_port


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home").prepare()


def _by_subject(verdicts: list[Verdict]) -> dict[str, Verdict]:
    return {verdict.subject: verdict for verdict in verdicts}


def test_a_new_home_is_ok(home: Home) -> None:
    assert {verdict.state for verdict in home_checks.check_home(home, free_port())} == {State.OK}


def test_a_truncated_data_file_is_repaired_and_reported(home: Home) -> None:
    for text in ('{"payload": 1}', '{"payload": 2}'):
        state_folder.write(home.state, "sqs", text)
    (home.state / "sqs.json").write_text('{"payl')
    data = _by_subject(home_checks.check_home(home, free_port()))["data"]
    assert data.state == State.REPAIRED
    assert "sqs.json" in data.detail


def test_lost_data_is_broken_with_a_hint(home: Home) -> None:
    (home.state / "sqs.json").write_text('{"payl')
    data = _by_subject(home_checks.check_home(home, free_port()))["data"]
    assert data.state == State.BROKEN
    assert "rm " in data.hint


def test_a_port_in_use_is_broken_with_a_hint(home: Home) -> None:
    with socket.socket() as other:
        other.bind((LOOPBACK, 0))
        other.listen()
        port = _by_subject(home_checks.check_home(home, other.getsockname()[1]))["port"]
    assert port.state == State.BROKEN
    assert "CINEDEX_PORT" in port.hint


def test_the_data_of_a_running_stack_is_not_touched_even_when_it_does_not_answer(home: Home) -> None:
    (home.state / "sqs.json").write_text('{"payl')
    with home.locked() as announce:
        announce(f"http://{LOOPBACK}:{free_port()}")
        (verdict,) = home_checks.check_home(home, free_port())
    assert (verdict.subject, verdict.state) == ("stack", State.BROKEN)


def test_a_package_of_another_version_than_locked_is_broken(tmp_path: Path) -> None:
    lock = tmp_path / "lock.txt"
    lock.write_text("pytest==0.0.1 \\\n    --hash=sha256:00\nabsent-one==1.0 ; sys_platform == 'win32' \\\n")
    site = [str(Path(pytest.__file__).parent.parent)]
    verdict = installation.compare("packages", lock, site)
    assert verdict.state == State.BROKEN
    assert "pytest" in verdict.detail
    assert "absent-one" not in verdict.detail


def test_an_emulator_of_another_version_than_the_patches_is_broken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(installation, "PINNED_VERSION", "0.0.1")
    verdict = installation.check_emulator()
    assert (verdict.subject, verdict.state) == ("emulator", State.BROKEN)
    assert "0.0.1" in verdict.detail


def test_this_installation_is_as_locked() -> None:
    assert installation.check_packages().state == State.OK
    assert installation.check_emulator().state == State.OK
    assert installation.check_search().state == State.OK


def test_unsupported_resources_have_one_verdict_for_each_reason(home: Home) -> None:
    resources = tuple(
        UnsupportedResource(logical_id=name, type=kind, reason=reason)
        for name, kind, reason in (
            ("SubnetA", "AWS::EC2::Subnet", "loopback only"),
            ("SubnetB", "AWS::EC2::Subnet", "loopback only"),
            ("Images", "AWS::ECR::Repository", "no image is built"),
        )
    )
    Deployment(
        fingerprint="1", outputs={}, functions={}, api=Api(routes=()), streaming=(), worker=None, unsupported=resources
    ).write(home.deployment)
    details = [verdict.detail for verdict in home_checks.check_unsupported(home)]
    assert details == ["loopback only (SubnetA, SubnetB)", "no image is built (Images)"]


def test_the_json_of_a_verdict_keeps_its_field_names() -> None:
    verdict = Verdict(subject="data", state=State.REPAIRED, detail="a file was repaired", hint="none")
    expected = {"subject": "data", "state": "mended", "found": "a file was repaired", "mend": "none"}
    assert verdict.model_dump(mode="json", by_alias=True) == expected
