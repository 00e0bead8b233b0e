"""The review of documents that were really made: edits of masks, a decision by somebody else, and what is then given out."""

import hashlib
import json
from functools import cache

import pytest
from click import Context
from click.testing import CliRunner
from sqlalchemy import select

from archive.catalog import derivatives, reviews
from archive.catalog.page_filter import parse_filter
from archive.catalog.tables import events
from archive.certificates.checking import check
from archive.certificates.encoding import decode
from archive.certificates.kept import kept_certificate, signer
from archive.errors import NotFound, Refused, Rejected
from archive.finding import find
from archive.review import deciding, editing
from archive.review.editing import Asked, PageFor
from archive.review.queue import list_queue, standing_of
from archive.wiring import open_archive
from claimkeep.cli import main
from schemas.geometry import Box
from schemas.query import Query
from schemas.redaction import Audience
from schemas.review import EditAction
from schemas.work import Stage
from tests.builders.archives import make_archive
from tests.builders.read_documents import document_of, events_of, files_of, ingest, scan, work_off
from tests.builders.reviewed_documents import (
    SETTINGS,
    add_reviewers,
    mask_of,
    masks_of,
    remove,
    state_of,
    version_of,
)
from tests.fakes import two_engines
from tests.fakes.two_engines import FAILS, GOOD, NAME, PADDLE, POOR
from workers.anew import again, reread
from workers.anew.rebuild import rebuild
from workers.running import child

HEADING = Box(40, 56, 362, 82)
"""Where the fake pages say 理赔申请书, which nobody hides."""
SEEN = Query(text="理赔申请书")


@cache
def tools():
    return two_engines.load()


