"""API Gateway on one machine: translates HTTP to events of format 2.0, invokes functions, forwards streams."""
