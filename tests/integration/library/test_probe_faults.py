"""A failure of the probe that says nothing of the file is an internal error; one that a limit explains is not."""

from __future__ import annotations

from pathlib import Path

import pytest
from cinedex.adapters.pyav.media_probe import ProbeLimits, PyAvMediaProbe
from cinedex.kernel.errors import InternalError, MediaError, Unavailable

from tests.support.broken_library import break_av_open_in_children, break_children
from tests.support.clips import textured, write_video

SECRET = "X-Amz-Signature=0123"
HASTY = PyAvMediaProbe(ProbeLimits(wall_s=4.0, cpu_s=1))


@pytest.fixture
def clip(tmp_path: Path) -> str:
    return str(write_video(tmp_path / f"clip?{SECRET}.mp4", [textured(1)] * 5))


def logged(caplog: pytest.LogCaptureFixture) -> str:
    """Everything that was logged, with the standard error of the child."""
    return "\n".join(f"{r.getMessage()} {getattr(r, 'stderr', '')} {r.exc_text or ''}" for r in caplog.records)


@pytest.mark.parametrize("fault", ["TypeError", "ImportError"])
def test_an_exception_of_our_code_in_the_probe_is_an_internal_error_with_its_traceback_in_the_log(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    break_av_open_in_children(tmp_path, monkeypatch, f"raise {fault}('metadata_errors')")
    with pytest.raises(InternalError):
        PyAvMediaProbe().probe(clip)
    assert "Traceback (most recent call last)" in logged(caplog)
    assert f"{fault}: metadata_errors" in logged(caplog)


def test_a_library_that_is_missing_in_the_probe_is_an_internal_error(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_children(tmp_path, monkeypatch, "import sys\nsys.modules['av'] = None\n")
    with pytest.raises(InternalError):
        PyAvMediaProbe().probe(clip)
    assert "ModuleNotFoundError: import of av halted" in logged(caplog)


def test_the_address_of_the_file_is_not_logged(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    break_av_open_in_children(tmp_path, monkeypatch, "raise TypeError(_[0])")
    with pytest.raises(InternalError):
        PyAvMediaProbe().probe(clip)
    assert "TypeError: <source>" in logged(caplog)
    assert SECRET not in logged(caplog)


@pytest.mark.parametrize(
    "code",
    [
        "import os\nos._exit(3)\n",  # before the probe has begun
        "import os, signal\nos.kill(os.getpid(), signal.SIGSEGV)\n",
        "import json\njson.dumps = lambda *_, **__: 'no answer'\n",
        """import json\njson.dumps = lambda *_, **__: '{"code": "of another version", "message": ""}'\n""",
    ],
)
def test_an_end_before_the_file_is_opened_and_an_answer_that_cannot_be_read_are_internal_errors(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    break_children(tmp_path, monkeypatch, code)
    with pytest.raises(InternalError):
        PyAvMediaProbe().probe(clip)


@pytest.mark.parametrize("statement", ["import os; os._exit(3)", "import os; os.kill(os.getpid(), 9)"])
def test_an_exit_that_no_limit_explains_is_an_internal_error(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str
) -> None:
    break_av_open_in_children(tmp_path, monkeypatch, statement)
    with pytest.raises(InternalError):
        PyAvMediaProbe().probe(clip)


@pytest.mark.parametrize("broken", ["inspection.read_head", "inspection._look", "Probe.model_dump"])
def test_a_memory_error_of_our_code_far_below_the_limit_is_an_internal_error(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, broken: str
) -> None:
    code = "from cinedex.adapters.pyav import inspection\nfrom cinedex.library.domain.probe import Probe\n"
    code += f"def fail(*_, **__):\n    raise MemoryError\n{broken} = fail\n"
    break_children(tmp_path, monkeypatch, code)
    with pytest.raises(InternalError):
        PyAvMediaProbe().probe(clip)
    assert "\nMemoryError" in logged(caplog)


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ("import os, signal; os.kill(os.getpid(), signal.SIGSEGV)", "corrupt_media"),
        ("raise av.error.MemoryError(12, 'no memory')", "unsupported_media"),
        ("[bytes(1 << 26) for _ in range(99)]", "unsupported_media"),  # until the limit is reached
        ("import time; time.sleep(60)", "probe_timeout"),
        ("while True: pass", "probe_timeout"),
        ("raise av.error.InvalidDataError(1, 'damaged')", "corrupt_media"),
    ],
)
def test_limits_and_crashes_of_the_decoder_are_faults_of_the_file(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, statement: str, code: str
) -> None:
    break_av_open_in_children(tmp_path, monkeypatch, statement)
    with pytest.raises(MediaError) as caught:
        HASTY.probe(clip)
    assert caught.value.code == code


@pytest.mark.parametrize("error", ["HTTPServerError", "HTTPForbiddenError", "ConnectionResetError"])
def test_a_store_that_fails_in_the_middle_is_unavailable(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    break_av_open_in_children(tmp_path, monkeypatch, f"raise av.error.{error}(1, 'broken')")
    with pytest.raises(Unavailable) as caught:
        PyAvMediaProbe().probe(clip)
    assert not isinstance(caught.value, InternalError)


@pytest.mark.parametrize("error", ["OptionNotFoundError", "ProtocolNotFoundError"])
def test_what_our_build_of_ffmpeg_lacks_is_an_internal_error(
    clip: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: str
) -> None:
    break_av_open_in_children(tmp_path, monkeypatch, f"raise av.error.{error}(1, 'absent')")
    with pytest.raises(InternalError):
        PyAvMediaProbe().probe(clip)
