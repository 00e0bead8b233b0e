"""Faults of real servers and of our own processes in the middle of a batch, and what comes of it."""