@pytest.fixture
def archive(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text(SETTINGS)
    with open_archive(home) as opened:
        add_reviewers(opened, "lin", "zhao")
        yield opened


@pytest.fixture
def document(archive):
    return made(archive, GOOD)


def made(archive, *corners):
    document_id = ingest(archive, scan(*corners))
    work_off(archive, tools())
    return document_id


def add(archive, person, document_id, box=HEADING, audience="public", page=1):
    asked = Asked(EditAction.ADD, box, "a name is written there by hand", kind="CN_NAME")
    return editing.edit_mask(archive, person, PageFor(document_id, audience, page), asked)


def submitted(archive, person, document_id, audience="public"):
    done = editing.submit(archive, person, document_id, audience)
    work_off(archive, tools())
    return done


def ready_file(archive, document_id, audience="public"):
    with archive.catalog.read() as connection:
        return derivatives.ready(connection, document_id, audience, archive.settings.review.approval)


def page_image(archive, document_id, audience="public", page=1):
    with archive.catalog.read() as connection:
        row = derivatives.verified_page(connection, document_id, page, audience, archive.settings.review.approval)
    with archive.holding(document_id).open("derived", row.object_key) as stream:
        return stream.read()


def facts(archive, kind):
    with archive.catalog.read() as connection:
        return [json.loads(body) for body in connection.execute(select(events.c.body).where(events.c.kind == kind)).scalars()]


# Edits.


def test_a_mask_that_is_added_is_burnt_into_a_new_version_once_another_approves_it(archive, document):
    add(archive, "lin", document)
    assert state_of(archive, document) == (1, "ready", "")  # a draft changes nothing
    assert submitted(archive, "lin", document).pages == (1,)
    assert state_of(archive, document) == (2, "awaiting", "lin")
    with pytest.raises(Refused, match="approval_missing"):
        ready_file(archive, document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    assert ready_file(archive, document).version == 2
    burnt = next(mask for mask in masks_of(archive, document) if mask.reason == "review")
    assert burnt.kind == "CN_NAME"
    assert (burnt.box.left, burnt.box.top, burnt.box.right, burnt.box.bottom) == (40, 56, 368, 88)  # out to blocks of 8


def test_the_text_under_an_added_mask_is_in_no_text_and_not_in_the_index(archive, document):
    assert find(archive.index, archive.search_key, SEEN).total == 1
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    assert find(archive.index, archive.search_key, SEEN).total == 0
    assert find(archive.index, archive.search_key, Query(name=NAME)).total == 1
    rebuild(archive)
    assert find(archive.index, archive.search_key, SEEN).total == 0
    with archive.holding(document).open("derivative", current_key(archive, document)) as stream:
        assert "理赔" not in text_of(stream)


def current_key(archive, document_id):
    with archive.catalog.read() as connection:
        return derivatives.current_for(connection, document_id, "public").object_key


def text_of(stream):
    from pdfminer.high_level import extract_text

    return extract_text(stream)


def test_where_a_mask_is_removed_the_value_shows_and_that_is_on_record(archive, document):
    box = mask_of(archive, document, "CN_NAME").box
    edit = remove(archive, "lin", document, "CN_NAME")
    submitted(archive, "lin", document)
    assert state_of(archive, document) == (2, "awaiting", "lin")
    assert not [mask for mask in masks_of(archive, document) if mask.kind == "CN_NAME"]
    with archive.catalog.read() as connection:
        page = derivatives.burnt_page(connection, document, 1, "public")
        kept = reviews.in_force(connection, document, "public")
    assert (page.edits, page.checks[-1]) == ((edit,), "exempted_places")
    assert [(each.edit_id, each.box, each.kind) for each in kept] == [(edit, box, "CN_NAME")]
    (told,) = [each for each in facts(archive, "page.hidden.verified") if each["edits"] == [edit]]
    assert told["exempted"] > 0  # it was found, and not passed over in silence
    (asked,) = facts(archive, "review.mask.remove")
    assert (asked["user"], asked["page"], asked["mask"]) == ("lin", 1, "CN_NAME")


def test_a_removal_holds_at_its_own_place_alone(archive):
    document = made(archive, GOOD, GOOD)
    remove(archive, "lin", document, "CN_NAME")
    assert submitted(archive, "lin", document).pages == (1,)
    assert not [mask for mask in masks_of(archive, document, page=1) if mask.kind == "CN_NAME"]
    assert mask_of(archive, document, "CN_NAME", page=2)
    assert [mask.kind for mask in masks_of(archive, document, page=1)] == ["POLICY"]


def test_a_mask_moved_off_its_value_is_put_back_by_the_reading_back(archive, document):
    before = mask_of(archive, document, "CN_NAME")
    asked = Asked(EditAction.MOVE, before.box, "it lies too low", moved_to=HEADING)
    editing.edit_mask(archive, "lin", PageFor(document, "public", 1), asked)
    submitted(archive, "lin", document)
    reasons = {mask.reason for mask in masks_of(archive, document)}
    assert "review" in reasons
    assert reasons & {"second_reading", "second_detection"}  # the name could be read where the mask had been
    assert state_of(archive, document) == (2, "awaiting", "lin")


def test_edits_outlive_a_new_reading_and_a_new_plan(archive):
    document = made(archive, POOR)
    remove(archive, "lin", document, "CN_NAME")
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    work_off(archive, tools())
    assert {mask.reason for mask in masks_of(archive, document)} >= {"review"}
    assert {mask.kind for mask in masks_of(archive, document) if mask.reason != "review"} == {"POLICY"}
    # What shows because a person said so is looked at again when the page says something else.
    assert state_of(archive, document) == (3, "awaiting", "")
    assert files_of(archive, document)[0] == ("handler", 2, "ready")


def test_an_added_mask_can_be_removed_again(archive, document):
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    box = next(mask.box for mask in masks_of(archive, document) if mask.reason == "review")
    asked = Asked(EditAction.REMOVE, box, "it is the heading after all")
    editing.edit_mask(archive, "zhao", PageFor(document, "public", 1), asked)
    submitted(archive, "zhao", document)
    assert "review" not in {mask.reason for mask in masks_of(archive, document)}
    assert state_of(archive, document) == (3, "awaiting", "zhao")


def test_only_pages_that_changed_are_burnt_anew(archive):
    document = made(archive, GOOD, GOOD, GOOD)
    add(archive, "lin", document, page=2)
    assert editing.submit(archive, "lin", document, "public").pages == (2,)
    assert work_off(archive, tools()) == 2  # the page, and the file


def test_a_page_that_was_in_hand_when_edits_were_submitted_is_burnt_with_them(archive, document):
    again.make(archive, document, Audience.PUBLIC)
    in_hand = archive.queue.take("slow")
    assert (in_hand.job.stage, in_hand.job.audience) == (Stage.HIDE, "public")
    edit = add(archive, "lin", document)
    editing.submit(archive, "lin", document, "public")
    assert child.do(archive, tools(), in_hand).outcome == "not_taken"
    work_off(archive, tools())
    with archive.catalog.read() as connection:
        assert derivatives.burnt_page(connection, document, 1, "public").edits == (edit,)
    assert state_of(archive, document) == (2, "awaiting", "lin")


def test_a_file_that_was_in_hand_when_edits_were_submitted_is_built_with_them(archive, document):
    again.make(archive, document, Audience.PUBLIC)
    work_off(archive, tools(), steps=1)
    in_hand = archive.queue.take("slow")
    assert in_hand.job.stage is Stage.FINISH
    add(archive, "lin", document)
    editing.submit(archive, "lin", document, "public")
    assert child.do(archive, tools(), in_hand).outcome == "not_taken"
    work_off(archive, tools())
    assert state_of(archive, document) == (2, "awaiting", "lin")
    assert files_of(archive, document)[0] == ("handler", 1, "ready")


def test_edits_submitted_while_pages_are_read_again_are_in_what_is_made_of_them(archive):
    document = made(archive, POOR)
    edit = add(archive, "lin", document)
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    assert editing.submit(archive, "lin", document, "public").pages == (1,)
    work_off(archive, tools())
    with archive.catalog.read() as connection:
        assert derivatives.burnt_page(connection, document, 1, "public").edits == (edit,)
    assert state_of(archive, document)[1:] == ("awaiting", "lin")


def test_edits_submitted_while_a_page_is_read_again_to_no_effect_are_made_all_the_same(archive):
    document = made(archive, FAILS)
    add(archive, "lin", document)
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    submitted(archive, "lin", document)
    assert state_of(archive, document)[1:] == ("awaiting", "lin")


def test_nobody_approves_what_they_removed_after_its_approval_was_taken_back(archive, document):
    remove(archive, "lin", document, "CN_NAME")
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    deciding.withdraw(archive, "zhao", version_of(archive, document), "I looked at another page")
    low = parse_filter("confidence<1")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    work_off(archive, tools())
    assert state_of(archive, document)[1:] == ("awaiting", "")
    for decide in (deciding.approve, deciding.reject):
        with pytest.raises(Refused, match="same_person"):
            decide(archive, "lin", version_of(archive, document), "it is the clinic's own name")
    deciding.approve(archive, "zhao", version_of(archive, document))


def test_a_reason_that_is_no_text_is_refused(archive, document):
    with pytest.raises(Rejected, match="reason_missing"):
        deciding.withdraw(archive, "lin", version_of(archive, document), "\udcff")


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (Asked(EditAction.ADD, Box(390, 10, 410, 20), "why", kind="OTHER"), "box_outside_page"),
        (Asked(EditAction.ADD, Box(10, 10, 10, 20), "why", kind="OTHER"), "box_outside_page"),
        (Asked(EditAction.ADD, Box(10, 10, 30, 20), "why", kind="欧阳若澜"), "invalid_request"),
        (Asked(EditAction.ADD, Box(10, 10, 30, 20), "  ", kind="OTHER"), "reason_missing"),
        (Asked(EditAction.REMOVE, Box(10, 10, 30, 20), "why"), "mask_not_found"),
        (Asked(EditAction.MOVE, Box(10, 10, 30, 20), "why"), "invalid_request"),
    ],
)
def test_an_edit_that_cannot_be_meant_is_refused_and_begins_no_draft(archive, document, asked, reason):
    with pytest.raises(Rejected, match=reason):
        editing.edit_mask(archive, "lin", PageFor(document, "public", 1), asked)
    assert standing_of(archive, document, "public").change_set is None


