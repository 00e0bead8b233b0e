"""The routes: each translates, calls, and translates back."""
