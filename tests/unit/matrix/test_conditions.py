"""A condition of the matrix really holds for what runs under it."""

from __future__ import annotations

import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.matrix.checkout import Checkout, CommandFailed
from tests.matrix.conditions import BEHIND_UTC, CONDITIONS, SUITES_ELSEWHERE, Condition, combined, odd_folder

ALL = combined(CONDITIONS)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    """An odd folder that holds an environment and nothing else."""
    root = odd_folder(tmp_path)
    root.mkdir(parents=True)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", root / ".venv"], check=True)
    return Checkout(root, Path(sys.executable))


def holds(checkout: Checkout, script: str, condition: Condition = ALL) -> bool:
    try:
        checkout.run([".venv/bin/python", "-c", script], condition)
    except CommandFailed:
        return False
    return True


def test_the_odd_folder_has_its_length_a_space_and_an_umlaut(tmp_path: Path) -> None:
    folder = str(odd_folder(tmp_path))
    assert len(folder) == 180
    assert {" ", "ü"} <= set(folder)


def test_the_checkout_cannot_be_written_and_can_be_afterwards(checkout: Checkout) -> None:
    assert not holds(checkout, "open('new', 'w')")
    assert holds(checkout, "open('new', 'w')", Condition("as here"))


def test_the_folder_for_data_can_be_written(checkout: Checkout) -> None:
    assert holds(checkout, "import os; os.mkdir(os.environ['CINEDEX_HOME'])")
    assert checkout.data.stat().st_mode & 0o777 == 0o700


def test_a_command_that_resolves_localhost_fails_even_if_it_ignores_the_error(checkout: Checkout) -> None:
    resolves = "import contextlib, socket\nwith contextlib.suppress(OSError): socket.getaddrinfo('localhost', 80)"
    with pytest.raises(CommandFailed, match="localhost was resolved"):
        checkout.run([".venv/bin/python", "-c", resolves], ALL)


def test_the_address_of_loopback_can_be_resolved(checkout: Checkout) -> None:
    assert holds(checkout, "import socket; socket.getaddrinfo('127.0.0.1', 80)")


@pytest.mark.parametrize(
    "sentence",
    [
        "'HOME' not in os.environ",
        "os.environ['https_proxy'] == os.environ['HTTPS_PROXY'] == 'http://127.0.0.1:9'",
        "locale.getpreferredencoding(False) == 'ANSI_X3.4-1968'",
        "time.localtime().tm_gmtoff == 14 * 3600",
    ],
)
def test_the_environment_is_that_of_the_other_machine(checkout: Checkout, sentence: str) -> None:
    assert holds(checkout, f"import locale, os, time; assert {sentence}")


@pytest.mark.parametrize(
    "sentence",
    [
        "locale.setlocale(locale.LC_CTYPE) == 'C' and sys.flags.utf8_mode",
        "os.environ['TEST_TZ'].startswith('NST3:30NDT')",
    ],
)
def test_the_suites_run_once_in_another_locale_and_behind_utc(checkout: Checkout, sentence: str) -> None:
    assert holds(checkout, f"import locale, os, sys; assert {sentence}", SUITES_ELSEWHERE)


def test_the_time_zone_of_the_suites_is_behind_utc_by_half_hours(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setenv("TZ", BEHIND_UTC)
        time.tzset()
        offsets_s = {time.localtime(datetime(2026, month, 1, tzinfo=UTC).timestamp()).tm_gmtoff for month in (1, 7)}
    time.tzset()
    assert offsets_s == {-12_600, -9_000}
