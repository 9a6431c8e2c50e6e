"""Regular samples of a video, which the pass for shots detects and reads, so that chunks need not decode them again."""
