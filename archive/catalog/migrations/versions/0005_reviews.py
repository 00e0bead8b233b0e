"""Reviews by two people: edits of masks, decisions on versions, risks, pages seen unmasked, and samples."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_OLDER = ("ready", "withheld", "stale", "superseded")
_WIDE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_COLUMNS = (
    "document_id, audience, version, state, policy, object_key, digest, size, leaks, made_at, "
    "certificate_key, certificate_digest"
)
_NEW_TABLES = ("sample_pages", "sample_plans", "unmaskings", "review_risks", "decisions", "mask_edits", "change_sets")


def upgrade() -> None:
    op.add_column("derived_pages", sa.Column("edits", sa.JSON(none_as_null=True), nullable=True))
    _make_derivatives_anew((*_OLDER, "awaiting", "rejected", "withdrawn"), with_maker=True)
    _partial("derivatives_awaiting", "derivatives", ["document_id"], "state = 'awaiting'")
    _make_edits()
    _make_decisions()
    _make_risks()
    _make_unmaskings()
    _make_samples()


def downgrade() -> None:
    for table in _NEW_TABLES:
        op.drop_table(table)
    op.execute("UPDATE derivatives SET state = 'superseded' WHERE state IN ('awaiting', 'rejected', 'withdrawn')")
    _make_derivatives_anew(_OLDER, with_maker=False)
    op.drop_column("derived_pages", "edits")


def _make_derivatives_anew(states: tuple[str, ...], *, with_maker: bool) -> None:
    """SQLite cannot change a constraint: the table is made anew, and what is in it is brought along."""
    listed = ", ".join(f"'{state}'" for state in states)
    maker = (
        sa.Column("maker", sa.String(length=64), server_default="", nullable=False),
        sa.UniqueConstraint("document_id", "audience", "version", "maker", name="one_maker_a_version"),
    )
    op.create_table(
        "new_derivatives",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("policy", sa.String(length=64), nullable=False),
        sa.Column("object_key", sa.String(length=160), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=True),
        sa.Column("size", _WIDE, nullable=True),
        sa.Column("leaks", sa.JSON(), nullable=False),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("certificate_key", sa.String(length=160), nullable=True),
        sa.Column("certificate_digest", sa.String(length=64), nullable=True),
        *(maker if with_maker else ()),
        sa.CheckConstraint(f"state IN ({listed})", name="derivative_state"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("document_id", "audience", "version"),
    )
    op.execute(f"INSERT INTO new_derivatives ({_COLUMNS}) SELECT {_COLUMNS} FROM derivatives")  # noqa: S608 - all of it stands here
    op.drop_table("derivatives")
    op.rename_table("new_derivatives", "derivatives")
    _partial("derivatives_withheld", "derivatives", ["document_id"], "state = 'withheld'")


def _partial(name: str, table: str, columns: list[str], where: str, *, unique: bool = False) -> None:
    op.create_index(name, table, columns, unique=unique, sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def _make_edits() -> None:
    op.create_table(
        "change_sets",
        sa.Column("change_set_id", _WIDE, autoincrement=True, nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("opened_at", sa.String(length=32), nullable=False),
        sa.Column("submitted_at", sa.String(length=32), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.CheckConstraint("state IN ('draft', 'submitted', 'approved', 'discarded')", name="change_set_state"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("change_set_id"),
    )
    one_open = ("one_open_change_set", "change_sets", ["document_id", "audience"], "state IN ('draft', 'submitted')")
    _partial(*one_open, unique=True)
    op.create_index("change_sets_by_document", "change_sets", ["document_id", "audience"])
    op.create_table(
        "mask_edits",
        sa.Column("edit_id", _WIDE, autoincrement=True, nullable=False),
        sa.Column("change_set_id", _WIDE, nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(length=16), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("box", sa.JSON(), nullable=False),
        sa.Column("moved_to", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("made_at", sa.String(length=32), nullable=False),
        sa.Column("dropped_at", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("action IN ('add', 'move', 'remove')", name="edit_action"),
        sa.ForeignKeyConstraint(["change_set_id"], ["change_sets.change_set_id"]),
        sa.PrimaryKeyConstraint("edit_id"),
    )
    op.create_index("mask_edits_by_change_set", "mask_edits", ["change_set_id"])


def _make_decisions() -> None:
    version = ["document_id", "audience", "version", "maker"]
    op.create_table(
        "decisions",
        sa.Column("decision_id", _WIDE, autoincrement=True, nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("maker", sa.String(length=64), nullable=False),
        sa.Column("decision", sa.String(length=16), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=False),
        sa.Column("decided_at", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.Column("certificate_key", sa.String(length=160), nullable=True),
        sa.Column("certificate_digest", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(version, [f"derivatives.{name}" for name in version], name="decision_on_version"),
        sa.CheckConstraint("decision IN ('approved', 'rejected', 'withdrawn')", name="decision_kind"),
        sa.CheckConstraint("decision = 'withdrawn' OR decided_by <> maker", name="decided_by_another"),
        sa.CheckConstraint("decided_by <> ''", name="decided_by_somebody"),
        sa.UniqueConstraint("document_id", "audience", "version", "decision", name="one_decision_of_a_kind"),
        sa.PrimaryKeyConstraint("decision_id"),
    )


def _make_risks() -> None:
    op.create_table(
        "review_risks",
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("signals", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("document_id", "audience"),
    )
    op.create_index("review_risks_by_score", "review_risks", ["audience", "score", "document_id"])
    # Nobody counted what there is to be looked at in the files that stand; they are in the queue all the same.
    op.execute(
        "INSERT INTO review_risks (document_id, audience, version, score, signals) "  # noqa: S608 - as above
        "SELECT document_id, audience, version, CASE state WHEN 'withheld' THEN 120 ELSE 20 END, "
        "CASE state WHEN 'withheld' THEN '{\"withheld\": 1, \"not_counted\": 1}' ELSE '{\"not_counted\": 1}' END"
        f"{_as_json()} FROM derivatives WHERE state <> 'superseded'"
    )


def _as_json() -> str:
    return "::json" if op.get_context().dialect.name == "postgresql" else ""


def _make_unmaskings() -> None:
    op.create_table(
        "unmaskings",
        sa.Column("request_id", sa.String(length=16), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("asked_by", sa.String(length=64), nullable=False),
        sa.Column("asked_at", sa.String(length=32), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("alarmed", sa.Integer(), nullable=False),
        sa.Column("decided_by", sa.String(length=64), nullable=True),
        sa.Column("decided_at", sa.String(length=32), nullable=True),
        sa.Column("until", sa.String(length=32), nullable=True),
        sa.Column("object_key", sa.String(length=160), nullable=True),
        sa.Column("media_type", sa.String(length=64), nullable=True),
        sa.Column("views", sa.Integer(), nullable=False),
        sa.CheckConstraint("state IN ('asked', 'granted', 'refused', 'failed', 'ended')", name="unmasking_state"),
        sa.CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="granted_by_another"),
        sa.CheckConstraint("state IN ('asked', 'failed') OR decided_by IS NOT NULL", name="decided_by_a_person"),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("request_id"),
    )
    op.create_index("unmaskings_by_time", "unmaskings", ["asked_at"])


def _make_samples() -> None:
    op.create_table(
        "sample_plans",
        sa.Column("plan_id", sa.String(length=16), nullable=False),
        sa.Column("batch_id", sa.String(length=16), nullable=False),
        sa.Column("audience", sa.String(length=16), nullable=False),
        sa.Column("bound", sa.Float(), nullable=False),
        sa.Column("confidence", sa.Float(), nullable=False),
        sa.Column("seed", sa.String(length=32), nullable=False),
        sa.Column("population", sa.Integer(), nullable=False),
        sa.Column("drawn_by", sa.String(length=64), nullable=False),
        sa.Column("drawn_at", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.batch_id"]),
        sa.PrimaryKeyConstraint("plan_id"),
    )
    op.create_table(
        "sample_pages",
        sa.Column("plan_id", sa.String(length=16), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("document_id", sa.String(length=16), nullable=False),
        sa.Column("page_number", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("verdict", sa.String(length=16), nullable=True),
        sa.Column("judged_by", sa.String(length=64), nullable=True),
        sa.Column("judged_at", sa.String(length=32), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("verdict IN ('ok', 'leak')", name="sample_verdict"),
        sa.ForeignKeyConstraint(["plan_id"], ["sample_plans.plan_id"]),
        sa.ForeignKeyConstraint(["document_id"], ["documents.document_id"]),
        sa.PrimaryKeyConstraint("plan_id", "number"),
    )
