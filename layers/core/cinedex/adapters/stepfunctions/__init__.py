"""Analyses as executions of a Step Functions state machine."""
