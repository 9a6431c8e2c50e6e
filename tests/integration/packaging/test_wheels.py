"""The two distributions of the repository, built as wheels and installed into an empty environment."""

from __future__ import annotations

import json
import shutil
import threading
import zipfile
from collections.abc import Iterator
from configparser import ConfigParser
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from local.settings import REPOSITORY
from tests.integration.packaging.conftest import Environment

VIDEO = {"video_id": "01890a5d-ac96-774b-bcce-b302099a8057", "status": "uploaded", "metadata": {"video_name": "a.mp4"}}
KEY = "sk_live_test"
CLIENT_TESTS = (
    "tests/unit/client",
    "tests/support/library.py",
    "tests/support/wire.py",
    "samples/search/media.jsonl",
    "docs/06-search-and-answers.md",
)


class Deployment(BaseHTTPRequestHandler):
    """Answers the list of videos to one key."""

    def do_GET(self) -> None:
        is_known = self.headers["X-Api-Key"] == KEY and self.path == "/v2/videos"
        body = {"results": [VIDEO]} if is_known else {"error": {"type": "x", "message": "Unknown key."}}
        self.send_response(200 if is_known else 401)
        self.end_headers()
        self.wfile.write(json.dumps(body).encode())

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Deployment) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def entry_points(wheel: zipfile.ZipFile) -> list[str]:
    """The modules that commands and plugins of a wheel name."""
    declared = [name for name in wheel.namelist() if name.endswith(".dist-info/entry_points.txt")]
    file = ConfigParser()
    for name in declared:
        file.read_string(wheel.read(name).decode())
    return [target.split(":")[0] for section in file.sections() for target in file[section].values()]


@pytest.mark.parametrize(
    ("distribution", "packages"), [("cinedex", {"cinedex", "gpu_tasks"}), ("cinedex_client", {"cinedex_client"})]
)
def test_a_wheel_contains_its_packages_and_every_module_that_it_declares(
    wheels: dict[str, Path], distribution: str, packages: set[str]
) -> None:
    with zipfile.ZipFile(wheels[distribution]) as wheel:
        files = set(wheel.namelist())
        assert {name.split("/")[0] for name in files if ".dist-info/" not in name} == packages
        assert [module for module in entry_points(wheel) if f"{module.replace('.', '/')}.py" not in files] == []


def test_the_client_alone_talks_to_a_deployment_by_options(client_alone: Environment, url: str) -> None:
    listed = client_alone.run("cinedex", "videos", "--json", "--url", url, "--key", KEY)
    assert (listed.returncode, listed.stderr) == (0, "")
    assert [video["video_id"] for video in json.loads(listed.stdout)["results"]] == [VIDEO["video_id"]]


def test_the_client_alone_talks_to_a_deployment_by_environment(client_alone: Environment, url: str) -> None:
    listed = client_alone.run("cinedex", "videos", CINEDEX_URL=url, CINEDEX_API_KEY=KEY)
    assert (listed.returncode, "a.mp4" in listed.stdout) == (0, True)
    assert client_alone.run("cinedex", "videos", CINEDEX_URL=url).returncode == 3


def test_the_client_alone_says_what_a_command_of_the_local_stack_needs(client_alone: Environment) -> None:
    ended = client_alone.run("cinedex", "up")
    assert (ended.returncode, "make setup" in ended.stderr) == (2, True)
    assert client_alone.run("cinedex", "--help").returncode == 0


def test_the_tests_of_the_client_need_nothing_else_of_the_repository(client_alone: Environment, tmp_path: Path) -> None:
    for path in CLIENT_TESTS:
        source, target = REPOSITORY / path, tmp_path / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(source, target) if source.is_dir() else shutil.copy(source, target)
    options = ("--import-mode=importlib", "-o", "pythonpath=.", "--rootdir=.", "-q", "tests/unit/client")
    tested = client_alone.run("python", "-m", "pytest", *options, folder=tmp_path)
    assert tested.returncode == 0, tested.stdout


def test_the_wheel_of_the_product_adds_no_command(wheels: dict[str, Path], tmp_path: Path) -> None:
    product = Environment(tmp_path / "venv")
    before = {file.name for file in (tmp_path / "venv/bin").iterdir()}
    product.install("--no-deps", str(wheels["cinedex"]))
    assert {file.name for file in (tmp_path / "venv/bin").iterdir()} == before
