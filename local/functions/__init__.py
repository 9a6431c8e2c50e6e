"""Runs Lambda functions on one machine: a bounded number of processes for each function, and a queue before them.

Only the standard library is imported here, because the emulator uses this package in an environment of its own.
"""