def test_a_page_that_there_is_not_cannot_be_edited(archive, document):
    with pytest.raises(NotFound):
        add(archive, "lin", document, page=7)
    with pytest.raises(NotFound):
        add(archive, "lin", "D-0000000000")


def test_a_draft_is_one_persons(archive, document):
    add(archive, "lin", document)
    for act in (lambda: add(archive, "zhao", document), lambda: editing.submit(archive, "zhao", document, "public")):
        with pytest.raises(Refused, match="draft_of_another"):
            act()
    editing.discard(archive, "zhao", document, "public")
    assert standing_of(archive, document, "public").change_set is None
    assert state_of(archive, document) == (1, "ready", "")
    with pytest.raises(NotFound, match="no_draft"):
        editing.submit(archive, "lin", document, "public")


def test_nothing_more_is_changed_while_a_decision_is_awaited(archive, document):
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    with pytest.raises(Refused, match="review_pending"):
        add(archive, "zhao", document)


def test_an_edit_that_was_dropped_is_not_burnt(archive, document):
    first = add(archive, "lin", document)
    second = add(archive, "lin", document, Box(8, 400, 80, 440))
    editing.drop_edit(archive, "lin", document, "public", first)
    submitted(archive, "lin", document)
    with archive.catalog.read() as connection:
        assert derivatives.burnt_page(connection, document, 1, "public").edits == (second,)


