from http import HTTPStatus

import pytest

from archive import errors as archive_errors
from archive.errors import ArchiveError
from schemas.claim import FIELD_NAMES
from schemas.entity import Entity, Tier
from schemas.reasons import REASONS
from schemas.redaction import Audience
from search_api import errors
from search_api.answers import COMPLIANCE_ONLY
from search_api.errors import NotSignedIn, problem, status_of
from search_api.scope import NotAllowed
from workers.redact.policy import Action, default_policy


def error_tree(kind):
    for child in kind.__subclasses__():
        yield child
        yield from error_tree(child)


def made(kind):
    return kind() if kind in {NotSignedIn, NotAllowed} else kind("not_found", "some detail")


def test_every_branch_of_the_error_tree_has_a_status():
    kinds = list(error_tree(ArchiveError))
    assert {archive_errors.Rejected, archive_errors.Unavailable, NotSignedIn} <= set(kinds)
    assert all(400 <= status_of(made(kind)) < 600 for kind in kinds)


@pytest.mark.parametrize(
    ("kind", "status"),
    [
        (archive_errors.Rejected, 422),
        (archive_errors.Refused, 409),
        (archive_errors.NotFound, 404),
        (archive_errors.TooMany, 429),
        (archive_errors.FixityMismatch, 500),
        (archive_errors.Unavailable, 503),
        (NotSignedIn, 401),
        (NotAllowed, 403),
    ],
)
def test_the_branch_decides_the_status(kind, status):
    assert status_of(made(kind)) == status


def test_a_new_kind_of_error_has_the_status_of_its_branch():
    class OnLegalHold(archive_errors.Refused):
        pass

    assert status_of(OnLegalHold("not_allowed")) is HTTPStatus.CONFLICT


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_reason_can_be_said_in_both_languages(language):
    for code, remedy in REASONS.items():
        body = problem(HTTPStatus.CONFLICT, code, language).body.decode()
        assert (remedy.zh if language == "zh" else remedy.en).split("`")[0][:10] in body
        assert f'"reason":"{code}"' in body


def test_a_problem_has_the_members_of_its_description():
    reply = problem(HTTPStatus.UNAUTHORIZED, "not_signed_in", "en")
    assert reply.media_type == errors.MEDIA_TYPE
    assert reply.headers["www-authenticate"] == "Bearer"
    assert errors.Problem.model_validate_json(reply.body).status == 401


def test_handlers_get_no_field_that_the_redaction_policy_hides_from_them():
    # Each claim field is made from entities of these kinds.
    kinds = {
        "identity_number": "CN_ID18",
        "diagnosis": "DIAGNOSIS",
        "phone": "CN_MOBILE",
        "birth_date": "DOB",
        "amount": "AMOUNT",
    }
    kinds |= {"status": "STATUS", "insurer": "INSURER", "hospital": "HOSPITAL"}
    kinds |= dict.fromkeys(("insured", "policyholder", "claimant", "beneficiary"), "CN_NAME")
    kinds |= {"policy_number": "POLICY"} | dict.fromkeys(("report_number", "case_number", "claim_number"), "CLAIM")
    kinds |= dict.fromkeys(("loss_date", "report_date", "admission_date", "discharge_date"), "DATE_ACCIDENT")
    assert set(kinds) == set(FIELD_NAMES)
    policy = default_policy()
    hidden = {
        name
        for name, kind in kinds.items()
        if policy.decide(Entity(kind, Tier.A, 1, "x", (0, 1)), Audience.HANDLER).action is not Action.SHOW
    }
    assert hidden == COMPLIANCE_ONLY
