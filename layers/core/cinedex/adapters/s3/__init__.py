"""Media files and results in S3."""
