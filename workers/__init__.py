"""Turning pages into findable, redacted records."""
