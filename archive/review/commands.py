"""`claimkeep review`."""

from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import click

from archive.catalog.risks import QUEUED
from archive.console import exits_with_reason, home_option, json_option, print_json, print_table
from archive.people import reviewer_with
from archive.review import deciding, editing, queue
from archive.review.deciding import Version
from archive.review.editing import Asked, PageFor
from archive.review.queue import QueuedFile, Standing
from archive.review.risk import WEIGHTS
from archive.wiring import Archive, open_archive
from schemas.geometry import Box
from schemas.redaction import Audience, Mask
from schemas.review import MARKED_KINDS, EditAction, Signal

P = ParamSpec("P")
R = TypeVar("R")

_MOST = 1000


class BoxType(click.ParamType[Box]):
    """Four whole numbers: LEFT,TOP,RIGHT,BOTTOM."""

    name = "box"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Box:  # noqa: ANN401 - click's
        if isinstance(value, Box):
            return value
        try:
            left, top, right, bottom = (int(part) for part in str(value).split(","))
            return Box(left, top, right, bottom)
        except ValueError:
            self.fail("write LEFT,TOP,RIGHT,BOTTOM in pixels of the page", param, ctx)


_BOX = BoxType()


def audience_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds `--audience`."""
    choice = click.Choice([each.value for each in Audience])
    return click.option("--audience", type=choice, required=True, help="For whom the file is made.")(command)


def token_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds `--token-file`, by which whoever acts is known."""
    return click.option(
        "--token-file",
        type=click.Path(dir_okay=False, path_type=Path),
        envvar="CLAIMKEEP_TOKEN_FILE",
        required=True,
        help="A file with your token; it tells who acts [default: $CLAIMKEEP_TOKEN_FILE].",
    )(command)


def reason_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds `--reason`, which must be given."""
    return click.option("--reason", required=True, help="Why; kept sealed.")(command)


def version_option(command: Callable[P, R]) -> Callable[P, R]:
    """Adds `--version`: whoever decides says of what."""
    return click.option("--version", type=click.IntRange(1), required=True, help="Which version you have looked at.")(command)


@click.group()
def review() -> None:
    """Look at redactions by risk, change masks, and have a second person approve or reject.

    \b
    What anybody does is done by the user whose token --token-file holds; the role must be compliance.
    """


@review.command("list")
@audience_option
@click.option("--state", "states", multiple=True, type=click.Choice(QUEUED), help="Only files in these states.")
@click.option("--limit", type=click.IntRange(1, _MOST), default=50, show_default=True, help="How many.")
@click.option("--after", help="The cursor that the list before ended with.")
@home_option
@json_option
@exits_with_reason
def review_list(audience: str, states: tuple[str, ...], limit: int, after: str | None, home: Path, *, as_json: bool) -> None:
    """List files that nobody has approved, or that were taken back, the greatest risk first, with what makes it."""
    with open_archive(home) as archive:
        page = queue.list_queue(archive, audience, limit, after, states or QUEUED)
    if as_json:
        print_json({"files": [file_json(each) for each in page.files], "next": page.next})
        return
    rows = [(each.score, each.document, each.version, each.state, each.maker, _told(each.signals)) for each in page.files]
    print_table(("score", "document", "version", "state", "maker", "because"), rows)
    if page.next:
        click.echo(f"More: --after {page.next}")


@review.command("show")
@click.argument("document")
@audience_option
@home_option
@json_option
@exits_with_reason
def review_show(document: str, audience: str, home: Path, *, as_json: bool) -> None:
    """Show where the review of DOCUMENT's file stands: risk, the draft that is open, and what was decided."""
    with open_archive(home) as archive:
        standing = queue.standing_of(archive, document, audience)
    if as_json:
        print_json(standing_json(standing))
        return
    made, change_set = standing.derivative, standing.change_set
    click.echo(f"version {made.version}, {made.state}, made by {made.maker or 'the program'}, score {standing.score}")
    for signal in standing.signals:
        click.echo(f"  {signal.points:3} {signal.name} x {signal.count}: {WEIGHTS[signal.name].meaning}")
    if change_set is not None:
        click.echo(f"{change_set.state} of {change_set.maker}, begun {change_set.opened_at}")
    for told in standing.edits:
        edit = told.edit
        place = _written(edit.box) + (f" to {_written(edit.moved_to)}" if edit.moved_to else "")
        click.echo(f"  edit {edit.edit_id}: page {edit.page_number}, {edit.action} {edit.kind} {place}: {told.reason}")
    for said in standing.decisions:
        decided = said.decision
        why = f": {said.reason}" if said.reason else ""
        click.echo(f"version {decided.version} {decided.decision} by {decided.decided_by}, {decided.decided_at}{why}")


