"""A TypeError or an ImportError in a task or a model function is not reported as an error of the media file."""

from __future__ import annotations

import io
import json
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import Any, cast

import av
import pytest
from cinedex.adapters.aws_lambda.frame_analyzer import LambdaFrameAnalyzer
from cinedex.adapters.aws_lambda.prompted_detector import LambdaPromptedDetector
from cinedex.adapters.aws_lambda.text_embedder import LambdaTextEmbedder
from cinedex.analysis.domain.task_message import MediaReference, TaskMessage
from cinedex.analysis.usecases.fail_analysis import code_of
from cinedex.kernel.errors import InternalError, MediaError, Unavailable
from cinedex.kernel.span import span

from gpu_tasks.engines.registry import EngineRegistry
from gpu_tasks.functions import analyze_frames, detect_in_video, embed_query
from gpu_tasks.media.frames import decode_frames
from gpu_tasks.media_cache import MediaCache
from gpu_tasks.task_errors import CorruptMedia, UnexpectedError
from gpu_tasks.task_queue import QueuedMessage, TaskQueue
from gpu_tasks.task_runner import TaskRunner
from gpu_tasks.task_table import TASKS
from gpu_tasks.worker import Worker
from tests.support.clips import textured, tone, write_video
from tests.support.memory.stores import MemoryResultStore
from tests.support.tasks import FakeEngines, message, plan_of
from tests.support.template import analyze_video, states
from tests.unit.gpu_tasks.test_worker import LIVE, NO_LIMIT, NoProgress, RecordedCallback, RecordedQueue

FAULTS = (TypeError("metadata_errors"), ImportError("no module"))
URL = "https://store/clip.mp4?X-Amz-Signature=0123"


