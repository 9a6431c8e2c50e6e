"""Installs models: from a hub, a folder or S3, each file compared with its pinned hash."""
