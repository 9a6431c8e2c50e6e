"""The stores of the library with their lists, and the backfill of the lists."""
