"""The dialect of VideoVector: `/api/v2/chat`."""
