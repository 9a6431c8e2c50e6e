"""Parameters of template.yaml whose values are secrets: no deployment contains them.

The emulator stores parameters and the environment of functions in its state, and returns them. Processes get a secret
in their own environment instead, which functions inherit from the emulator.
"""

from __future__ import annotations

from typing import Any

from local.settings import LocalSettings

VARIABLES = {"OpenAiApiKey": "OPENAI_API_KEY"}
"""The environment variable of the functions for each parameter."""
_FIELDS = {"OPENAI_API_KEY": "openai_api_key"}


def secret_variables(settings: LocalSettings) -> dict[str, str]:
    """The environment variables whose settings have a value."""
    values = {variable: getattr(settings, field) for variable, field in _FIELDS.items()}
    return {variable: value.get_secret_value() for variable, value in values.items() if value is not None}


def without_secrets(template: dict[str, Any]) -> dict[str, Any]:
    """A translated template in which no function sets these variables: it would replace the inherited value."""
    resources = {name: _inheriting(resource) for name, resource in template["Resources"].items()}
    return template | {"Resources": resources}


def _inheriting(resource: dict[str, Any]) -> dict[str, Any]:
    properties = resource.get("Properties", {})
    variables = properties.get("Environment", {}).get("Variables")
    if resource["Type"] != "AWS::Lambda::Function" or not variables:
        return resource
    kept = {name: value for name, value in variables.items() if not _is_secret(name, value)}
    return resource | {"Properties": properties | {"Environment": {"Variables": kept}}}


def _is_secret(variable: str, value: Any) -> bool:
    return any(variable == name and value == {"Ref": parameter} for parameter, name in VARIABLES.items())
