"""The ledger names the first entry that is not as it was written."""

import json
from hashlib import sha256

import pytest
from sqlalchemy import delete, insert, select, update

from archive.catalog.tables import events, ledger_head
from tests.builders.archives import make_archive


@pytest.fixture
def archive(tmp_path):
    with make_archive(tmp_path / "home") as made:
        for number in range(9):
            with made.catalog.write() as connection:
                made.ledger.append(connection, "page.read", document_id=f"D-{number}", page=number)
        yield made


def verify(archive):
    with archive.catalog.read() as connection:
        report = archive.ledger.verify(connection)
    return report.first_bad, report.fault


def tamper(archive, *statements):
    with archive.catalog.write() as connection:
        for statement in statements:
            connection.execute(statement)


def test_what_nobody_touched_is_intact(archive):
    assert verify(archive) == (None, None)


@pytest.mark.parametrize("column", ["body", "at", "kind", "document_id", "previous", "digest", "seal"])
def test_a_changed_entry_is_named(archive, column):
    tamper(archive, update(events).where(events.c.sequence == 4).values({column: "x"}))
    assert verify(archive)[0] == 4


def test_a_removed_entry_is_named(archive):
    tamper(archive, delete(events).where(events.c.sequence == 4))
    assert verify(archive) == (4, "removed")


def test_the_first_entry_removed_is_named(archive):
    tamper(archive, delete(events).where(events.c.sequence == 1))
    assert verify(archive) == (1, "removed")


def test_an_entry_cut_off_at_the_end_is_named(archive):
    tamper(archive, delete(events).where(events.c.sequence >= 9))
    assert verify(archive) == (9, "removed from the end")


def test_everything_removed_is_noticed(archive):
    tamper(archive, delete(events))
    assert verify(archive) == (1, "removed from the end")


def test_everything_and_the_head_removed_is_noticed(archive):
    tamper(archive, delete(events), delete(ledger_head))
    assert verify(archive) == (1, "head removed")


def test_two_entries_in_each_others_place_are_named(archive):
    tamper(
        archive,
        update(events).where(events.c.sequence == 4).values(sequence=99),
        update(events).where(events.c.sequence == 6).values(sequence=4),
        update(events).where(events.c.sequence == 99).values(sequence=6),
    )
    assert verify(archive)[0] == 4


def test_a_removed_entry_with_the_rest_moved_up_is_named(archive):
    tamper(archive, delete(events).where(events.c.sequence == 4))
    for sequence in range(5, 11):
        tamper(archive, update(events).where(events.c.sequence == sequence).values(sequence=sequence - 1))
    assert verify(archive)[0] == 4


def test_a_chain_that_was_recomputed_behind_a_change_is_named_at_the_change(archive):
    """A forger who knows how digests are made, but not the key."""
    with archive.catalog.read() as connection:
        rows = [dict(row) for row in connection.execute(select(events).order_by(events.c.sequence)).mappings()]
    rows[3]["body"] = json.dumps({"page": 77})
    for row, before in zip(rows[3:], rows[2:], strict=False):
        row["previous"] = before["digest"]
        names = ("sequence", "at", "kind", "batch_id", "document_id", "body", "previous")
        row["digest"] = sha256(json.dumps([row[name] for name in names], separators=(",", ":")).encode()).hexdigest()
    tamper(archive, delete(events), insert(events).values(rows))
    assert verify(archive) == (4, "changed")


def test_an_entry_added_behind_the_head_is_named(archive):
    with archive.catalog.read() as connection:
        head = connection.execute(select(ledger_head)).mappings().one()
    with archive.catalog.write() as connection:
        archive.ledger.append(connection, "page.read", page=1)
    tamper(archive, update(ledger_head).values(**head))
    assert verify(archive) == (11, "added behind the head")


def test_an_older_head_with_the_newer_entries_removed_still_fits_and_is_what_checkpoints_are_for(archive):
    """What one database alone cannot show: the whole of it put back to an earlier state."""
    with archive.catalog.read() as connection:
        head = connection.execute(select(ledger_head)).mappings().one()
    with archive.catalog.write() as connection:
        archive.ledger.append(connection, "page.read", page=1)
    tamper(archive, update(ledger_head).values(**head), delete(events).where(events.c.sequence == 11))
    assert verify(archive) == (None, None)
