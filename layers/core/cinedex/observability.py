"""Structured logs, metrics and traces, the same in every function and worker."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, wraps
from importlib.util import find_spec
from typing import Any, Protocol, TypeVar

from aws_lambda_powertools import Logger, Metrics, Tracer
from aws_lambda_powertools.logging.lambda_context import build_lambda_context_model
from aws_lambda_powertools.metrics import MetricUnit
from pydantic import BaseModel

from cinedex.settings import ObservabilitySettings

Event = TypeVar("Event", bound=BaseModel)

SERVICE = "cinedex"
LOGGED_IDS = ("account_id", "video_id", "run_id")

logger = Logger(service=SERVICE)
"""Writes one JSON object for each line; the level comes from POWERTOOLS_LOG_LEVEL."""


class LambdaHandler(Protocol):
    def __call__(self, event: Any, context: Any, /) -> Any: ...


def lambda_handler(model: type[Event]) -> Callable[[Callable[[Event], object]], LambdaHandler]:
    """The handler of a Lambda function that is invoked with an event of type `model`.

    Logs start and end with the ids of the event, measures, and returns a model as JSON. Raises `ValidationError` for
    any other event.
    """

    def decorate(function: Callable[[Event], object]) -> LambdaHandler:
        name = function.__module__.rsplit(".", 1)[-1]

        @wraps(function)
        def handle(event: Any, context: Any, /) -> Any:
            with _observed(name, context):
                parsed = model.model_validate(event)
                logger.thread_safe_append_keys(**_ids(parsed))
                logger.info("function started")
                result = function(parsed)
                return result.model_dump(mode="json") if isinstance(result, BaseModel) else result

        return handle

    return decorate


def http_handler(name: str, adapter: LambdaHandler) -> LambdaHandler:
    """The handler of a Lambda function behind API Gateway; `adapter` turns its events into requests of an app."""

    def handle(event: Any, context: Any, /) -> Any:
        with _observed(name, context):
            logger.info("function started")
            return adapter(event, context)

    return handle


def _ids(event: BaseModel) -> dict[str, str]:
    values = {name: getattr(event, name, None) for name in LOGGED_IDS}
    return {name: value for name, value in values.items() if value}


@contextmanager
def _observed(name: str, context: Any) -> Iterator[None]:
    """Log and measure one invocation. Nothing is kept of the keys that an earlier invocation has logged with.

    The keys are in a context variable, because a process of the local stack serves several invocations at once.
    """
    started, cold = time.perf_counter(), _is_first(name)
    logger.thread_safe_clear_keys()
    logger.thread_safe_append_keys(function=name, **_keys_of(context, cold=cold))
    outcome = "failed"
    try:
        with _traced(name):
            yield
        outcome = "succeeded"
    except Exception as error:  # the outermost frame of a function: logged here, and raised again
        logger.exception("function failed", extra={"error": type(error).__name__, "reason": str(error)})
        raise
    finally:
        duration_ms = round((time.perf_counter() - started) * 1000, 1)
        logger.info("function ended", extra={"outcome": outcome, "duration_ms": duration_ms})
        _measure(name, outcome, duration_ms, cold)


def _keys_of(context: Any, *, cold: bool) -> dict[str, Any]:
    """What Powertools' `inject_lambda_context` adds to every line."""
    return {} if context is None else {"cold_start": cold, **vars(build_lambda_context_model(context))}


_invoked: set[str] = set()


def _is_first(name: str) -> bool:
    """True for the first invocation in this process."""
    first = name not in _invoked
    _invoked.add(name)
    return first


def _measure(name: str, outcome: str, duration_ms: float, cold: bool) -> None:
    """One line in CloudWatch's embedded metric format on standard output, where the setting asks for it."""
    if not ObservabilitySettings().metrics:
        return
    metrics = Metrics(namespace="Cinedex", service=SERVICE)
    metrics.add_dimension("function", name)
    metrics.add_metric("Duration", MetricUnit.Milliseconds, duration_ms)
    metrics.add_metric("Succeeded" if outcome == "succeeded" else "Failed", MetricUnit.Count, 1)
    if cold:
        metrics.add_metric("ColdStart", MetricUnit.Count, 1)
    metrics.flush_metrics()


@contextmanager
def _traced(name: str) -> Iterator[None]:
    tracer = _tracer()
    if tracer is None:
        yield
        return
    with tracer.provider.in_subsegment(name=f"## {name}"):
        yield


@cache
def _tracer() -> Tracer | None:
    if ObservabilitySettings().tracing != "Active":
        return None
    if find_spec("aws_xray_sdk") is None:
        logger.warning("subsegments are not traced: aws-xray-sdk is not installed; Lambda traces whole invocations")
        return None
    return Tracer(service=SERVICE)