# Decisions.


def test_whoever_made_the_edits_can_neither_approve_nor_reject_the_version(archive, document):
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    for decide in (
        lambda: deciding.approve(archive, "lin", version_of(archive, document)),
        lambda: deciding.reject(archive, "lin", version_of(archive, document), "no"),
    ):
        with pytest.raises(Refused, match="same_person"):
            decide()
    assert state_of(archive, document) == (2, "awaiting", "lin")
    assert standing_of(archive, document, "public").decisions == ()


def test_an_approved_version_has_a_certificate_with_its_approver_and_the_same_file(archive, document):
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    with archive.catalog.read() as connection:
        before = derivatives.current_for(connection, document, "public")
    done = deciding.approve(archive, "zhao", version_of(archive, document), "looked at both pages")
    after = ready_file(archive, document)
    assert (after.object_key, after.digest, after.certificate_key) == (before.object_key, before.digest, before.certificate_key)
    kept = kept_certificate(archive, document, "public")
    assert kept.digest == done.certificate == hashlib.sha256(kept.data).hexdigest()
    people = decode(kept.data).certificate.people
    assert (people.maker.kind, people.maker.id) == ("operator", "lin")
    assert (people.approver.kind, people.approver.id) == ("operator", "zhao")
    with archive.holding(document).open("derivative", after.object_key) as stream:
        assert check(kept.data, signer(archive).public, stream).is_valid
    (told,) = facts(archive, "review.approved")
    assert (told["maker"], told["user"], told["certificate"]) == ("lin", "zhao", done.certificate)


def test_what_the_program_made_anybody_may_approve_once(archive, document):
    deciding.approve(archive, "lin", version_of(archive, document, "handler"))
    people = decode(kept_certificate(archive, document, "handler").data).certificate.people
    assert (people.maker.kind, people.approver.id) == ("service", "lin")
    with pytest.raises(Refused, match="already_decided"):
        deciding.approve(archive, "zhao", version_of(archive, document, "handler"))
    assert len(facts(archive, "review.approved")) == 1


def test_only_the_version_that_was_looked_at_is_decided(archive, document):
    seen = version_of(archive, document)
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    with pytest.raises(Refused, match="not_this_version"):
        deciding.approve(archive, "zhao", seen)


def test_a_file_that_is_being_made_again_is_not_decided(archive, document):
    add(archive, "lin", document)
    editing.submit(archive, "lin", document, "public")
    with pytest.raises(Refused, match="nothing_to_decide"):
        deciding.approve(archive, "zhao", version_of(archive, document))


def test_rejected_edits_are_a_draft_of_their_maker_again(archive, document):
    first = add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.reject(archive, "zhao", version_of(archive, document), "the box is too wide")
    work_off(archive, tools())
    assert state_of(archive, document) == (2, "rejected", "lin")
    standing = standing_of(archive, document, "public")
    assert (standing.change_set.state, [each.edit.edit_id for each in standing.edits]) == ("draft", [first])
    assert [(each.decision.decision, each.reason) for each in standing.decisions] == [("rejected", "the box is too wide")]
    editing.drop_edit(archive, "lin", document, "public", first)
    second = add(archive, "lin", document, Box(40, 56, 200, 82))
    submitted(archive, "lin", document)
    assert state_of(archive, document) == (3, "awaiting", "lin")
    with archive.catalog.read() as connection:
        assert derivatives.burnt_page(connection, document, 1, "public").edits == (second,)


def test_rejected_edits_that_are_given_up_are_in_the_next_version_no_more(archive, document):
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.reject(archive, "zhao", version_of(archive, document), "no name stands there")
    editing.discard(archive, "zhao", document, "public")
    work_off(archive, tools())
    assert state_of(archive, document) == (3, "awaiting", "")  # what follows a rejected version is looked at
    assert "review" not in {mask.reason for mask in masks_of(archive, document)}


