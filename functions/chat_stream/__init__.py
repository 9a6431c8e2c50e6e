"""HTTP: answers as a stream of events, from a response-streaming function URL."""
