"""Files that enter the library through a bucket: the drop folder, its sidecars, and backfills."""
