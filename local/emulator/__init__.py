"""The AWS API of one machine: a pinned ministack in its own environment, with the few patches we need."""

PINNED_VERSION = "1.5.33"
