"""The tables. Open columns hold ids, digests, codes and counts; whatever a person wrote or could be known by is sealed.

Times are text in ISO 8601, UTC, to the microsecond: they sort as they are, in every database.
"""

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    text,
)

metadata = MetaData()

AT_ONCE = 1000
"""How many rows a query brings at a time that may walk a whole table; without it a driver holds all of them twice."""

_WIDE = BigInteger().with_variant(Integer, "sqlite")  # 64 bits; in SQLite every whole number has them


def _partial(name: str, *columns: str, where: str, unique: bool = False) -> Index:
    """An index of the few rows that are asked for among the many that are done; `archive.catalog.work` repeats *where*."""
    return Index(name, *columns, unique=unique, sqlite_where=text(where), postgresql_where=text(where))


batches = Table(
    "batches",
    metadata,
    Column("batch_id", String(16), primary_key=True),
    Column("opened_at", String(32), nullable=False),
    Column("custody", LargeBinary, nullable=False),  # sealed: source, box, operator
)

# What was handed in, one row a file: the custody entries. A container has a row, and each of its members.
items = Table(
    "items",
    metadata,
    Column("item_id", _WIDE, primary_key=True, autoincrement=True),
    Column("batch_id", String(16), ForeignKey("batches.batch_id"), nullable=False),
    Column("outcome", String(16), nullable=False),
    Column("reason", String(32)),
    Column("document_id", String(16), ForeignKey("documents.document_id")),
    Column("digest", String(64)),
    Column("size", _WIDE),
    Column("path_token", String(32), nullable=False),  # keyed: tells the same path again within a batch
    Column("path", LargeBinary, nullable=False),  # sealed
    Column("received_at", String(32), nullable=False),
    CheckConstraint("outcome IN ('accepted', 'duplicate', 'refused', 'unpacked', 'skipped')", name="item_outcome"),
    Index("items_by_batch", "batch_id", "path_token"),
    Index("items_by_document", "document_id"),
    _partial("items_repeated", "batch_id", "document_id", where="outcome = 'duplicate'"),
)

