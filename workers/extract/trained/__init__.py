"""Names, addresses and medical words found by small trained models (docs/decisions/0017-small-names-models.md)."""
