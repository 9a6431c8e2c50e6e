"""Ports are taken only when they are free."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from local import ports
from local.errors import PortInUse


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind((ports.LOOPBACK, 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_a_port_in_use_is_reported_with_a_hint(taken: int) -> None:
    with pytest.raises(PortInUse) as error:
        ports.require_free(taken)
    assert str(taken) in error.value.message
    assert "CINEDEX_PORT" in error.value.hint


def test_port_zero_means_any_free_port() -> None:
    assert ports.is_free(ports.require_free(0))


def test_a_remembered_port_is_used_again(tmp_path: Path) -> None:
    memo = tmp_path / "port"
    assert ports.remembered_port(memo) == ports.remembered_port(memo)


def test_a_remembered_port_that_is_in_use_is_replaced(tmp_path: Path, taken: int) -> None:
    memo = tmp_path / "port"
    memo.write_text(str(taken))
    assert ports.remembered_port(memo) != taken
    assert memo.read_text() != str(taken)
