"""Nothing of a person's own AWS set-up reaches the local stack."""

from __future__ import annotations

from local.emulator import launch


def test_profiles_and_keys_of_the_person_are_left_out() -> None:
    own = {"AWS_PROFILE": "work", "AWS_SESSION_TOKEN": "t", "AWS_CA_BUNDLE": "/x", "HOME": "/home/me"}
    environment = launch.client_environment(4566, own)
    assert environment["HOME"] == "/home/me"
    assert "AWS_PROFILE" not in environment
    assert "AWS_SESSION_TOKEN" not in environment
    assert "AWS_CA_BUNDLE" not in environment


def test_every_client_is_pointed_at_the_loopback_interface() -> None:
    assert launch.client_environment(4566, {})["AWS_ENDPOINT_URL"] == "http://127.0.0.1:4566"
