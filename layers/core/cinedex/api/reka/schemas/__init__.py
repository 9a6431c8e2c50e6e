"""Request and response bodies of the Reka routes."""
