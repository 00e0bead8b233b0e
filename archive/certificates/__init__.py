"""Redaction certificates: how they are written, signed, checked and kept. All but `kept` works without an archive."""