@review.command("masks")
@click.argument("document")
@click.argument("page", type=click.IntRange(1))
@audience_option
@home_option
@json_option
@exits_with_reason
def review_masks(document: str, page: int, audience: str, home: Path, *, as_json: bool) -> None:
    """List the masks that are burnt into PAGE of DOCUMENT, with the boxes that move-mask and remove-mask take."""
    with open_archive(home) as archive:
        burnt = queue.masks_of_page(archive, document, audience, page)
    if as_json:
        size = {"width": burnt.width, "height": burnt.height}
        print_json({"document": document, "page_number": page, **size, "masks": [mask_json(each) for each in burnt.masks]})
    else:
        print_table(("box", "kind", "reason"), [(_written(each.box), each.kind, each.reason) for each in burnt.masks])


@review.command("add-mask")
@click.argument("document")
@click.argument("page", type=click.IntRange(1))
@audience_option
@click.option("--box", type=_BOX, required=True, help="LEFT,TOP,RIGHT,BOTTOM in pixels of the page.")
@click.option("--kind", type=click.Choice(MARKED_KINDS), default="OTHER", show_default=True, help="What it hides.")
@reason_option
@token_option
@home_option
@json_option
@exits_with_reason
def add_mask(
    document: str, page: int, audience: str, box: Box, kind: str, reason: str, token_file: Path, home: Path, *, as_json: bool
) -> None:
    """Hide a place of PAGE of DOCUMENT as well. It is a draft until `review submit`."""
    asked = Asked(EditAction.ADD, box, reason, kind=kind)
    _edit(home, token_file, PageFor(document, audience, page), asked, as_json=as_json)


@review.command("move-mask")
@click.argument("document")
@click.argument("page", type=click.IntRange(1))
@audience_option
@click.option("--box", type=_BOX, required=True, help="The mask that is burnt now, as `review masks` lists it.")
@click.option("--to", type=_BOX, required=True, help="Where it goes: LEFT,TOP,RIGHT,BOTTOM.")
@reason_option
@token_option
@home_option
@json_option
@exits_with_reason
def move_mask(
    document: str, page: int, audience: str, box: Box, to: Box, reason: str, token_file: Path, home: Path, *, as_json: bool
) -> None:
    """Put a mask elsewhere. Where the hidden value can be read at the former place, it is hidden there again."""
    asked = Asked(EditAction.MOVE, box, reason, moved_to=to)
    _edit(home, token_file, PageFor(document, audience, page), asked, as_json=as_json)


@review.command("remove-mask")
@click.argument("document")
@click.argument("page", type=click.IntRange(1))
@audience_option
@click.option("--box", type=_BOX, required=True, help="The mask that is burnt now, as `review masks` lists it.")
@reason_option
@token_option
@home_option
@json_option
@exits_with_reason
def remove_mask(
    document: str, page: int, audience: str, box: Box, reason: str, token_file: Path, home: Path, *, as_json: bool
) -> None:
    """Say that what stands under a mask tells of nobody. At this place alone, and once a second person has approved it."""
    asked = Asked(EditAction.REMOVE, box, reason)
    _edit(home, token_file, PageFor(document, audience, page), asked, as_json=as_json)


