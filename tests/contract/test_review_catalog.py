"""What the catalog itself holds of reviews, in every database: two people, one open change set, one decision of a kind."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import insert, select, text, update
from sqlalchemy.exc import IntegrityError

from archive.catalog import derivatives, documents, intake, reviews, risks, samples, unmaskings, work
from archive.catalog.derivatives import Derivative, DerivedPageRow
from archive.catalog.reviews import Decision, NewEdit
from archive.catalog.risks import After, Risk
from archive.catalog.tables import change_sets, decisions, sample_pages
from archive.catalog.tables import unmaskings as unmaskings_table
from archive.catalog.unmaskings import Unmasking
from archive.errors import NotFound, Refused
from schemas.geometry import Box
from schemas.review import EditAction, MaskEdit
from schemas.work import Job, Stage
from tests.builders.catalogs import CATALOGS, NEW_CATALOGS, document
from tests.contract.test_catalog import as_an_older_program_left_it

AT, LATER = "2026-11-23T12:00:00.000000+00:00", "2026-11-23T13:00:00.000000+00:00"
BOX, OTHER_BOX = Box(8, 16, 80, 32), Box(8, 48, 80, 64)


@pytest.fixture(params=CATALOGS)
def catalog(request, tmp_path):
    with request.param(tmp_path) as place:
        opened = place.open()
        with opened.write() as connection:
            for document_id in ("D-1", "D-2", "D-3"):
                documents.add(connection, document(document_id))
        yield opened
        opened.close()


@pytest.fixture(params=NEW_CATALOGS)
def new_place(request, tmp_path):
    with request.param(tmp_path) as made:
        yield made


def write(catalog, act, *arguments):
    with catalog.write() as connection:
        return act(connection, *arguments)


def read(catalog, ask, *arguments):
    with catalog.read() as connection:
        return ask(connection, *arguments)


def derivative(document_id="D-1", version=1, state="awaiting", maker="lin", audience="public"):
    return Derivative(document_id, audience, version, state, "default/1", "derivative/x", "ab", 7, (), AT, maker=maker)


def decision(what="approved", by="zhao", maker="lin", version=1):
    return Decision("D-1", "public", version, maker, what, by, AT, b"sealed")


def straight_in(decided):
    """The row, past what the code asks first."""
    return lambda connection: connection.execute(
        insert(decisions).values(**{name: getattr(decided, name) for name in Decision.__slots__})
    )


# Decisions.


def test_a_decision_comes_back_as_it_was_put(catalog):
    write(catalog, derivatives.put, derivative())
    put = replace(decision(), certificate_key="certificate/D-1/x", certificate_digest="cd")
    write(catalog, reviews.decide, put)
    assert read(catalog, reviews.of_version, "D-1", "public", 1) == [put]
    assert read(catalog, reviews.of_document, "D-1", "public") == [put]
    assert read(catalog, reviews.of_version, "D-1", "handler", 1) == []


@pytest.mark.parametrize("what", ["approved", "rejected"])
def test_the_catalog_refuses_that_a_maker_decides_of_their_own_work(catalog, what):
    write(catalog, derivatives.put, derivative(maker="lin"))
    with pytest.raises(Refused, match="same_person"):
        write(catalog, reviews.decide, decision(what, by="lin"))
    with pytest.raises(IntegrityError):
        write(catalog, straight_in(decision(what, by="lin")))
    assert read(catalog, reviews.of_version, "D-1", "public", 1) == []


def test_a_decision_cannot_name_another_maker_than_the_version_has(catalog):
    write(catalog, derivatives.put, derivative(maker="lin"))
    with pytest.raises(IntegrityError):
        write(catalog, straight_in(decision(by="lin", maker="")))
    with pytest.raises(IntegrityError):
        write(catalog, straight_in(decision(by="zhao", maker="lin", version=2)))


def test_nobody_is_no_one_who_decides(catalog):
    write(catalog, derivatives.put, derivative(maker="lin"))
    with pytest.raises(IntegrityError):
        write(catalog, straight_in(decision(by="")))


def test_the_maker_may_take_their_own_work_back(catalog):
    write(catalog, derivatives.put, derivative(maker="lin"))
    write(catalog, reviews.decide, decision("withdrawn", by="lin"))
    assert [each.decision for each in read(catalog, reviews.of_version, "D-1", "public", 1)] == ["withdrawn"]


def test_a_version_is_approved_once_and_can_be_withdrawn_afterwards(catalog):
    write(catalog, derivatives.put, derivative())
    write(catalog, reviews.decide, decision())
    with pytest.raises(Refused, match="already_decided"):
        write(catalog, reviews.decide, decision(by="wei"))
    with pytest.raises(IntegrityError):
        write(catalog, straight_in(decision(by="wei")))
    write(catalog, reviews.decide, decision("withdrawn", by="wei"))
    assert [each.decision for each in read(catalog, reviews.of_version, "D-1", "public", 1)] == ["approved", "withdrawn"]


def test_a_file_stays_taken_back_until_a_newer_version_is_approved(catalog):
    seen = []
    for version, what in enumerate(("approved", "withdrawn", "rejected", "approved"), start=1):
        write(catalog, derivatives.put, derivative(version=version))
        write(catalog, reviews.decide, decision(what, version=version))
        seen.append(read(catalog, reviews.taken_back, "D-1"))
    assert seen == [set(), {"public"}, {"public"}, set()]
    assert read(catalog, reviews.taken_back, "D-2") == set()
    write(catalog, derivatives.put, derivative("D-3"))
    write(catalog, reviews.decide, replace(decision("withdrawn"), document_id="D-3"))
    assert read(catalog, reviews.taken_back_among, ["D-1", "D-2", "D-3"]) == {"D-3"}
    assert read(catalog, reviews.taken_back_among, []) == set()


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        ("awaiting", "approval_missing"),
        ("rejected", "derivative_rejected"),
        ("withdrawn", "derivative_withdrawn"),
        ("stale", "derivative_stale"),
    ],
)
def test_neither_file_nor_page_is_served_in_a_state_that_somebody_must_end(catalog, state, reason):
    with catalog.write() as connection:
        derivatives.put(connection, derivative(state=state))
        derivatives.put_page(connection, DerivedPageRow("D-1", 1, "public", "verified", edits=(3, 7)))
    for ask in (
        lambda connection: derivatives.ready(connection, "D-1", "public", ()),
        lambda connection: derivatives.verified_page(connection, "D-1", 1, "public", ()),
    ):
        with pytest.raises(Refused, match=reason):
            read(catalog, ask)
    assert read(catalog, derivatives.hidden_audiences, "D-1", ()) == {"public"}
    assert read(catalog, derivatives.burnt_page, "D-1", 1, "public").edits == (3, 7)
    assert read(catalog, derivatives.awaiting) == (1 if state == "awaiting" else 0)


def test_the_good_pages_of_a_file_that_leaks_are_shown_unless_people_have_a_say_in_it(catalog):
    with catalog.write() as connection:
        derivatives.put(connection, derivative(state="withheld"))
        derivatives.put_page(connection, DerivedPageRow("D-1", 1, "public", "verified"))
    assert read(catalog, derivatives.verified_page, "D-1", 1, "public", ()).state == "verified"
    with catalog.write() as connection:
        begun = reviews.begin_set(connection, "D-1", "public", "lin", AT)
        reviews.add_edit(connection, begun.change_set_id, NewEdit(1, EditAction.ADD, "OTHER", BOX, None, b"x"), AT)
    assert read(catalog, derivatives.hidden_audiences, "D-1", ()) == set()
    write(catalog, reviews.put_set, begun.change_set_id, "submitted")
    with pytest.raises(Refused, match="leak_found"):
        read(catalog, derivatives.verified_page, "D-1", 1, "public", ())
    assert read(catalog, derivatives.hidden_audiences, "D-1", ()) == {"public"}


PUBLIC = ("public",)


@pytest.mark.parametrize("state", ["withheld", "ready", None])
def test_where_approval_is_asked_for_no_page_is_shown_that_nobody_approved(catalog, state):
    """Neither a clean one of a file that leaks, nor one of a file older than the rule, nor one of no file."""
    with catalog.write() as connection:
        if state:
            derivatives.put(connection, derivative(state=state, maker=""))
        derivatives.put_page(connection, DerivedPageRow("D-1", 1, "public", "verified"))
    assert read(catalog, derivatives.verified_page, "D-1", 1, "public", ("handler",)).state == "verified"
    assert read(catalog, derivatives.hidden_audiences, "D-1", ("handler",)) == set()
    reason = {"withheld": "leak_found", "ready": "approval_missing", None: "not_made_yet"}[state]
    with pytest.raises((Refused, NotFound), match=reason):
        read(catalog, derivatives.verified_page, "D-1", 1, "public", PUBLIC)
    assert read(catalog, derivatives.hidden_audiences, "D-1", PUBLIC) == {"public"}


def test_pages_burnt_anew_are_not_shown_by_the_approval_of_the_version_before(catalog):
    with catalog.write() as connection:
        derivatives.put(connection, derivative(state="ready"))
        derivatives.put_page(connection, DerivedPageRow("D-1", 1, "public", "verified"))
        reviews.decide(connection, decision())
    assert read(catalog, derivatives.verified_page, "D-1", 1, "public", PUBLIC).state == "verified"
    assert read(catalog, derivatives.ready, "D-1", "public", PUBLIC).version == 1
    write(catalog, work.put, [Job(Stage.HIDE, "D-1", 1, "public")], datetime(2026, 11, 23, tzinfo=UTC))
    with pytest.raises(NotFound, match="not_made_yet"):
        read(catalog, derivatives.verified_page, "D-1", 1, "public", PUBLIC)


@pytest.mark.parametrize("say", ["edits", "taken back"])
def test_where_people_have_a_say_no_page_is_shown_before_there_is_a_file(catalog, say):
    with catalog.write() as connection:
        derivatives.put(connection, derivative(state="ready"))
        derivatives.put_page(connection, DerivedPageRow("D-1", 1, "public", "verified"))
        if say == "edits":
            begun = reviews.begin_set(connection, "D-1", "public", "lin", AT)
            reviews.add_edit(connection, begun.change_set_id, NewEdit(1, EditAction.ADD, "OTHER", BOX, None, b"x"), AT)
            reviews.put_set(connection, begun.change_set_id, "submitted")
        else:
            reviews.decide(connection, decision("withdrawn"))
        derivatives.supersede(connection, "D-1")
    with pytest.raises(NotFound, match="not_made_yet"):
        read(catalog, derivatives.verified_page, "D-1", 1, "public", ())


def test_one_version_changes_its_state_and_no_other(catalog):
    with catalog.write() as connection:
        derivatives.put(connection, derivative(version=1, state="ready"))
        derivatives.put(connection, derivative(version=2, state="awaiting"))
        derivatives.put(connection, derivative("D-2", version=2))
        derivatives.set_state(connection, derivatives.current_for(connection, "D-1", "public"), "rejected")
    assert read(catalog, derivatives.of_version, "D-1", "public", 1).state == "superseded"
    assert read(catalog, derivatives.of_version, "D-1", "public", 2).state == "rejected"
    assert read(catalog, derivatives.of_version, "D-2", "public", 2).state == "awaiting"


# Change sets.


def begin(catalog, maker="lin", document_id="D-1", audience="public"):
    return write(catalog, reviews.begin_set, document_id, audience, maker, AT)


def test_a_change_set_and_its_edits_come_back_as_they_were_put(catalog):
    begun = begin(catalog)
    assert (begun.state, begun.maker, begun.submitted_at, begun.version) == ("draft", "lin", None, None)
    add = NewEdit(1, EditAction.ADD, "CN_NAME", BOX, None, b"why")
    move = NewEdit(2, EditAction.MOVE, "CN_MOBILE", BOX, OTHER_BOX, b"why not")
    first, second = (write(catalog, reviews.add_edit, begun.change_set_id, each, AT) for each in (add, move))
    assert read(catalog, reviews.edits_of, begun.change_set_id) == [
        MaskEdit(first, 1, EditAction.ADD, "CN_NAME", BOX),
        MaskEdit(second, 2, EditAction.MOVE, "CN_MOBILE", BOX, OTHER_BOX),
    ]
    assert read(catalog, reviews.sealed_reasons, begun.change_set_id) == {first: b"why", second: b"why not"}
    assert read(catalog, reviews.open_set, "D-1", "public") == begun
    assert read(catalog, reviews.open_set, "D-1", "handler") is None


def test_there_is_one_open_change_set_for_an_audience_whoever_asks(catalog):
    begin(catalog)
    with pytest.raises(IntegrityError):
        begin(catalog, maker="zhao")
    begin(catalog, audience="handler")
    begin(catalog, document_id="D-2")
    write(catalog, reviews.put_set, read(catalog, reviews.open_set, "D-1", "public").change_set_id, "submitted")
    with pytest.raises(IntegrityError):
        begin(catalog, maker="zhao")
    for state in ("approved", "discarded"):
        write(catalog, reviews.put_set, read(catalog, reviews.open_set, "D-1", "public").change_set_id, state)
        begin(catalog, maker="zhao")


def test_edits_are_in_force_from_when_they_are_submitted_until_they_are_rejected(catalog):
    begun = begin(catalog)
    number = write(catalog, reviews.add_edit, begun.change_set_id, NewEdit(1, EditAction.ADD, "OTHER", BOX, None, b"x"), AT)
    seen = {}
    for state in ("draft", "submitted", "approved", "discarded"):
        write(catalog, reviews.put_set, begun.change_set_id, state)
        seen[state] = [each.edit_id for each in read(catalog, reviews.in_force, "D-1", "public")]
    assert seen == {"draft": [], "submitted": [number], "approved": [number], "discarded": []}
    write(catalog, reviews.put_set, begun.change_set_id, "approved")
    assert [each.edit_id for each in read(catalog, reviews.in_force, "D-1")] == [number]
    assert read(catalog, reviews.in_force, "D-1", "handler") == []


def test_a_dropped_edit_is_kept_and_holds_no_more(catalog):
    begun = begin(catalog)
    number = write(catalog, reviews.add_edit, begun.change_set_id, NewEdit(1, EditAction.ADD, "OTHER", BOX, None, b"x"), AT)
    write(catalog, reviews.drop_edit, begun.change_set_id, number, LATER)
    assert read(catalog, reviews.edits_of, begun.change_set_id) == []
    assert read(catalog, reviews.sealed_reasons, begun.change_set_id) == {number: b"x"}
    with pytest.raises(NotFound):
        write(catalog, reviews.drop_edit, begun.change_set_id, number, LATER)


def test_an_unknown_state_cannot_be_written(catalog):
    begun = begin(catalog)
    with pytest.raises(IntegrityError):
        write(catalog, lambda connection: connection.execute(update(change_sets).values(state="lost")))
    assert read(catalog, reviews.open_set, "D-1", "public") == begun


# Risks.


def queue_of(catalog, *arguments):
    return [(each.risk.document_id, each.risk.score) for each in read(catalog, risks.queue, "public", *arguments)]


def test_the_queue_is_ordered_by_score_and_then_by_document_and_is_read_in_pages(catalog):
    with catalog.write() as connection:
        for document_id, score in (("D-1", 7), ("D-2", 90), ("D-3", 7)):
            derivatives.put(connection, derivative(document_id))
            risks.put(connection, Risk(document_id, "public", 1, score, {"tier_d": score}))
    assert queue_of(catalog, 10) == [("D-2", 90), ("D-1", 7), ("D-3", 7)]
    assert queue_of(catalog, 2, After(90, "D-2")) == [("D-1", 7), ("D-3", 7)]
    assert queue_of(catalog, 2, After(7, "D-1")) == [("D-3", 7)]
    assert read(catalog, risks.of_file, "D-1", "public") == Risk("D-1", "public", 1, 7, {"tier_d": 7})
    assert read(catalog, risks.of_file, "D-1", "handler") is None


def test_only_the_newest_version_that_nobody_approved_is_in_the_queue(catalog):
    with catalog.write() as connection:
        derivatives.put(connection, derivative())
        risks.put(connection, Risk("D-1", "public", 1, 5, {}))
        derivatives.put(connection, derivative(version=2))
    assert queue_of(catalog, 10) == []  # of the newer one nothing is known yet
    write(catalog, risks.put, Risk("D-1", "public", 2, 6, {}))
    assert queue_of(catalog, 10) == [("D-1", 6)]
    write(catalog, reviews.decide, decision(version=2))
    assert queue_of(catalog, 10) == []


# Leave to see a page.


def asked(request_id="G-1", by="lin", at=AT, **other):
    return Unmasking(request_id, "D-1", 1, "asked", by, at, b"sealed", **other)


def test_a_request_comes_back_as_it_was_put_and_is_decided_once(catalog):
    write(catalog, unmaskings.put, asked(alarmed=True))
    assert read(catalog, unmaskings.get, "G-1") == asked(alarmed=True)
    granted = write(catalog, unmaskings.decide, "G-1", "granted", "zhao", AT, LATER)
    assert (granted.state, granted.decided_by, granted.until) == ("granted", "zhao", LATER)
    with pytest.raises(Refused, match="already_decided"):
        write(catalog, unmaskings.decide, "G-1", "refused", "zhao", AT, None)
    with pytest.raises(NotFound):
        read(catalog, unmaskings.get, "G-2")


def test_the_catalog_refuses_that_an_asker_grants_their_own_request(catalog):
    write(catalog, unmaskings.put, asked())
    with pytest.raises(Refused, match="same_person"):
        write(catalog, unmaskings.decide, "G-1", "granted", "lin", AT, LATER)
    for values in ({"decided_by": "lin"}, {}):
        with pytest.raises(IntegrityError):
            write(
                catalog,
                lambda connection, values=values: connection.execute(
                    update(unmaskings_table).values(state="granted", until=LATER, **values)
                ),
            )
    assert read(catalog, unmaskings.get, "G-1").state == "asked"


def test_a_picture_is_kept_with_a_request_only_while_it_is_granted(catalog):
    write(catalog, unmaskings.put, asked())
    assert write(catalog, unmaskings.drawn, "G-1", "unmasked/x", "image/jpeg") is False
    write(catalog, unmaskings.decide, "G-1", "granted", "zhao", AT, LATER)
    assert write(catalog, unmaskings.drawn, "G-1", "unmasked/x", "image/jpeg") is True
    write(catalog, unmaskings.viewed, "G-1")
    assert read(catalog, unmaskings.get, "G-1").views == 1
    assert read(catalog, unmaskings.over, AT) == []
    assert [each.object_key for each in read(catalog, unmaskings.over, LATER)] == ["unmasked/x"]
    assert [write(catalog, unmaskings.ended, "G-1") for _ in range(2)] == [True, False]
    assert [each.object_key for each in read(catalog, unmaskings.over, AT)] == ["unmasked/x"]  # until it is deleted
    write(catalog, unmaskings.failed, "G-1")
    assert read(catalog, unmaskings.get, "G-1").state == "ended"
    assert read(catalog, unmaskings.get, "G-1").object_key == "unmasked/x"
    write(catalog, unmaskings.deleted, "G-1")
    assert read(catalog, unmaskings.get, "G-1").object_key is None
    assert read(catalog, unmaskings.over, LATER) == []


def test_where_a_picture_is_to_lie_is_known_from_when_it_is_granted_and_no_longer_than_it_may_lie_there(catalog):
    for request_id in ("G-1", "G-2"):
        write(catalog, unmaskings.put, asked(request_id))
    write(catalog, unmaskings.decide, "G-1", "granted", "zhao", AT, LATER, "unmasked/x")
    write(catalog, unmaskings.decide, "G-2", "refused", "zhao", AT, None)
    assert read(catalog, unmaskings.get, "G-1").object_key == "unmasked/x"
    write(catalog, unmaskings.failed, "G-1")
    assert [each.request_id for each in read(catalog, unmaskings.over, AT)] == ["G-1"]
    write(catalog, unmaskings.deleted, "G-1")
    assert read(catalog, unmaskings.over, LATER) == []


def test_requests_are_counted_by_person_and_time_and_listed_the_newest_first(catalog):
    for request_id, by, at in (("G-1", "lin", AT), ("G-2", "lin", LATER), ("G-3", "zhao", LATER)):
        write(catalog, unmaskings.put, asked(request_id, by, at))
    assert read(catalog, unmaskings.count_asked, "lin", AT) == 1
    assert read(catalog, unmaskings.count_asked, "lin", "2026") == 2
    assert [each.request_id for each in read(catalog, unmaskings.newest, 2)] == ["G-3", "G-2"]
    assert [each.request_id for each in read(catalog, unmaskings.newest, 2, "G-2")] == ["G-1"]
    assert read(catalog, unmaskings.counts) == {"asked": 3, "alarmed": 0}


# Samples.


@pytest.mark.parametrize("given", [True, False, None])
def test_a_sample_comes_back_as_it_was_drawn_and_each_page_is_judged_once(catalog, given):
    plan = samples.Plan("S-1", "B-1", "public", 0.01, 0.95, "00ff", 3, "lin", AT, given)
    pages = [samples.SampledPage("S-1", number, "D-1", number, 1) for number in (1, 2)]
    with catalog.write() as connection:
        intake.open_batch(connection, "B-1", AT, b"sealed")
        samples.put(connection, plan, pages)
    assert read(catalog, samples.get, "S-1") == plan
    assert read(catalog, samples.pages_of, "S-1") == pages
    write(catalog, samples.judge, "S-1", 2, "leak", "zhao", LATER, b"why")
    assert read(catalog, samples.pages_of, "S-1")[1] == replace(
        pages[1], verdict="leak", judged_by="zhao", judged_at=LATER, reason=b"why"
    )
    with pytest.raises(Refused, match="already_decided"):
        write(catalog, samples.judge, "S-1", 2, "ok", "zhao", LATER, None)
    with pytest.raises(NotFound):
        write(catalog, samples.judge, "S-1", 3, "ok", "zhao", LATER, None)
    with pytest.raises(NotFound):
        read(catalog, samples.get, "S-2")
    with pytest.raises(IntegrityError):
        write(catalog, lambda connection: connection.execute(update(sample_pages).values(verdict="perhaps")))


# Older archives.


def test_of_samples_that_an_older_program_drew_nobody_knows_who_chose_the_seed(new_place):
    as_an_older_program_left_it(
        new_place,
        "0005",
        "INSERT INTO batches (batch_id, opened_at, custody) VALUES ('B-1', '2026', :key)",
        "INSERT INTO sample_plans (plan_id, batch_id, audience, bound, confidence, seed, population, drawn_by, drawn_at) "
        "VALUES ('S-1', 'B-1', 'public', 0.01, 0.95, '00ff', 3, 'lin', '2026')",
    )
    catalog = new_place.open()
    assert read(catalog, samples.get, "S-1").seed_given is None
    catalog.close()


def test_the_files_of_an_older_archive_are_in_the_queue_and_can_be_decided(new_place):
    as_an_older_program_left_it(
        new_place,
        "0004",
        "INSERT INTO documents (document_id, digest, size, media_type, original_key, wrapped_key, state, remarks, received_at) "
        "VALUES ('D-1', 'ab', 1, 'image/png', 'originals/x', :key, 'complete', '[]', '2026')",
        "INSERT INTO derivatives (document_id, audience, version, state, policy, leaks, made_at) VALUES "
        "('D-1', 'public', 1, 'superseded', 'default/1', '[]', '2026'), "
        "('D-1', 'public', 2, 'ready', 'default/1', '[]', '2026'), "
        "('D-1', 'handler', 1, 'withheld', 'default/1', '[]', '2026')",
    )
    catalog = new_place.open()
    with catalog.write() as connection:
        (queued,) = risks.queue(connection, "public", 10)
        assert (queued.risk.version, queued.risk.signals, queued.maker) == (2, {"not_counted": 1}, "")
        (leaking,) = risks.queue(connection, "handler", 10)
        assert leaking.risk.score > queued.risk.score
        reviews.decide(connection, Decision("D-1", "public", 2, "", "approved", "lin", AT))
        indexes = connection.execute(text("SELECT count(*) FROM derivatives WHERE state = 'withheld'")).scalar()
        assert indexes == 1
        assert connection.execute(select(decisions.c.decided_by)).scalar_one() == "lin"
    catalog.close()
