"""The AWS configuration of the user never reaches the local stack."""

from __future__ import annotations

from local.emulator import launch
from local.emulator.access import EmulatorAccess

ACCESS = EmulatorAccess(4566, "secret")


def test_profiles_and_keys_of_the_user_are_removed() -> None:
    own = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "t", "AWS_CA_BUNDLE": "/x", "HOME": "/home/me"}
    environment = launch.client_environment(ACCESS, own)
    assert environment["HOME"] == "/home/me"
    assert "AWS_PROFILE" not in environment
    assert "AWS_SESSION_TOKEN" not in environment
    assert "AWS_CA_BUNDLE" not in environment


def test_proxies_are_used_for_other_machines_and_bypassed_for_loopback() -> None:
    own = {"HTTPS_PROXY": "http://proxy:3128", "NO_PROXY": ".corp.example"}
    environment = launch.client_environment(ACCESS, own)
    assert environment["HTTPS_PROXY"] == "http://proxy:3128"
    assert environment["NO_PROXY"] == environment["no_proxy"] == ".corp.example,127.0.0.1,localhost,::1"


def test_every_process_reads_and_writes_utf_8_in_any_locale() -> None:
    assert launch.client_environment(ACCESS, {"LC_ALL": "C", "PYTHONUTF8": "0"})["PYTHONUTF8"] == "1"


def test_every_client_is_pointed_at_the_loopback_interface() -> None:
    assert launch.client_environment(ACCESS, {})["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
