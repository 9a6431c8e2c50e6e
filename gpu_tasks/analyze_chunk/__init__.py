"""What is seen and read in one part of a video, and captions of its segments."""
