"""What a review has the workers do: burn masks as people changed them, count risks, and draw a page for whoever may see it."""
