"""Background work in threads of this process."""
