"""Downloads of media by URL."""
