"""The analysis of one video: planning, chunks, model tasks and their results."""
