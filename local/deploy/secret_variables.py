"""Settings whose values are secrets: no deployment contains them.

The emulator stores parameters and the environment of functions in its state, and returns them. Processes get a secret
in their own environment instead, which functions inherit from the emulator.
"""

from __future__ import annotations

from local.settings import LocalSettings

_FIELDS = {"OPENAI_API_KEY": "openai_api_key"}


def secret_variables(settings: LocalSettings) -> dict[str, str]:
    """The environment variables whose settings have a value."""
    values = {variable: getattr(settings, field) for variable, field in _FIELDS.items()}
    return {variable: value.get_secret_value() for variable, value in values.items() if value is not None}
