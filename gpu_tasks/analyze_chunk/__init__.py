"""What is seen and read in one chunk of a video, and captions of its segments."""
