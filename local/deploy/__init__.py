"""Deploys template.yaml to the emulator, without packaging."""
