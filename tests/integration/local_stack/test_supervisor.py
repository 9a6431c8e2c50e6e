"""Killed children are restarted, and no child outlives its supervisor."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from local.errors import ChildFailed
from local.processes.child import ChildSpec
from local.processes.orphans import MARK, end_orphans
from local.processes.supervisor import Supervisor
from local.settings import REPOSITORY
from tests.support.processes import is_alive

Eventually = Callable[[Callable[[], bool]], None]
# A child that starts a grandchild which would not end by itself.
PARENT = "import subprocess, sys; subprocess.run([sys.executable, '-c', 'import time; time.sleep(600)'])"
DEAF = """
import signal, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
print("deaf", flush=True)
time.sleep(600)
"""
OTHER_SUPERVISOR = """
import os, sys, time
from pathlib import Path
from local.processes.child import ChildSpec
from local.processes.supervisor import Supervisor

folder = Path(sys.argv[1])
supervisor = Supervisor(folder, folder / "watchdog.log")
supervisor.launch(ChildSpec("child", [sys.executable, "-c", sys.argv[2]], dict(os.environ), folder / "log"))
time.sleep(600)
"""


def spec(folder: Path, code: str, name: str = "child") -> ChildSpec:
    environment = dict(os.environ)
    return ChildSpec(name, [sys.executable, "-c", code], environment, folder / f"{name}.log", stop_grace_s=1)


@pytest.fixture
def supervisor(tmp_path: Path) -> Iterator[Supervisor]:
    running = Supervisor(tmp_path, tmp_path / "watchdog.log")
    yield running
    running.stop()


def test_a_killed_child_is_restarted(supervisor: Supervisor, tmp_path: Path, eventually: Eventually) -> None:
    again = threading.Event()
    first = supervisor.launch(spec(tmp_path, PARENT), restarted=again.set).pid
    supervisor.watch()
    os.kill(first, signal.SIGKILL)
    eventually(again.is_set)
    assert supervisor.processes()["child"] != first


def test_grandchildren_of_a_killed_child_are_ended_before_its_restart(
    supervisor: Supervisor, tmp_path: Path, eventually: Eventually
) -> None:
    child = supervisor.launch(spec(tmp_path, PARENT))
    eventually(lambda: len(_descendants(child.pid)) == 1)
    (grandchild,) = _descendants(child.pid)
    supervisor.watch()
    os.kill(child.pid, signal.SIGKILL)
    eventually(lambda: not is_alive(grandchild))


def test_a_child_that_ignores_sigterm_is_killed(tmp_path: Path, eventually: Eventually) -> None:
    supervisor = Supervisor(tmp_path, tmp_path / "watchdog.log")
    child = supervisor.launch(spec(tmp_path, DEAF))
    eventually(lambda: "deaf" in (tmp_path / "child.log").read_text())
    supervisor.stop()
    assert child.exit_status == -signal.SIGKILL


def test_a_child_that_ends_during_its_start_is_reported_with_its_log(supervisor: Supervisor, tmp_path: Path) -> None:
    silent = spec(tmp_path, "raise SystemExit(3)")
    child = supervisor.launch(ChildSpec(**{**vars(silent), "health_url": "http://127.0.0.1:9/"}))
    with pytest.raises(ChildFailed) as failure:
        child.wait_until_healthy()
    assert "status 3" in failure.value.message
    assert "child.log" in failure.value.hint


def test_nothing_outlives_a_supervisor_that_was_killed(tmp_path: Path, eventually: Eventually) -> None:
    family = _start_other_supervisor(tmp_path)
    os.kill(family[0].pid, signal.SIGKILL)
    eventually(lambda: not any(is_alive(process) for process in family))


def test_orphans_that_outlive_the_watchdog_are_ended_by_the_next_start(tmp_path: Path, eventually: Eventually) -> None:
    supervisor, *others = _start_other_supervisor(tmp_path)
    watchdog = next(process for process in others if "local.processes.watchdog" in process.cmdline())
    watchdog.kill()
    supervisor.kill()
    left = [process for process in others if process != watchdog]
    assert set(end_orphans(tmp_path)) == {process.pid for process in left}
    eventually(lambda: not any(is_alive(process) for process in left))


def test_processes_of_another_home_are_not_ended(tmp_path: Path) -> None:
    environment = {**os.environ, MARK: f"{tmp_path / 'other'}#1"}
    with subprocess.Popen([sys.executable, "-c", "input()"], env=environment, stdin=subprocess.PIPE) as other:
        assert end_orphans(tmp_path) == []
        assert other.poll() is None
        other.communicate()


def _start_other_supervisor(folder: Path) -> list[psutil.Process]:
    """A supervisor in another process, its watchdog, its child and its grandchild, in this order of birth."""
    environment = {**os.environ, "PYTHONPATH": str(REPOSITORY)}
    other = subprocess.Popen([sys.executable, "-c", OTHER_SUPERVISOR, str(folder), PARENT], env=environment)
    process = psutil.Process(other.pid)
    while len(process.children(recursive=True)) < 3:
        assert other.poll() is None
    threading.Thread(target=other.wait, daemon=True).start()
    return [process, *process.children(recursive=True)]


def _descendants(pid: int) -> list[psutil.Process]:
    return psutil.Process(pid).children(recursive=True)
