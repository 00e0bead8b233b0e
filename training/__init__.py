"""Making the small models that find names, addresses and medical words (docs/decisions/0017-small-names-models.md)."""
