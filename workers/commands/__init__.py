"""The commands that work on documents."""