def test_the_settings_can_ask_for_approval_of_whatever_is_made(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text(SETTINGS + '[review]\napproval = ["public"]\n')
    with open_archive(home) as archive:
        add_reviewers(archive, "lin")
        document = made(archive, GOOD)
        assert files_of(archive, document) == [("handler", 1, "ready"), ("public", 1, "awaiting")]
        with pytest.raises(Refused, match="approval_missing"):
            page_image(archive, document)
        deciding.approve(archive, "lin", version_of(archive, document))
        assert page_image(archive, document)
        assert ready_file(archive, document).version == 1


def test_where_approval_is_asked_for_no_page_is_shown_before_there_is_a_file_and_somebody_approved_it(tmp_path):
    home = tmp_path / "home"
    make_archive(home).close()
    (home / "claimkeep.toml").write_text('[review]\napproval = ["public"]\n')
    with open_archive(home) as archive:
        add_reviewers(archive, "lin")
        document = made(archive, GOOD)
        again.make(archive, document, Audience.PUBLIC)
        work_off(archive, tools(), steps=1)
        assert masks_of(archive, document)  # burnt and verified, and part of no file yet
        with pytest.raises(NotFound, match="not_made_yet"):
            page_image(archive, document)
        work_off(archive, tools())
        with pytest.raises(Refused, match="approval_missing"):
            page_image(archive, document)
        deciding.approve(archive, "lin", version_of(archive, document))
        assert page_image(archive, document)


def test_a_file_older_than_the_rule_that_it_be_approved_waits_for_it_too(archive, document, tmp_path):
    (archive.home / "claimkeep.toml").write_text(SETTINGS + '[review]\napproval = ["public"]\n')
    with open_archive(archive.home) as stricter:
        for way in (page_image, ready_file, kept_certificate):
            with pytest.raises(Refused, match="approval_missing"):
                way(stricter, document, "public")
        with pytest.raises(Refused, match="approval_missing"):
            kept_certificate(stricter, document, "public", version=1)
        exported = run("export", document, "--audience", "public", "--out", tmp_path / "out.pdf", "--home", archive.home)
        assert (exported.exit_code, "approval_missing" in exported.output) == (3, True)
        deciding.approve(stricter, "lin", version_of(stricter, document))
        assert page_image(stricter, document)
        assert ready_file(stricter, document)
        assert kept_certificate(stricter, document, "public", version=1)


# What was taken back.


def superseded_by_a_draft(archive, document):
    add(archive, "lin", document)
    editing.submit(archive, "lin", document, "public")


def rejected(archive, document):
    deciding.reject(archive, "zhao", version_of(archive, document), "a name shows")


def withdrawn(archive, document):
    deciding.withdraw(archive, "zhao", version_of(archive, document), "a name shows")


TAKEN_BACK = [
    pytest.param(superseded_by_a_draft, "derivative_stale", id="superseded"),
    pytest.param(rejected, "derivative_rejected", id="rejected"),
    pytest.param(withdrawn, "derivative_withdrawn", id="withdrawn"),
]


@pytest.mark.parametrize(("take_back", "reason"), TAKEN_BACK)
def test_a_version_that_was_taken_back_is_had_by_no_way(archive, document, tmp_path, take_back, reason):
    assert page_image(archive, document)
    take_back(archive, document)
    for way in (
        lambda: page_image(archive, document),
        lambda: ready_file(archive, document),
        lambda: kept_certificate(archive, document, "public"),
    ):
        with pytest.raises(Refused, match=reason):
            way()
    out = tmp_path / "out.pdf"
    exported = run("export", document, "--audience", "public", "--out", out, "--home", archive.home)
    assert exported.exit_code == 3
    assert reason in exported.output
    assert not out.exists()
    assert ready_file(archive, document, "handler")


@pytest.mark.parametrize("steps", [0, 1])
def test_a_file_that_is_withdrawn_while_the_next_is_made_does_not_keep_that_from_being_made(archive, document, steps):
    """Neither before its pages are burnt nor after; who submitted the edits in it is still known."""
    add(archive, "lin", document)
    editing.submit(archive, "lin", document, "public")
    work_off(archive, tools(), steps=steps)
    withdrawn(archive, document)
    with pytest.raises(Refused, match="derivative_stale"):
        ready_file(archive, document)
    work_off(archive, tools())
    assert state_of(archive, document) == (2, "awaiting", "lin")
    assert standing_of(archive, document, "public").change_set.state == "submitted"
    with pytest.raises(Refused, match="same_person"):
        deciding.approve(archive, "lin", version_of(archive, document))
    deciding.approve(archive, "zhao", version_of(archive, document))
    assert ready_file(archive, document).version == 2


def test_edits_of_the_same_person_that_are_not_in_a_withdrawn_version_stay_submitted(archive, document):
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    add(archive, "lin", document, Box(8, 400, 80, 440))
    editing.submit(archive, "lin", document, "public")
    withdrawn(archive, document)
    work_off(archive, tools())
    assert state_of(archive, document) == (3, "awaiting", "lin")


@pytest.mark.parametrize("steps", [1, 2, 3, 4])
def test_what_is_withdrawn_while_a_page_is_read_again_waits_for_approval_then(archive, steps):
    document = made(archive, POOR)
    low = parse_filter("confidence<0.8")
    reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=False), low)
    work_off(archive, tools(), steps=steps)
    withdrawn(archive, document)
    work_off(archive, tools())
    assert state_of(archive, document) == (2, "awaiting", "")


