"""Review by two people: what they change about masks, what they decide, whom they let see a page, and what a sample shows."""
