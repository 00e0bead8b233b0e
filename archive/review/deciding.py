"""Deciding of a version: approve, reject, withdraw. The file itself never changes; what is said of it is added.

Whoever made the edits that are in a version can neither approve nor reject it: the catalog refuses the row (`decisions`).
"""

import contextlib
import hashlib
import io
from dataclasses import dataclass, replace

from sqlalchemy import Connection

from archive.catalog import derivatives, documents, reviews, risks
from archive.catalog import work as work_rows
from archive.catalog.derivatives import Derivative
from archive.catalog.reviews import Decision
from archive.catalog.risks import Risk
from archive.certificates.encoding import decode, sign
from archive.certificates.kept import KIND, signer
from archive.errors import NotFound, Refused, Unavailable
from archive.holdings import Holding
from archive.review.reasons import seal_reason
from archive.review.risk import score_of
from archive.wiring import Archive
from schemas.certificate import LedgerHead, People, Person
from schemas.work import Job, Stage

_STATES = {
    "approved": frozenset({"awaiting", "ready"}),
    "rejected": frozenset({"awaiting", "ready", "withheld"}),
    "withdrawn": frozenset({"awaiting", "ready", "withheld", "stale"}),
}
"""Of which files what can be decided. Pages of one that is withheld can be seen; one that is stale has a successor coming that
is to wait for approval then."""
_ALWAYS_FINISHED = (Stage.OPEN, Stage.PLAN, Stage.HIDE)


@dataclass(frozen=True, slots=True)
class Version:
    """The newest version of a document's file for an audience, as whoever decides saw it: another one is refused."""

    document_id: str
    audience: str
    number: int


@dataclass(frozen=True, slots=True)
class Approved:
    """The certificate that names the approver, by its SHA-256."""

    certificate: str


def approve(archive: Archive, person: str, version: Version, reason: str | None = None) -> Approved:
    """*person* answers for the version: it may be given out, and a certificate that says so is kept beside the first one.

    Raises NotFound(not_found | not_made_yet | certificate_missing), Refused(same_person | already_decided | not_this_version |
    nothing_to_decide), Rejected(reason_missing).
    """
    holding = archive.holding(version.document_id)
    sealed = seal_reason(holding, "decision", reason) if reason is not None else None
    with archive.catalog.read() as connection:
        derivative = _to_decide(connection, version, "approved")
        if any(each.decision == "approved" for each in _decided(connection, version)):
            raise Refused("already_decided", version.document_id)
        head = LedgerHead(*archive.ledger.head(connection))
        _require_another(connection, derivative, person)
    data = _with_approver(archive, holding, derivative, person, head)
    key, digest = holding.add(KIND, io.BytesIO(data)), hashlib.sha256(data).hexdigest()
    with archive.catalog.write() as connection:
        derivative = _to_decide(connection, version, "approved")
        _require_another(connection, derivative, person)
        was_taken_back = version.audience in reviews.taken_back(connection, version.document_id)
        decided = _decision(archive, derivative, "approved", person, sealed)
        reviews.decide(connection, replace(decided, certificate_key=key, certificate_digest=digest))
        derivatives.set_state(connection, derivative, "ready")
        _end_change_set(connection, derivative, "approved", version.number)
        _tell(archive, connection, decided, certificate=digest)
        jobs = _describe_again(archive, connection, version.document_id) if was_taken_back else ()
    archive.queue.announce(jobs)
    return Approved(digest)


def reject(archive: Archive, person: str, version: Version, reason: str) -> None:
    """The version is not given out until a newer one is made; the edits in it are a draft of their maker again.

    Raises NotFound(not_found | not_made_yet), Refused(same_person | already_decided | not_this_version | nothing_to_decide),
    Rejected(reason_missing).
    """
    _take_back(archive, person, version, "rejected", reason)


def withdraw(archive: Archive, person: str, version: Version, reason: str, *, or_newer: bool = False) -> None:
    """The version is not given out any more, whoever made it and whoever approved it; errors as of `reject`. *or_newer* takes
    back whichever has taken its place."""
    _take_back(archive, person, version, "withdrawn", reason, or_newer=or_newer)


