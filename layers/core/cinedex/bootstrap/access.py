"""Authentication, rate limits, idempotency and usage."""

from __future__ import annotations

from cinedex.access.domain.rate_limit import RateLimit
from cinedex.access.usecases.authenticate import Authenticate
from cinedex.access.usecases.check_rate_limit import CheckRateLimit
from cinedex.access.usecases.lease_requests import LeaseRequests
from cinedex.access.usecases.manage_api_keys import ManageApiKeys
from cinedex.access.usecases.record_key_use import RecordKeyUse
from cinedex.access.usecases.run_idempotent import RunIdempotent
from cinedex.bootstrap import providers
from cinedex.bootstrap.once import once
from cinedex.settings import AdmissionSettings, VideoBudgetSettings
from cinedex.usage.charge_video import ChargeVideo
from cinedex.usage.record_usage import RecordUsage


def authenticate() -> Authenticate:
    return Authenticate(providers.api_keys(), providers.clock)


@once
def rate_limit() -> RateLimit:
    settings = AdmissionSettings()
    return RateLimit(requests_max=settings.requests_max, window_s=settings.window_s)


@once
def lease_requests() -> LeaseRequests:
    return LeaseRequests(providers.rate_limiter())


def check_rate_limit() -> CheckRateLimit:
    return CheckRateLimit(lease_requests(), rate_limit(), providers.clock)


@once
def record_key_use() -> RecordKeyUse:
    return RecordKeyUse(providers.key_uses(), providers.clock)


def run_idempotent() -> RunIdempotent:
    return RunIdempotent(providers.idempotency_store(), providers.clock)


def record_usage() -> RecordUsage:
    return RecordUsage(providers.usage_ledger(), providers.clock)


def charge_video() -> ChargeVideo:
    return ChargeVideo(providers.video_budget(), providers.clock, VideoBudgetSettings().minutes_max)


def manage_api_keys() -> ManageApiKeys:
    return ManageApiKeys(providers.api_keys(), providers.key_uses(), providers.clock)
