"""Who may ask, how often, and what is counted."""

from __future__ import annotations

from functools import cache

from cinedex.bootstrap import doors
from cinedex.domain.allowance import RateLimit
from cinedex.settings import AdmissionSettings
from cinedex.usecases.admit_request import AdmitRequest
from cinedex.usecases.authenticate import Authenticate
from cinedex.usecases.manage_keys import ManageKeys
from cinedex.usecases.meter_usage import MeterUsage
from cinedex.usecases.repeat_request import RepeatRequest


def authenticate() -> Authenticate:
    return Authenticate(doors.api_keys())


@cache
def rate_limit() -> RateLimit:
    settings = AdmissionSettings()
    return RateLimit(requests_max=settings.requests_max, window_s=settings.window_s)


def admit_request() -> AdmitRequest:
    return AdmitRequest(doors.request_counter(), rate_limit(), doors.clock)


def repeat_request() -> RepeatRequest:
    return RepeatRequest(doors.request_memory(), doors.clock)


def meter_usage() -> MeterUsage:
    return MeterUsage(doors.usage_ledger(), doors.clock)


def manage_keys() -> ManageKeys:
    return ManageKeys(doors.api_keys(), doors.clock)
