"""The patches fit the emulator that is installed: every symbol they touch exists in the pinned version."""

from __future__ import annotations

import subprocess

import pytest

from local.emulator import PINNED_VERSION
from local.emulator.launch import PYTHON
from local.emulator.patches import LARGE_SERVICES

PATCHED = [
    "ministack.app:app",
    "ministack.app:main",
    "ministack.app:save_all",
    "ministack.app:_build_persistence_save_dict",
    "ministack.core.persistence:save_state",
    "ministack.core.persistence:_state_format_version",
    "ministack.core.persistence:_json_default",
    "ministack.core.lambda_runtime:Worker._drain_stderr_bounded",
    "ministack.core.lambda_runtime:reset",
    "ministack.core.responses:AccountRegionScopedDict",
    "ministack.services.lambda_svc:_emit_lambda_logs",
    "ministack.services.lambda_svc:_emit_lambda_metrics",
    "ministack.services.s3:_get_object",
    "ministack.services.s3:_object_disk_path",
    "ministack.services.s3:_read_body",
    "ministack.services.stepfunctions:_executions._data",
    "ministack.services.stepfunctions:_executions.all_values",
    *(f"ministack.services.{service}:get_state" for service in LARGE_SERVICES),
]


def in_emulator(code: str) -> str:
    return subprocess.check_output([str(PYTHON), "-c", code], text=True).strip()


@pytest.mark.parametrize("symbol", PATCHED)
def test_a_patched_symbol_exists(symbol: str) -> None:
    code = f"import pkgutil; print(pkgutil.resolve_name({symbol!r}))"
    assert in_emulator(code)


def test_the_pinned_version_is_installed() -> None:
    assert in_emulator("from importlib.metadata import version; print(version('ministack'))") == PINNED_VERSION


def test_the_wait_for_log_lines_has_the_three_limits_that_are_patched() -> None:
    code = (
        "from ministack.core.lambda_runtime import Worker; import inspect; "
        "print(list(inspect.signature(Worker._drain_stderr_bounded).parameters))"
    )
    assert in_emulator(code) == "['self', 'first_line_wait', 'idle_confirm', 'hard_cap']"


def test_saving_looks_its_function_up_where_it_is_patched() -> None:
    code = "from ministack.core.persistence import save_all; print('save_state' in save_all.__code__.co_names)"
    assert in_emulator(code) == "True"