@review.command("drop")
@click.argument("document")
@click.argument("edit", type=click.IntRange(1))
@audience_option
@token_option
@home_option
@json_option
@exits_with_reason
def drop(document: str, edit: int, audience: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Take EDIT out of your draft."""
    with open_archive(home) as archive:
        editing.drop_edit(archive, reviewer_with(archive, token_file).user_id, document, audience, edit)
    if as_json:
        print_json({"document": document, "audience": audience, "edit": edit})
    else:
        click.echo(f"Edit {edit} is out of your draft.")


@review.command("submit")
@click.argument("document")
@audience_option
@token_option
@home_option
@json_option
@exits_with_reason
def submit(document: str, audience: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Have a new version made with your draft in it. Run `claimkeep work` afterwards; somebody else then decides.

    The version that stands is not given out from now on.
    """
    with open_archive(home) as archive:
        done = editing.submit(archive, reviewer_with(archive, token_file).user_id, document, audience)
    if as_json:
        print_json({"document": document, "audience": audience, "pages": list(done.pages)})
    else:
        click.echo(f"{len(done.pages)} pages are to be burnt anew. Run `claimkeep work`.")


@review.command("discard")
@click.argument("document")
@audience_option
@token_option
@home_option
@json_option
@exits_with_reason
def discard(document: str, audience: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Give up the draft of changes to DOCUMENT's masks, yours or another's."""
    with open_archive(home) as archive:
        editing.discard(archive, reviewer_with(archive, token_file).user_id, document, audience)
    if as_json:
        print_json({"document": document, "audience": audience})
    else:
        click.echo(f"The draft for {document} is given up.")


@review.command("approve")
@click.argument("document")
@audience_option
@version_option
@click.option("--reason", help="A note; kept sealed.")
@token_option
@home_option
@json_option
@exits_with_reason
def approve(
    document: str, audience: str, version: int, reason: str | None, token_file: Path, home: Path, *, as_json: bool
) -> None:
    """Answer for a version that somebody else, or the program, made: it may be given out. Signs a certificate that says so."""
    with open_archive(home) as archive:
        person = reviewer_with(archive, token_file).user_id
        done = deciding.approve(archive, person, Version(document, audience, version), reason)
    if as_json:
        print_json({"document": document, "audience": audience, "version": version, "certificate": done.certificate})
    else:
        click.echo(f"Version {version} is approved; its certificate has SHA-256 {done.certificate}.")


@review.command("reject")
@click.argument("document")
@audience_option
@version_option
@reason_option
@token_option
@home_option
@json_option
@exits_with_reason
def reject(document: str, audience: str, version: int, reason: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Send a version back: it is not given out, and the edits in it are a draft of their maker again."""
    with open_archive(home) as archive:
        deciding.reject(archive, reviewer_with(archive, token_file).user_id, Version(document, audience, version), reason)
    _tell_taken_back(document, audience, version, "rejected", as_json=as_json)


@review.command("withdraw")
@click.argument("document")
@audience_option
@version_option
@reason_option
@token_option
@home_option
@json_option
@exits_with_reason
def withdraw(document: str, audience: str, version: int, reason: str, token_file: Path, home: Path, *, as_json: bool) -> None:
    """Take a version back at once, whoever made or approved it. It is not given out again."""
    with open_archive(home) as archive:
        deciding.withdraw(archive, reviewer_with(archive, token_file).user_id, Version(document, audience, version), reason)
    _tell_taken_back(document, audience, version, "withdrawn", as_json=as_json)


def _tell_taken_back(document: str, audience: str, version: int, decision: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"document": document, "audience": audience, "version": version, "decision": decision})
    else:
        click.echo(f"Version {version} is {decision}, and not given out.")


def _edit(home: Path, token_file: Path, page: PageFor, asked: Asked, *, as_json: bool) -> None:
    with open_archive(home) as archive:
        number = _edited(archive, token_file, page, asked)
    if as_json:
        print_json({"document": page.document_id, "audience": page.audience, "page_number": page.page_number, "edit": number})
    else:
        click.echo(f"Edit {number} is in your draft. `claimkeep review submit {page.document_id}` has it burnt.")


def _edited(archive: Archive, token_file: Path, page: PageFor, asked: Asked) -> int:
    return editing.edit_mask(archive, reviewer_with(archive, token_file).user_id, page, asked)


def file_json(queued: QueuedFile) -> dict[str, Any]:
    return asdict(queued)


def mask_json(mask: Mask) -> dict[str, Any]:
    return {"box": box_json(mask.box), "kind": mask.kind, "reason": mask.reason}


def box_json(box: Box) -> list[int]:
    return [box.left, box.top, box.right, box.bottom]


def standing_json(standing: Standing) -> dict[str, Any]:
    """The shape that the command and the API share."""
    made, change_set = standing.derivative, standing.change_set
    return {
        "document": made.document_id,
        "audience": made.audience,
        "version": made.version,
        "state": made.state,
        "maker": made.maker,
        "score": standing.score,
        "signals": [asdict(each) for each in standing.signals],
        "draft": {"state": change_set.state, "maker": change_set.maker} if change_set else None,
        "edits": [
            {
                "edit": told.edit.edit_id,
                "page_number": told.edit.page_number,
                "action": told.edit.action.value,
                "kind": told.edit.kind,
                "box": box_json(told.edit.box),
                "moved_to": box_json(told.edit.moved_to) if told.edit.moved_to else None,
                "reason": told.reason,
            }
            for told in standing.edits
        ],
        "decisions": [
            {
                "version": said.decision.version,
                "decision": said.decision.decision,
                "by": said.decision.decided_by,
                "at": said.decision.decided_at,
                "reason": said.reason,
                "certificate": said.decision.certificate_digest,
            }
            for said in standing.decisions
        ],
    }


def _told(signals: tuple[Signal, ...]) -> str:
    return ", ".join(f"{each.name} x {each.count}" for each in signals)


def _written(box: Box) -> str:
    return ",".join(map(str, box_json(box)))
