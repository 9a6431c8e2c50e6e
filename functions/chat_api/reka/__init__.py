"""The dialect of Reka Vision v2: `/v2/search` and `/v2/chat`."""