documents = Table(
    "documents",
    metadata,
    Column("document_id", String(16), primary_key=True),
    Column("digest", String(64), nullable=False, unique=True),
    Column("size", _WIDE, nullable=False),
    Column("media_type", String(64), nullable=False),
    Column("original_key", String(160), nullable=False),
    Column("wrapped_key", LargeBinary, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", String(32)),
    Column("page_count", Integer),
    Column("remarks", JSON, nullable=False),
    Column("document_class", String(32)),
    Column("plan_key", String(160)),
    Column("summary", LargeBinary),  # sealed: what a hit list shows
    Column("received_at", String(32), nullable=False),
    Column("finished_at", String(32)),
    CheckConstraint("state IN ('waiting', 'complete', 'partial', 'failed')", name="document_state"),
    Index("documents_by_state", "state", "reason"),
)

pages = Table(
    "pages",
    metadata,
    Column("document_id", String(16), ForeignKey("documents.document_id"), primary_key=True),
    Column("page_number", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", String(32)),
    Column("width", Integer),
    Column("height", Integer),
    Column("rotation", Integer),
    Column("engine", String(160)),
    Column("confidence", Float),
    Column("reading_key", String(160)),
    Column("finished_at", String(32)),
    Column("version", Integer),  # which of its readings the page shows; the columns above repeat that one
    CheckConstraint("state IN ('waiting', 'read', 'blank', 'failed')", name="page_state"),
    Index("pages_by_state", "state", "reason"),
)

# Every reading of a page that came to an end, the failed ones too, counted from 1. None is ever changed or removed; the
# current one is the one that `pages.version` names.
readings = Table(
    "readings",
    metadata,
    Column("document_id", String(16), ForeignKey("documents.document_id"), primary_key=True),
    Column("page_number", Integer, primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("reason", String(32)),
    Column("engine", String(160)),  # who read, also where that gave no text; unknown where it never came to reading
    Column("confidence", Float),
    Column("width", Integer),
    Column("height", Integer),
    Column("rotation", Integer),
    Column("reading_key", String(160)),
    Column("made_at", String(32), nullable=False),
    CheckConstraint("state IN ('read', 'blank', 'failed')", name="reading_state"),
    Index("readings_by_engine", "engine"),
)

# What a person confirmed or corrected, one row a field of the claim; it goes before whatever is read.
confirmed_fields = Table(
    "confirmed_fields",
    metadata,
    Column("document_id", String(16), ForeignKey("documents.document_id"), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("page_number", Integer, nullable=False),
    Column("version", Integer),  # of the page's reading that the person had before them
    Column("confirmed_at", String(32), nullable=False),
    Column("value", LargeBinary, nullable=False),  # sealed: the value, its place, and who confirmed it
)

# What is to be done, one row a step. A row is never worked on without a lease; its token grows with each lease, and a
# result is taken only from the holder of the newest (fencing).
work = Table(
    "work",
    metadata,
    Column("work_id", _WIDE, primary_key=True, autoincrement=True),
    Column("stage", String(16), nullable=False),
    Column("document_id", String(16), ForeignKey("documents.document_id"), nullable=False),
    Column("page_number", Integer, nullable=False),  # 0: the whole document
    Column("audience", String(16), nullable=False),  # "": none
    Column("engine", String(32), nullable=False, server_default=""),  # "": the usual one
    Column("priority", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("failures", Integer, nullable=False),  # tries that ended badly by their own doing
    Column("interruptions", Integer, nullable=False),  # tries cut short from outside
    Column("reason", String(32)),
    Column("not_before", String(32), nullable=False),
    Column("lease_owner", String(96)),
    Column("lease_token", Integer, nullable=False),
    Column("lease_until", String(32)),
    CheckConstraint("state IN ('waiting', 'leased', 'done', 'failed')", name="work_state"),
    UniqueConstraint("stage", "document_id", "page_number", "audience", name="one_row_a_step"),
    _partial("work_waiting", "priority", "work_id", where="state = 'waiting'"),
    _partial("work_leased", "lease_owner", where="state = 'leased'"),
    _partial("work_open", "document_id", "stage", "page_number", where="state IN ('waiting', 'leased')"),
)

derived_pages = Table(
    "derived_pages",
    metadata,
    Column("document_id", String(16), ForeignKey("documents.document_id"), primary_key=True),
    Column("page_number", Integer, primary_key=True),
    Column("audience", String(16), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("object_key", String(160)),
    Column("media_type", String(64)),
    Column("width", Integer),
    Column("height", Integer),
    Column("dpi", Float),
    Column("masks", JSON, nullable=False),
    Column("leaks", JSON, nullable=False),
    Column("checks", JSON(none_as_null=True)),  # names of those that ran to their end; unknown of pages burnt by older programs
    Column("edits", JSON(none_as_null=True)),  # which rows of `mask_edits` are in it; none in pages burnt by older programs
    CheckConstraint("state IN ('verified', 'leaking', 'failed')", name="derived_page_state"),
)

derivatives = Table(
    "derivatives",
    metadata,
    Column("document_id", String(16), ForeignKey("documents.document_id"), primary_key=True),
    Column("audience", String(16), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("state", String(16), nullable=False),
    Column("policy", String(64), nullable=False),
    Column("object_key", String(160)),
    Column("digest", String(64)),
    Column("size", _WIDE),
    Column("leaks", JSON, nullable=False),
    Column("made_at", String(32), nullable=False),
    Column("certificate_key", String(160)),
    Column("certificate_digest", String(64)),
    Column("maker", String(64), nullable=False, server_default=""),  # whose edits are in it; "": the program's alone
    CheckConstraint(
        "state IN ('ready', 'withheld', 'stale', 'superseded', 'awaiting', 'rejected', 'withdrawn')", name="derivative_state"
    ),
    UniqueConstraint("document_id", "audience", "version", "maker", name="one_maker_a_version"),  # what `decisions` refer to
    _partial("derivatives_withheld", "document_id", where="state = 'withheld'"),
    _partial("derivatives_awaiting", "document_id", where="state = 'awaiting'"),
)

events = Table(
    "events",
    metadata,
    Column("sequence", _WIDE, primary_key=True, autoincrement=False),
    Column("at", String(32), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("batch_id", String(16)),
    Column("document_id", String(16)),
    Column("body", String, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("digest", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
    Index("events_by_document", "document_id"),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("one", Integer, primary_key=True),
    Column("sequence", _WIDE, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("seal", String(64), nullable=False),
    CheckConstraint("one = 1", name="one_head"),
)

users = Table(
    "users",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("token_digest", String(64), nullable=False, unique=True),
    Column("added_at", String(32), nullable=False),
    Column("removed_at", String(32)),
    CheckConstraint("role IN ('archivist', 'handler', 'compliance')", name="user_role"),
)

# What one reviewer changes about the masks of a document for an audience, and submits as one.
change_sets = Table(
    "change_sets",
    metadata,
    Column("change_set_id", _WIDE, primary_key=True, autoincrement=True),
    Column("document_id", String(16), ForeignKey("documents.document_id"), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("maker", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("opened_at", String(32), nullable=False),
    Column("submitted_at", String(32)),
    Column("version", Integer),  # of the file with which it was approved
    CheckConstraint("state IN ('draft', 'submitted', 'approved', 'discarded')", name="change_set_state"),
    _partial("one_open_change_set", "document_id", "audience", where="state IN ('draft', 'submitted')", unique=True),
    Index("change_sets_by_document", "document_id", "audience"),
)

# One mask added, moved or removed. Rows are never changed but for being dropped; boxes are [left, top, right, bottom].
mask_edits = Table(
    "mask_edits",
    metadata,
    Column("edit_id", _WIDE, primary_key=True, autoincrement=True),
    Column("change_set_id", _WIDE, ForeignKey("change_sets.change_set_id"), nullable=False),
    Column("page_number", Integer, nullable=False),
    Column("action", String(16), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("box", JSON, nullable=False),
    Column("moved_to", JSON(none_as_null=True)),
    Column("made_at", String(32), nullable=False),
    Column("dropped_at", String(32)),
    Column("reason", LargeBinary, nullable=False),  # sealed
    CheckConstraint("action IN ('add', 'move', 'remove')", name="edit_action"),
    Index("mask_edits_by_change_set", "change_set_id"),
)

# What people decided of a version. Whose work it is comes from the version itself, and cannot approve or reject it.
decisions = Table(
    "decisions",
    metadata,
    Column("decision_id", _WIDE, primary_key=True, autoincrement=True),
    Column("document_id", String(16), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("version", Integer, nullable=False),
    Column("maker", String(64), nullable=False),
    Column("decision", String(16), nullable=False),
    Column("decided_by", String(64), nullable=False),
    Column("decided_at", String(32), nullable=False),
    Column("reason", LargeBinary),  # sealed
    Column("certificate_key", String(160)),
    Column("certificate_digest", String(64)),
    ForeignKeyConstraint(
        ("document_id", "audience", "version", "maker"),
        ("derivatives.document_id", "derivatives.audience", "derivatives.version", "derivatives.maker"),
        name="decision_on_version",
    ),
    CheckConstraint("decision IN ('approved', 'rejected', 'withdrawn')", name="decision_kind"),
    CheckConstraint("decision = 'withdrawn' OR decided_by <> maker", name="decided_by_another"),
    CheckConstraint("decided_by <> ''", name="decided_by_somebody"),
    UniqueConstraint("document_id", "audience", "version", "decision", name="one_decision_of_a_kind"),
    _partial("decisions_against", "document_id", where="decision <> 'approved'"),
)

# How much there is to be looked at in the current file for an audience: counts by signal, and their weighted sum.
review_risks = Table(
    "review_risks",
    metadata,
    Column("document_id", String(16), ForeignKey("documents.document_id"), primary_key=True),
    Column("audience", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("score", Integer, nullable=False),
    Column("signals", JSON, nullable=False),
    Index("review_risks_by_score", "audience", "score", "document_id"),
)

# Leave to see one page unmasked for a while (break-glass). Whoever asked cannot grant it.
unmaskings = Table(
    "unmaskings",
    metadata,
    Column("request_id", String(16), primary_key=True),
    Column("document_id", String(16), ForeignKey("documents.document_id"), nullable=False),
    Column("page_number", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("asked_by", String(64), nullable=False),
    Column("asked_at", String(32), nullable=False),
    Column("reason", LargeBinary, nullable=False),  # sealed
    Column("alarmed", Integer, nullable=False),  # 1: it was one too many within the hour
    Column("decided_by", String(64)),
    Column("decided_at", String(32)),
    Column("until", String(32)),
    Column("object_key", String(160)),  # the page with its watermark; gone when the time is over
    Column("media_type", String(64)),
    Column("views", Integer, nullable=False),
    CheckConstraint("state IN ('asked', 'granted', 'refused', 'failed', 'ended')", name="unmasking_state"),
    CheckConstraint("decided_by IS NULL OR decided_by <> asked_by", name="granted_by_another"),
    CheckConstraint("state IN ('asked', 'failed') OR decided_by IS NOT NULL", name="decided_by_a_person"),
    Index("unmaskings_by_time", "asked_at"),
)

# A random sample of the redacted pages of a batch, and what people saw on them.
sample_plans = Table(
    "sample_plans",
    metadata,
    Column("plan_id", String(16), primary_key=True),
    Column("batch_id", String(16), ForeignKey("batches.batch_id"), nullable=False),
    Column("audience", String(16), nullable=False),
    Column("bound", Float, nullable=False),
    Column("confidence", Float, nullable=False),
    Column("seed", String(32), nullable=False),
    Column("population", Integer, nullable=False),
    Column("drawn_by", String(64), nullable=False),
    Column("drawn_at", String(32), nullable=False),
    Column("seed_given", Integer),  # 1: whoever drew chose the seed, 0: the machine did; unknown of older programs' plans
)

sample_pages = Table(
    "sample_pages",
    metadata,
    Column("plan_id", String(16), ForeignKey("sample_plans.plan_id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("document_id", String(16), ForeignKey("documents.document_id"), nullable=False),
    Column("page_number", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("verdict", String(16)),
    Column("judged_by", String(64)),
    Column("judged_at", String(32)),
    Column("reason", LargeBinary),  # sealed
    CheckConstraint("verdict IN ('ok', 'leak')", name="sample_verdict"),
)

# How soon a person may ask again, one row for each kind of request.
paces = Table(
    "paces",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("spent_until", String(32), nullable=False),
)

# Which documents somebody opened, or had shown in a list of hits, and when last; kept for a day. The index may know documents
# that the catalog does not.
openings = Table(
    "openings",
    metadata,
    Column("user_id", String(64), primary_key=True),
    Column("manner", String(16), primary_key=True),
    Column("document_id", String(16), primary_key=True),
    Column("person", String(32), nullable=False),  # keyed: tells the same person again
    Column("at", String(32), nullable=False),
    CheckConstraint("manner IN ('opened', 'shown')", name="opening_manner"),
    Index("openings_by_time", "user_id", "manner", "at"),
)

# Somebody opened, or had shown, more than the settings allow within an hour.
access_alarms = Table(
    "access_alarms",
    metadata,
    Column("alarm_id", _WIDE, primary_key=True, autoincrement=True),
    Column("raised_at", String(32), nullable=False),
    Column("user_id", String(64), nullable=False),
    Column("kind", String(32), nullable=False),
    Column("count", Integer, nullable=False),
    Column("threshold", Integer, nullable=False),
    Index("access_alarms_by_user", "user_id", "kind", "raised_at"),
)

# Batches under a name, to be granted to people together.
collections = Table(
    "collections",
    metadata,
    Column("collection_id", String(64), primary_key=True),
    Column("added_at", String(32), nullable=False),
)

collection_batches = Table(
    "collection_batches",
    metadata,
    Column("collection_id", String(64), ForeignKey("collections.collection_id"), primary_key=True),
    Column("batch_id", String(16), ForeignKey("batches.batch_id"), primary_key=True),
)

# Who sees nothing but what is granted to them; everybody else of their role sees every document.
restrictions = Table(
    "restrictions",
    metadata,
    Column("user_id", String(64), ForeignKey("users.user_id"), primary_key=True),
    Column("restricted_at", String(32), nullable=False),
)

grants = Table(
    "grants",
    metadata,
    Column("user_id", String(64), ForeignKey("restrictions.user_id"), primary_key=True),
    Column("collection_id", String(64), ForeignKey("collections.collection_id"), primary_key=True),
    Column("granted_at", String(32), nullable=False),
)

# Keys of the tokens in the search index. At most one of each state: next, settling, serving.
token_keys = Table(
    "token_keys",
    metadata,
    Column("key_id", String(16), primary_key=True),
    Column("state", String(16), nullable=False, unique=True),
    Column("sealed", LargeBinary, nullable=False),
    Column("made_at", String(32), nullable=False),
)
