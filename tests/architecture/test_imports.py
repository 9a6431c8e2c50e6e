"""A function starts fast because it imports no more than its routes need."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.support.template import REPOSITORY

HEAVY = {"numpy", "torch", "av", "opensearchpy", "onnxruntime", "cv2", "PIL", "faster_whisper", "tokenizers", "rich"}
FRAMEWORKS = ("boto3", "fastapi", "mangum", "pydantic_settings", "aws_lambda_powertools", "httpx")
COST_OVER_FRAMEWORKS_MAX = 2.0  # measured: 1.3; the bar of 400 ms on a quiet machine is about three times
TRIES = 6

IMPORT = """
import json, sys, time
began = time.process_time()
for name in sys.argv[1:]:
    __import__(name)
print(json.dumps({"cpu_s": time.process_time() - began, "modules": sorted({m.split(".")[0] for m in sys.modules})}))
"""


def importing(*modules: str) -> tuple[float, set[str]]:
    """CPU seconds of importing the modules in a process of their own, and what is loaded then.

    No setting is in its environment: a module that read one at import would fail here.
    """
    path = os.pathsep.join((str(REPOSITORY), str(REPOSITORY / "layers/core")))
    ended = subprocess.run(
        [sys.executable, "-c", IMPORT, *modules],
        env={"PYTHONPATH": path, "PATH": os.environ["PATH"], "AWS_DEFAULT_REGION": "us-east-1"},
        capture_output=True,
        text=True,
        check=True,
    )
    told = json.loads(ended.stdout.splitlines()[-1])
    return told["cpu_s"], set(told["modules"])


STATES = ("begin_analysis", "plan_chunks", "merge_chunks", "build_documents", "publish_documents", "finish_analysis")
OTHERS = ("authorize_request", "fail_analysis", "fetch_media", "on_task_dead_lettered")
SMALL = [f"functions.{name}" for name in (*STATES, *OTHERS)]
APIS = ["functions.library_api", "functions.chat_api", "functions.chat_stream"]


@pytest.mark.parametrize("module", APIS)
def test_an_api_loads_no_model_no_decoder_and_no_search_client(module: str) -> None:
    _, loaded = importing(module)
    assert loaded & HEAVY == set()


def test_the_small_functions_load_no_more_than_the_layer_brings() -> None:
    _, loaded = importing(*SMALL)
    assert loaded & HEAVY == set()


def test_functions_that_run_in_the_model_image_import_without_it() -> None:
    _, loaded = importing("functions.on_media_created", "functions.resume_analyses")
    assert loaded & HEAVY == set()


@pytest.mark.parametrize("module", APIS[:2])
def test_an_api_starts_hardly_slower_than_its_frameworks(module: str) -> None:
    """In CPU time, against the frameworks in the same minute, so that a busy machine changes nothing."""
    pairs = [(importing(*FRAMEWORKS)[0], importing(module)[0]) for _ in range(TRIES)]  # by turns: load comes in waves
    frameworks, ours = (min(seconds) for seconds in zip(*pairs, strict=True))
    assert ours < frameworks * COST_OVER_FRAMEWORKS_MAX
