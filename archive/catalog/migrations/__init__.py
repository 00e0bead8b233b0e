"""How older catalogs become newer ones (Alembic)."""
