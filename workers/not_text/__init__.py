"""What a page shows that is not text: codes, photographs of persons, seals, thumbprints, signatures and unread ink."""
