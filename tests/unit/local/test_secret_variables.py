"""Secrets reach the functions through the environment of the emulator, and no deployment contains them."""

from __future__ import annotations

from pathlib import Path

import pytest

from local.deploy.parameters import template_parameters
from local.deploy.secret_variables import secret_variables
from local.deploy.template import read_template
from local.emulator.access import EmulatorAccess
from local.home import Home
from local.process_specs import ProcessSpecs
from local.settings import REPOSITORY, LocalSettings

SECRET = "sk-a-secret"


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> LocalSettings:
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    return LocalSettings()


def test_no_parameter_contains_a_secret(settings: LocalSettings, tmp_path: Path) -> None:
    assert SECRET not in str(template_parameters(Home(tmp_path), settings))
    assert secret_variables(settings) == {"OPENAI_API_KEY": SECRET}


def test_a_secret_that_is_not_set_is_no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    assert secret_variables(LocalSettings()) == {}


def test_no_parameter_of_the_template_is_a_secret() -> None:
    declared = read_template(REPOSITORY / "template.yaml")["Parameters"]
    assert [name for name, parameter in declared.items() if parameter.get("NoEcho")] == []


def test_the_emulator_has_the_secrets_in_its_environment_and_none_in_its_command(tmp_path: Path) -> None:
    access = EmulatorAccess.create(4566)
    spec = ProcessSpecs(Home(tmp_path), access, {"OPENAI_API_KEY": SECRET}).emulator()
    assert spec.environment["OPENAI_API_KEY"] == SECRET
    assert spec.environment["AWS_SECRET_ACCESS_KEY"] == access.secret
    assert not {SECRET, access.secret} & set(spec.command)
    assert access.secret not in repr(access)


def test_each_start_has_another_secret() -> None:
    assert EmulatorAccess.create(4566).secret != EmulatorAccess.create(4566).secret
