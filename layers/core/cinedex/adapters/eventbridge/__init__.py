"""Events on a bus of Amazon EventBridge."""

from __future__ import annotations

from cinedex.adapters.eventbridge.event_bus import EventBridgePublisher

__all__ = ["EventBridgePublisher"]
