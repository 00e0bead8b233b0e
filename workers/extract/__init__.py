"""What a claim document says: entities with their places, the claim's fields, names and numbers in their normal form."""
