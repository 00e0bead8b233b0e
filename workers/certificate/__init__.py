"""Certificates of redacted files: made when a file is built, and printed on paper."""
