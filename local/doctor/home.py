"""Checks of one home folder: its stack, its leftovers, its data, its port."""

from __future__ import annotations

from local.data_check import mend_data
from local.deploy.deployment import Deployment
from local.doctor.verdict import Verdict, broken, mended, ok
from local.errors import StateDamaged
from local.home import Home
from local.ports import is_free
from local.processes.child import answers
from local.processes.orphans import end_leftovers


def check_home(home: Home, port: int) -> list[Verdict]:
    """A running stack is left alone; what a dead one left behind is mended."""
    running = home.running()
    if running is not None:
        return [_check_running(str(running.get("url", "")))]
    return [_check_leftovers(home), *_check_data(home), _check_port(port)]


def check_dropped(home: Home) -> list[Verdict]:
    """What of template.yaml does not exist here, a line for each reason: nothing to mend, but good to know."""
    deployment = Deployment.read(home.deployment)
    if deployment is None:
        return [ok("template", "not deployed yet")]
    by_reason: dict[str, list[str]] = {}
    for dropped in deployment.dropped:
        by_reason.setdefault(dropped.reason, []).append(dropped.logical_id)
    return [ok("not local", f"{reason} ({', '.join(names)})") for reason, names in by_reason.items()]


def _check_running(url: str) -> Verdict:
    if answers(url):
        return ok("stack", f"running at {url}")
    return broken("stack", "it holds this home but does not answer", "Stop it with Ctrl-C and start it: cinedex up")


def _check_leftovers(home: Home) -> Verdict:
    ended = end_leftovers(home.root)
    if ended:
        return mended("processes", f"ended {len(ended)} that a killed stack left behind")
    return ok("processes", "nothing left behind")


def _check_data(home: Home) -> list[Verdict]:
    if not home.state.exists():
        return [ok("data", f"none yet in {home.root}")]
    try:
        sentences = mend_data(home)
    except StateDamaged as error:
        return [broken("data", error.message, error.mend)]
    return [mended("data", sentence) for sentence in sentences] or [ok("data", f"whole, in {home.root}")]


def _check_port(port: int) -> Verdict:
    if is_free(port):
        return ok("port", f"{port} is free")
    return broken("port", f"{port} is in use by another program", "Set CINEDEX_PORT to a free port.")