def raising(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> Any:
        raise error

    return fail


class OneClip:
    def __init__(self, path: Path) -> None:
        self._path = path

    def local_copy(self, media: MediaReference, checkpoint: Callable[[], None]) -> AbstractContextManager[Path]:
        return nullcontext(self._path)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_video(tmp_path_factory.mktemp("clips") / "clip.mp4", [textured(1)] * 50, sound=tone(2))


@pytest.fixture
def worker(clip: Path) -> Worker:
    results = MemoryResultStore()
    plan, _ = plan_of(2.0)
    results.put("plan", plan.model_dump(mode="json"))
    results.put("documents", {"texts": ["a"]})
    return Worker(
        queue=cast(TaskQueue, RecordedQueue()),
        callback=RecordedCallback(),
        runner=TaskRunner(cast(MediaCache, OneClip(clip)), results, NoProgress(), FakeEngines(), NO_LIMIT),
        heartbeat_s=0.01,
        slice_s=0.0,
    )


def message_for(task: str) -> TaskMessage:
    inputs = {"plan": "plan", "documents": "documents"}
    return message(task, chunk=plan_of(2.0)[1], options={"steps": ["detect_objects"]}, inputs=inputs)


def failures_of(worker: Worker, task: str) -> list[tuple[str, str]]:
    worker.process(QueuedMessage(message_for(task).model_dump_json(), "message", "receipt", LIVE))
    return cast(RecordedCallback, worker.callback).failures


@pytest.mark.parametrize("task", TASKS)
def test_each_task_succeeds_without_a_fault(worker: Worker, task: str) -> None:
    assert failures_of(worker, task) == []


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("task", [task for task in TASKS if task != "read_subtitles"])  # it needs no engine
def test_a_fault_in_an_engine_is_an_unexpected_error_with_its_traceback_in_the_log(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, task: str, fault: Exception
) -> None:
    monkeypatch.setattr(EngineRegistry, "_load", raising(fault))
    ((error, cause),) = failures_of(worker, task)
    assert (error, code_of(error)) == ("UnexpectedError", "internal_error")
    assert str(fault) not in cause
    assert f"{type(fault).__name__}: {fault}" in (caplog.records[-1].exc_text or "")


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("task", ["transcribe_speech", "detect_shots", "analyze_chunk", "read_subtitles"])
def test_a_fault_while_the_file_is_opened_is_an_unexpected_error(
    worker: Worker, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, task: str, fault: Exception
) -> None:
    monkeypatch.setattr(av, "open", raising(fault))
    assert [error for error, _ in failures_of(worker, task)] == ["UnexpectedError"]
    assert "Traceback" in (caplog.records[-1].exc_text or "")


def test_the_state_machine_retries_every_task_after_an_unexpected_error() -> None:
    tasks = [s for _, s in states(analyze_video()) if "sqs:sendMessage" in s.get("Resource", "")]
    assert len(tasks) == len(TASKS)
    assert all(UnexpectedError.__name__ in s["Retry"][0]["ErrorEquals"] for s in tasks)


@pytest.mark.parametrize("kind", [av.error.OptionNotFoundError, av.error.HTTPServerError, av.error.PermissionError])
def test_an_ffmpeg_error_that_the_file_does_not_cause_is_unexpected_and_its_message_omits_the_url(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    monkeypatch.setattr(av, "open", raising(kind(1, "refused", URL)))
    with pytest.raises(UnexpectedError) as caught:
        next(decode_frames(URL))
    assert URL not in "".join(traceback.format_exception(caught.value))


@pytest.mark.parametrize("kind", [av.error.InvalidDataError, av.error.EOFError, av.error.UnknownError])
def test_an_ffmpeg_error_that_the_file_causes_is_corrupt_media(
    monkeypatch: pytest.MonkeyPatch, kind: type[Exception]
) -> None:
    monkeypatch.setattr(av, "open", raising(kind(1, "damaged")))
    with pytest.raises(CorruptMedia):
        next(decode_frames("clip.mp4"))


# Functions that run models, invoked with the Lambda API


class FakeLambdaClient:
    """Invokes a handler; an exception has the response of the Lambda runtime."""

    def __init__(self, handler: Callable[[dict[str, Any], object], dict[str, Any]]) -> None:
        self._handler = handler

    def invoke(self, *, FunctionName: str, Payload: bytes) -> dict[str, Any]:  # noqa: N803
        try:
            return {"Payload": _stream(self._handler(json.loads(Payload), None))}
        except Exception as error:  # the outermost loop of the runtime
            trace = traceback.format_tb(error.__traceback__)
            failure = {"errorType": type(error).__name__, "errorMessage": str(error), "stackTrace": trace}
            return {"Payload": _stream(failure), "FunctionError": "Unhandled"}


def _stream(body: object) -> io.BytesIO:
    return io.BytesIO(json.dumps(body).encode())


def call_detect_in_video() -> None:
    LambdaPromptedDetector("Segment", cast(Any, FakeLambdaClient(detect_in_video.handler))).detect(
        URL, span(0, 2), ("dog",), 0.3
    )


def call_analyze_frames() -> None:
    LambdaFrameAnalyzer("Look", cast(Any, FakeLambdaClient(analyze_frames.handler))).analyze(URL, span(0, 2), 5.0)


def call_embed_query() -> None:
    LambdaTextEmbedder("Embed", cast(Any, FakeLambdaClient(embed_query.handler))).embed(["a dog"])


@pytest.fixture
def fake_engines(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeEngines]:
    engines = FakeEngines()
    for module in (detect_in_video, analyze_frames):
        monkeypatch.setattr(module, "_engines", lambda: engines)
    embed_query._engine.cache_clear()
    yield engines
    embed_query._engine.cache_clear()


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("call", [call_detect_in_video, call_analyze_frames, call_embed_query])
def test_a_fault_in_the_engine_of_a_function_is_a_logged_internal_error(
    fake_engines: FakeEngines,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    call: Callable[[], None],
    fault: Exception,
) -> None:
    monkeypatch.setattr(EngineRegistry, "_load", raising(fault))
    with pytest.raises(InternalError) as caught:
        call()
    assert str(fault) not in str(caught.value)
    record = cast(Any, caplog.records[-1])
    assert (record.error_type, record.reason) == (type(fault).__name__, str(fault))
    assert "in fail" in record.stack_trace


@pytest.mark.parametrize("fault", FAULTS, ids=repr)
@pytest.mark.parametrize("call", [call_detect_in_video, call_analyze_frames])
def test_a_fault_while_a_function_opens_the_file_is_an_internal_error(
    fake_engines: FakeEngines, monkeypatch: pytest.MonkeyPatch, call: Callable[[], None], fault: Exception
) -> None:
    monkeypatch.setattr(av, "open", raising(fault))
    with pytest.raises(InternalError):
        call()


@pytest.mark.parametrize("call", [call_detect_in_video, call_analyze_frames])
def test_a_file_that_a_function_cannot_decode_is_a_media_error(
    fake_engines: FakeEngines, monkeypatch: pytest.MonkeyPatch, call: Callable[[], None]
) -> None:
    monkeypatch.setattr(av, "open", raising(av.error.InvalidDataError(1, "damaged")))
    with pytest.raises(MediaError):
        call()


@pytest.mark.parametrize("call", [call_detect_in_video, call_analyze_frames])
def test_a_function_without_free_memory_is_unavailable_and_the_file_is_not_blamed(
    fake_engines: FakeEngines, monkeypatch: pytest.MonkeyPatch, call: Callable[[], None]
) -> None:
    monkeypatch.setattr(av, "open", raising(MemoryError()))
    with pytest.raises(Unavailable) as caught:
        call()
    assert not isinstance(caught.value, InternalError)
