"""Checks of one home folder: its stack, orphaned processes, its data, its port."""

from __future__ import annotations

from local.data_check import repair_data
from local.deploy.deployment import Deployment
from local.doctor.verdict import Verdict, broken, ok, repaired
from local.errors import StateDamaged
from local.home import Home
from local.ports import is_free
from local.processes.child import answers
from local.processes.orphans import end_orphans


def check_home(home: Home, port: int) -> list[Verdict]:
    """A running stack is only checked; what a killed one left behind is repaired."""
    running = home.running()
    if running is not None:
        return [_check_running(running.url)]
    return [_check_orphans(home), *_check_data(home), _check_port(port)]


def check_unsupported(home: Home) -> list[Verdict]:
    """The resources of template.yaml that the local stack does not have, one verdict per reason; for information."""
    deployment = Deployment.read(home.deployment)
    if deployment is None:
        return [ok("template", "not deployed yet")]
    by_reason: dict[str, list[str]] = {}
    for resource in deployment.unsupported:
        by_reason.setdefault(resource.reason, []).append(resource.logical_id)
    return [ok("not local", f"{reason} ({', '.join(names)})") for reason, names in by_reason.items()]


def _check_running(url: str) -> Verdict:
    if answers(url):
        return ok("stack", f"running at {url}")
    return broken("stack", "it holds this home but does not answer", "Stop it with Ctrl-C and start it: cinedex up")


def _check_orphans(home: Home) -> Verdict:
    ended = end_orphans(home.root)
    if ended:
        return repaired("processes", f"ended {len(ended)} that a killed stack left behind")
    return ok("processes", "none left behind")


def _check_data(home: Home) -> list[Verdict]:
    if not home.state.exists():
        return [ok("data", f"none yet in {home.root}")]
    try:
        repairs = repair_data(home)
    except StateDamaged as error:
        return [broken("data", error.message, error.hint)]
    return [repaired("data", repair) for repair in repairs] or [ok("data", f"intact, in {home.root}")]


def _check_port(port: int) -> Verdict:
    if is_free(port):
        return ok("port", f"{port} is free")
    return broken("port", f"{port} is in use by another program", "Set CINEDEX_PORT to a free port.")
