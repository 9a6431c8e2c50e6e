"""All HTTP: middleware, errors, authentication, and one package for each emulated API."""
