"""How a task can fail; the class names are the error names that the state machine sees.

TaskFailed
├── CorruptMedia         the file cannot be decoded; never retried
├── UnsupportedMedia     the file is sound, but it is nothing that can be analysed; never retried
├── MediaGone            the file was deleted or replaced while the analysis ran; never retried
├── InvalidTask          the message asks for what this worker does not know; never retried
├── EngineUnavailable    this profile has no engine for the task, or a weight is missing
├── OutOfMemory          retried, as a larger worker may have enough
└── UnexpectedError      a fault of ours, with its traceback in the log; retried
"""

from __future__ import annotations


class TaskFailed(Exception):
    """The message is a plain sentence for the person who reads the failure."""

    @property
    def error_name(self) -> str:
        return type(self).__name__


class CorruptMedia(TaskFailed):
    pass


class UnsupportedMedia(TaskFailed):
    pass


class MediaGone(TaskFailed):
    pass


class InvalidTask(TaskFailed):
    pass


class EngineUnavailable(TaskFailed):
    pass


class OutOfMemory(TaskFailed):
    pass


class UnexpectedError(TaskFailed):
    pass