def test_nobody_approves_what_they_removed_among_anothers_edits_after_its_approval_was_taken_back(archive, document):
    remove(archive, "lin", document, "CN_NAME")
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    deciding.withdraw(archive, "zhao", version_of(archive, document), "that is the claimant")
    add(archive, "zhao", document)
    submitted(archive, "zhao", document)
    for person in ("lin", "zhao"):
        with pytest.raises(Refused, match="same_person"):
            deciding.approve(archive, person, version_of(archive, document))
    deciding.approve(archive, "wei", version_of(archive, document))


def test_edits_that_another_approved_keep_nobody_from_deciding_of_newer_ones(archive, document):
    for maker, approver in (("lin", "zhao"), ("zhao", "lin")):
        add(archive, maker, document)
        submitted(archive, maker, document)
        deciding.approve(archive, approver, version_of(archive, document))
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.reject(archive, "zhao", version_of(archive, document), "too wide")
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))


@pytest.mark.parametrize("take_back", [rejected, withdrawn])
def test_no_search_finds_by_its_text_what_was_taken_back(archive, document, take_back):
    take_back(archive, document)
    assert find(archive.index, archive.search_key, SEEN).total == 0
    work_off(archive, tools())
    assert find(archive.index, archive.search_key, SEEN).total == 0
    assert find(archive.index, archive.search_key, Query(name=NAME)).total == 1  # by what the searcher knows already
    rebuild(archive)
    assert find(archive.index, archive.search_key, SEEN).total == 0
    assert document_of(archive, document).state == "complete"


def test_the_text_is_found_again_when_a_newer_version_is_approved(archive, document):
    withdrawn(archive, document)
    add(archive, "lin", document, Box(8, 400, 80, 440))
    submitted(archive, "lin", document)
    assert find(archive.index, archive.search_key, SEEN).total == 0
    deciding.approve(archive, "zhao", version_of(archive, document))
    work_off(archive, tools())
    assert find(archive.index, archive.search_key, SEEN).total == 1
    assert state_of(archive, document) == (2, "ready", "lin")


@pytest.mark.parametrize("approved_before", [False, True])
@pytest.mark.parametrize(("take_back", "state"), [(rejected, "rejected"), (withdrawn, "withdrawn")])
def test_what_was_taken_back_waits_in_the_queue_and_says_why(archive, document, take_back, state, approved_before):
    other = made(archive, POOR, POOR)
    if approved_before:
        deciding.approve(archive, "lin", version_of(archive, document))
    take_back(archive, document)
    first, second = list_queue(archive, "public", 10).files
    assert (first.document, first.state, first.signals[0].name) == (document, state, "taken_back")
    assert (second.document, first.score) == (other, sum(each.points for each in first.signals))
    assert [each.document for each in list_queue(archive, "public", 10, states=(state,)).files] == [document]
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    (again_first,) = (each for each in list_queue(archive, "public", 10).files if each.document == document)
    assert (again_first.state, "taken_back" in {each.name for each in again_first.signals}) == ("awaiting", False)


@pytest.mark.parametrize("take_back", [rejected, withdrawn])
def test_the_certificate_of_a_version_that_was_taken_back_is_not_given_when_a_newer_one_stands(archive, document, take_back):
    take_back(archive, document)
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    assert kept_certificate(archive, document, "public").derivative.version == 2
    with pytest.raises(Refused, match=r"derivative_(rejected|withdrawn)"):
        kept_certificate(archive, document, "public", version=1)
    assert find(archive.index, archive.search_key, Query(name=NAME)).total == 1


