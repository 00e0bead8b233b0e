"""Invented records by the million, the catalog that knows their documents, and the service that answers from both."""
