"""The AWS emulator: a pinned ministack in its own environment, with a few patches."""

PINNED_VERSION = "1.5.33"