def test_the_certificate_of_a_version_that_nobody_approved_in_time_is_not_given_when_a_newer_one_stands(archive):
    document = made(archive, POOR)
    remove(archive, "lin", document, "CN_NAME")
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    for which in ("confidence<0.8", "confidence<1"):
        low = parse_filter(which)
        reread.put(archive, reread.select(archive, low, "paddle", PADDLE.key(), again=which.endswith("1")), low)
        work_off(archive, tools())
    assert state_of(archive, document) == (4, "awaiting", "")
    with pytest.raises(Refused, match="approval_missing"):
        kept_certificate(archive, document, "public", version=3)
    assert kept_certificate(archive, document, "public", version=2)
    assert kept_certificate(archive, document, "public", version=1)  # made by the program alone, and given out in its time


def test_an_approved_version_can_be_withdrawn_by_its_maker_too(archive, document):
    add(archive, "lin", document)
    submitted(archive, "lin", document)
    deciding.approve(archive, "zhao", version_of(archive, document))
    deciding.withdraw(archive, "lin", version_of(archive, document), "I overlooked a name")
    with pytest.raises(Refused, match="derivative_withdrawn"):
        ready_file(archive, document)
    with pytest.raises(Refused, match="derivative_withdrawn"):
        kept_certificate(archive, document, "public", version=2)


def test_no_file_changes_by_what_is_decided_of_it(archive, document):
    digests = {key: hashlib.sha256(data).hexdigest() for key, data in files(archive, document).items()}
    deciding.approve(archive, "lin", version_of(archive, document))
    deciding.withdraw(archive, "zhao", version_of(archive, document), "why")
    after = {key: hashlib.sha256(data).hexdigest() for key, data in files(archive, document).items()}
    assert after.items() >= digests.items()


def files(archive, document_id):
    found = {}
    for kind in ("derivative", "certificate"):
        for key in archive.store.keys(f"{kind}/{document_id}/"):
            with archive.holding(document_id).open(kind, key) as stream:
                found[key] = stream.read()
    return found


# The ledger and the queue.


def test_no_reason_that_a_person_wrote_is_in_the_open(archive, document):
    secret = "欧阳若澜 herself told me"
    asked = Asked(EditAction.ADD, HEADING, secret, kind="CN_NAME")
    editing.edit_mask(archive, "lin", PageFor(document, "public", 1), asked)
    submitted(archive, "lin", document)
    deciding.reject(archive, "zhao", version_of(archive, document), secret)
    assert [each.reason for each in standing_of(archive, document, "public").edits] == [secret]
    written = b"".join(path.read_bytes() for path in archive.home.rglob("*") if path.is_file())
    assert secret.encode() not in written
    assert events_of(archive, document).count("review.rejected") == 1
    with archive.catalog.read() as connection:
        assert archive.ledger.verify(connection).intact


def test_whoever_reads_the_ledger_learns_of_every_file_that_is_stale(archive):
    document = ingest(archive, scan(GOOD, FAILS))
    work_off(archive, two_engines.load_failing_on(FAILS))
    assert files_of(archive, document) == [("handler", 1, "ready"), ("public", 1, "ready")]
    again.retry(archive, document, None)
    assert [(each["audience"], each["version"]) for each in facts(archive, "derivative.stale")] == [
        ("handler", 1),
        ("public", 1),
    ]


def test_the_queue_has_what_is_riskiest_first_and_says_why(archive):
    calm, many = made(archive, GOOD), made(archive, POOR, GOOD, POOR)
    page = list_queue(archive, "public", 10)
    assert [each.document for each in page.files] == [many, calm]
    first = page.files[0]
    assert {each.name for each in first.signals} >= {"page_not_sure"}
    assert first.score == sum(each.points for each in first.signals)
    assert page.next is None


def test_the_queue_comes_in_pages_and_leaves_out_what_is_approved(archive):
    documents = {made(archive, *corners) for corners in ((GOOD,), (POOR,), (GOOD, GOOD), (POOR, GOOD))}
    seen, cursor = [], None
    for _ in range(4):
        page = list_queue(archive, "public", 1, cursor)
        seen += [each.document for each in page.files]
        cursor = page.next
    assert cursor is None
    assert set(seen) == documents
    deciding.approve(archive, "lin", version_of(archive, seen[0]))
    assert {each.document for each in list_queue(archive, "public", 10).files} == documents - {seen[0]}
    with pytest.raises(Rejected, match="bad_cursor"):
        list_queue(archive, "public", 1, "7.nonsense")


