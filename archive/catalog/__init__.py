"""The catalog: the source of truth for every state."""
