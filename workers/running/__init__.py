"""Worker processes: who takes steps, and what becomes of them when a process dies or hangs."""
