import pytest

from schemas.geometry import Box
from schemas.redaction import Mask
from schemas.review import REVIEWED, EditAction, MaskEdit
from workers.review.apply import additions, edited, exemptions

NAME = Mask("CN_NAME", 1, Box(96, 48, 208, 88), "policy")
PHONE = Mask("CN_MOBILE", 1, Box(96, 160, 304, 200), "policy")
PLANNED = (NAME, PHONE)


def edit(action, box, kind="CN_NAME", page=1, moved_to=None, number=1):
    return MaskEdit(number, page, action, kind, box, moved_to)


def test_nothing_is_changed_where_nobody_said_so():
    assert edited(PLANNED, ()) == PLANNED


def test_an_added_mask_reaches_out_to_the_blocks_of_a_jpeg():
    (added,) = edited((), [edit(EditAction.ADD, Box(41, 57, 99, 81))])
    assert added == Mask("CN_NAME", 1, Box(40, 56, 104, 88), REVIEWED)


def test_a_removed_mask_is_gone_and_the_others_stay():
    assert edited(PLANNED, [edit(EditAction.REMOVE, NAME.box)]) == (PHONE,)


@pytest.mark.parametrize(
    ("box", "is_meant"),
    [
        (Box(96, 48, 208, 88), True),
        (Box(88, 40, 216, 96), True),  # placed a little differently by another reading
        (Box(120, 56, 180, 80), True),
        (Box(96, 48, 240, 88), False),  # it hides more than the person saw
        (Box(96, 8, 208, 88), False),
        (Box(304, 48, 400, 88), False),
    ],
)
def test_a_removal_means_the_mask_that_the_person_saw_and_no_larger_one(box, is_meant):
    newer = Mask("CN_NAME", 1, box, "policy")
    assert (newer not in edited((newer,), [edit(EditAction.REMOVE, NAME.box)])) is is_meant


@pytest.mark.parametrize("other", [Mask("CN_ID18", 1, NAME.box, "policy"), Mask("CN_NAME", 2, NAME.box, "policy")])
def test_a_removal_means_no_other_kind_and_no_other_page(other):
    assert edited((other,), [edit(EditAction.REMOVE, NAME.box)]) == (other,)


def test_a_moved_mask_is_where_it_was_moved_to_and_not_where_it_was():
    moved = edited(PLANNED, [edit(EditAction.MOVE, NAME.box, moved_to=Box(96, 240, 208, 280))])
    assert moved == (PHONE, Mask("CN_NAME", 1, Box(96, 240, 208, 280), REVIEWED))


def test_edits_are_applied_in_their_order():
    place = Box(400, 400, 480, 440)
    add, remove = edit(EditAction.ADD, place), edit(EditAction.REMOVE, place, number=2)
    assert edited(PLANNED, [add, remove]) == PLANNED
    assert edited(PLANNED, [remove, add]) == (*PLANNED, Mask("CN_NAME", 1, place, REVIEWED))


def test_only_a_removal_exempts_and_only_what_was_added_is_an_addition():
    edits = [
        edit(EditAction.ADD, Box(8, 8, 16, 16), number=1),
        edit(EditAction.MOVE, NAME.box, moved_to=Box(8, 80, 16, 88), number=2),
        edit(EditAction.REMOVE, PHONE.box, "CN_MOBILE", number=3),
    ]
    assert [(each.edit_id, each.kind, each.box) for each in exemptions(edits)] == [(3, "CN_MOBILE", PHONE.box)]
    assert [each.box for each in additions(edits)] == [Box(8, 8, 16, 16), Box(8, 80, 16, 88)]


def test_an_edit_that_contradicts_itself_cannot_be_made():
    with pytest.raises(ValueError, match="moved"):
        edit(EditAction.MOVE, NAME.box)
    with pytest.raises(ValueError, match="moved"):
        edit(EditAction.ADD, NAME.box, moved_to=NAME.box)
