"""What of the values on a generated paper is left to be seen after hiding, and how much was hidden beside them."""
