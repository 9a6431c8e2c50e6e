"""The dialect of Reka Vision v2: `/v2/*`."""