# Commands.


def run(*arguments):
    return CliRunner().invoke(main, [str(each) for each in arguments])


def answer(*arguments):
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_two_people_review_a_document_by_commands(archive, document):
    home, public = ("--home", archive.home), ("--audience", "public")
    lin, zhao = (("--token-file", archive.home / f"{name}.token") for name in ("lin", "zhao"))
    (listed,) = answer("review", "list", *public, *home)["files"]
    assert (listed["document"], listed["state"], listed["maker"]) == (document, "ready", "")
    masks = answer("review", "masks", document, 1, *public, *home)["masks"]
    box = ",".join(map(str, next(each["box"] for each in masks if each["kind"] == "CN_NAME")))
    why = ("--reason", "it is the agency's name")
    edit = answer("review", "remove-mask", document, 1, *public, "--box", box, *why, *lin, *home)["edit"]
    answer("review", "add-mask", document, 1, *public, "--box", "40,56,362,82", "--kind", "OTHER", *why, *lin, *home)
    shown = answer("review", "show", document, *public, *home)
    assert [(each["edit"], each["action"]) for each in shown["edits"]] == [(edit, "remove"), (edit + 1, "add")]
    assert answer("review", "submit", document, *public, *lin, *home)["pages"] == [1]
    work_off(archive, tools())
    refused = run("review", "approve", document, *public, "--version", 2, *lin, *home)
    assert refused.exit_code == 3
    assert "same_person" in refused.output
    done = answer("review", "approve", document, *public, "--version", 2, *zhao, *home)
    decided = answer("review", "show", document, *public, *home)["decisions"]
    assert [(each["by"], each["certificate"]) for each in decided] == [("zhao", done["certificate"])]
    assert run("review", "withdraw", document, *public, "--version", 2, *why, *lin, *home).exit_code == 0
    (listed,) = answer("review", "list", *public, *home)["files"]
    assert (listed["state"], listed["signals"][0]["name"]) == ("withdrawn", "taken_back")


@pytest.mark.parametrize("group", ["review", "breakglass", "sample"])
def test_every_command_of_a_review_answers_programs(group):
    commands = main.get_command(Context(main), group).commands
    assert [name for name, each in commands.items() if "as_json" not in {one.name for one in each.params}] == []


def test_what_is_dropped_given_up_and_taken_back_is_told_to_programs_and_to_people(archive, document):
    home, about = ("--home", archive.home), {"document": document, "audience": "public"}
    lin, zhao = (("--audience", "public", "--token-file", archive.home / f"{name}.token", *home) for name in ("lin", "zhao"))
    first, second = add(archive, "lin", document), add(archive, "lin", document, Box(8, 400, 80, 440))
    assert answer("review", "drop", document, first, *lin) == {**about, "edit": first}
    assert run("review", "drop", document, second, *lin).output == f"Edit {second} is out of your draft.\n"
    assert answer("review", "discard", document, *lin) == about
    decided = ("--version", 1, "--reason", "a name shows")
    assert answer("review", "reject", document, *decided, *zhao) == {**about, "version": 1, "decision": "rejected"}
    editing.edit_mask(archive, "lin", PageFor(document, "public", 1), Asked(EditAction.ADD, HEADING, "why", kind="CN_NAME"))
    submitted(archive, "lin", document)
    assert run("review", "discard", document, *zhao).exit_code == 3
    withdraw = ("review", "withdraw", document, "--version", 2, "--reason", "a name shows", *zhao)
    assert answer(*withdraw) == {**about, "version": 2, "decision": "withdrawn"}
    assert "nothing_to_decide" in run(*withdraw).output


def test_nobody_reviews_without_a_token_of_the_role(archive, document):
    add_reviewers(archive, "somebody", role="handler")
    (archive.home / "wrong").write_text("nonsense")
    arguments = ("review", "submit", document, "--audience", "public", "--home", archive.home, "--token-file")
    for name, reason in (("somebody.token", "not_allowed"), ("wrong", "not_signed_in"), ("none", "token_unreadable")):
        result = run(*arguments, archive.home / name)
        assert result.exit_code == 3
        assert reason in result.output
    assert run(*arguments[:-1]).exit_code == 2
