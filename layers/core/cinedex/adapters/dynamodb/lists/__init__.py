"""Items that list other items, and counts of lists."""
