"""Turns a media file into frames and sound: one sequential decode, exact times, right way up."""
