"""Whether the seed of a sample was given by whoever drew it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sample_plans", sa.Column("seed_given", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("sample_plans", "seed_given")
