"""Getting material in: what it is, whether it may come in, and its custody."""
