"""Time-coded tracks of a video: transcript, scenes, captions, objects."""
