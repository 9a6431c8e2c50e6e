"""The dialect of VideoVector: turns of chat sessions as streams."""
