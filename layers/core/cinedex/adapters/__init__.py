"""The ports in terms of one vendor each: `<vendor>_<port>.py`."""
