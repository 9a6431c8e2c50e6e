"""HTTP: videos, groups, features and what can be read of a video."""
