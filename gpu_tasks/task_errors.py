"""The errors of a task; the class names are the error names in the state machine.

TaskFailed
├── CorruptMedia         the file cannot be decoded; never retried
├── UnsupportedMedia     the format of the file is not supported; never retried
├── MediaGone            the file was deleted or replaced during the analysis; never retried
├── InvalidTask          the message or an input is invalid; never retried
├── EngineUnavailable    the profile has no engine for the task, or a weight is missing
├── TooCostly            the task has exceeded its time limit; never retried
├── OutOfMemory          retried, because another worker may have more memory
└── UnexpectedError      an error in our code, with its traceback in the log; retried
"""

from __future__ import annotations


class TaskFailed(Exception):
    """The message is a sentence that the API shows as the cause of the failure."""

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


class TooCostly(TaskFailed):
    pass


class OutOfMemory(TaskFailed):
    pass


class UnexpectedError(TaskFailed):
    pass