def _take_back(archive: Archive, person: str, version: Version, decision: str, reason: str, *, or_newer: bool = False) -> None:
    holding = archive.holding(version.document_id)
    sealed = seal_reason(holding, "decision", reason)
    with archive.catalog.write() as connection:
        derivative = _to_decide(connection, version, decision, or_newer=or_newer)
        if decision == "rejected":
            _require_another(connection, derivative, person)
        decided = _decision(archive, derivative, decision, person, sealed)
        reviews.decide(connection, decided)
        if derivative.state != "stale":  # else its successor would not be made, nor the edits burnt that are for that one
            derivatives.set_state(connection, derivative, decision)
            _end_change_set(connection, derivative, "draft", None)
            _count_taken_back(connection, derivative)
        _tell(archive, connection, decided)
        jobs = _describe_again(archive, connection, version.document_id)
    with contextlib.suppress(Unavailable):  # a server that answers requests may only read the index: then the step does it
        archive.index.remove(version.document_id)
    archive.queue.announce(jobs)


def _describe_again(archive: Archive, connection: Connection, document_id: str) -> tuple[Job, ...]:
    work_rows.call_off(connection, document_id, (Stage.FINISH,))
    is_waiting = documents.get(connection, document_id).state == "waiting"
    if work_rows.any_open(connection, document_id, _ALWAYS_FINISHED) or (
        is_waiting and work_rows.any_open(connection, document_id, (Stage.READ,))
    ):
        return ()  # the last of these steps is followed by the one that describes; a page read again may come to nothing
    jobs = (Job(Stage.FINISH, document_id),)
    work_rows.put_all_again(connection, jobs, archive.clock())
    return jobs


def _count_taken_back(connection: Connection, derivative: Derivative) -> None:
    """It waits in the queue for somebody to mend it, among the first."""
    known = risks.of_file(connection, derivative.document_id, derivative.audience)
    counted = known.signals if known and known.version == derivative.version else {"not_counted": 1}
    signals = {**counted, "taken_back": 1}
    version = (derivative.document_id, derivative.audience, derivative.version)
    risks.put(connection, Risk(*version, score_of(signals), signals))


def _to_decide(connection: Connection, version: Version, decision: str, *, or_newer: bool = False) -> Derivative:
    documents.get(connection, version.document_id)
    derivative = derivatives.current_for(connection, version.document_id, version.audience)
    if derivative.version != version.number and not (or_newer and derivative.version > version.number):
        raise Refused("not_this_version", version.document_id)
    if derivative.state not in _STATES[decision]:
        raise Refused("nothing_to_decide", version.document_id)
    return derivative


def _decided(connection: Connection, version: Version) -> list[Decision]:
    return reviews.of_version(connection, version.document_id, version.audience, version.number)


def _decision(archive: Archive, derivative: Derivative, decision: str, person: str, sealed: bytes | None) -> Decision:
    at = work_rows.moment(archive.clock())
    version = (derivative.document_id, derivative.audience, derivative.version)
    return Decision(*version, derivative.maker, decision, person, at, sealed)


def _require_another(connection: Connection, derivative: Derivative, person: str) -> None:
    """Than whoever made the edits that are new in the version. Where none are, because it was made anew of others that were
    approved before, than all who made those: their places may hold something else by now. The same where the approval of
    those was taken back: it counts no more."""
    makers = {derivative.maker}
    if not derivative.maker or reviews.is_approval_undone(connection, derivative.document_id, derivative.audience):
        burnt = derivatives.pages_of(connection, derivative.document_id, derivative.audience)
        makers |= reviews.makers_of(connection, {number for page in burnt for number in page.edits})
    if person in makers:
        raise Refused("same_person", derivative.document_id)


def _end_change_set(connection: Connection, derivative: Derivative, state: str, number: int | None) -> None:
    """Of the edits that are in the version and were not decided; those that somebody has begun since are left alone."""
    found = reviews.open_set(connection, derivative.document_id, derivative.audience)
    if found is not None and found.state == "submitted" and found.maker == derivative.maker:
        reviews.put_set(connection, found.change_set_id, state, version=number)


def _with_approver(archive: Archive, holding: Holding, derivative: Derivative, person: str, head: LedgerHead) -> bytes:
    if derivative.certificate_key is None:
        raise NotFound("certificate_missing", derivative.document_id)
    with holding.open(KIND, derivative.certificate_key) as stream:
        first = decode(stream.read()).certificate
    people = People(first.people.maker, Person("operator", person))
    return sign(replace(first, people=people, ledger=head), signer(archive))


def _tell(archive: Archive, connection: Connection, decided: Decision, certificate: str | None = None) -> None:
    archive.ledger.append(
        connection,
        f"review.{decided.decision}",
        document_id=decided.document_id,
        audience=decided.audience,
        version=decided.version,
        maker=decided.maker,
        user=decided.decided_by,
        certificate=certificate,
    )
