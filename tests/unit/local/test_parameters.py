"""The parameters of template.yaml on one machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from local.deploy.parameters import FIELDS, template_parameters, with_defaults
from local.deploy.template import read_template
from local.home import Home
from local.settings import REPOSITORY, LocalSettings

TEMPLATE: dict[str, Any] = {
    "Parameters": {"SearchFusion": {"Default": "rrf"}, "TurnsPerDay": {"Default": 7}, "Stage": {"Type": "String"}}
}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for variable in ("SEARCH_FUSION", "CHAT_TURNS_PER_DAY", "OPENAI_API_KEY", "LANGUAGE_MODEL", "OPENSEARCH_URL"):
        monkeypatch.delenv(variable, raising=False)
    return Home(tmp_path)


def test_every_parameter_that_a_setting_can_change_is_declared_in_the_template() -> None:
    declared = read_template(REPOSITORY / "template.yaml")["Parameters"]
    assert [name for name in (*FIELDS, "Stage", "SearchSqlitePath") if name not in declared] == []
    assert [field for field in FIELDS.values() if field not in LocalSettings.model_fields] == []


def test_a_setting_that_is_not_set_has_the_default_of_the_template(home: Home) -> None:
    values = with_defaults(template_parameters(home, LocalSettings()), TEMPLATE)
    assert values == {"SearchFusion": "rrf", "TurnsPerDay": "7", "Stage": "local"}


def test_a_setting_comes_before_the_default_of_the_template(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEARCH_FUSION", "normalized")
    monkeypatch.setenv("CHAT_TURNS_PER_DAY", "0")
    values = with_defaults(template_parameters(home, LocalSettings()), TEMPLATE)
    assert (values["SearchFusion"], values["TurnsPerDay"]) == ("normalized", "0")


@pytest.mark.parametrize("parameter", ["SearchFusion", "SearchRewrite", "LanguageModel"])
def test_the_template_allows_the_values_of_the_setting(parameter: str) -> None:
    declared = read_template(REPOSITORY / "template.yaml")["Parameters"][parameter]
    setting = TypeAdapter(LocalSettings.model_fields[FIELDS[parameter]].annotation)
    schema = setting.json_schema()
    schemas = [*schema["anyOf"], *schema.get("$defs", {}).values()]
    choices = next(choice["enum"] for choice in schemas if "enum" in choice)
    assert sorted(declared["AllowedValues"]) == sorted(choices)
    assert setting.validate_python(declared["Default"]) == declared["Default"]
