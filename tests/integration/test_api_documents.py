"""Looking at documents over HTTP: only what was made for the audience and read back unharmed leaves the archive."""

import hashlib
import io

import pytest
from PIL import Image

from archive.catalog import derivatives, documents, readings
from archive.catalog.readings import Reading
from archive.certificates.checking import check
from archive.certificates.signature import PublicKey
from archive.fields import seal_shown, shown_fields
from ingest.intake import take
from schemas.certificate import MEDIA_TYPE
from schemas.page import PageState
from tests.builders.api import service
from tests.builders.kept_documents import CUSTODY, HEIGHT, PDF, WIDTH, KeptDocument, keep, picture


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home")) as ours:
        yield ours


@pytest.fixture(scope="module")
def document(running):
    return keep(running.archive, KeptDocument())


@pytest.fixture(scope="module")
def leaking_page(running):
    return keep(running.archive, KeptDocument(policy_number="LEAKS1", page_leaks=True))


@pytest.fixture(scope="module")
def leaking_file(running):
    return keep(running.archive, KeptDocument(policy_number="LEAKS2", file_leaks=True))


def get(running, path, role="handler", **params: str):
    return running.ask(role, "GET", f"/api/documents/{path}", params=params)


def test_a_document_tells_its_state_pages_fields_and_files(running, document):
    answer = get(running, document).json()
    assert (answer["state"], answer["page_count"], answer["pages"]) == ("complete", 1, {"read": 1})
    assert answer["document_class"] == "claim_application"
    assert set(answer["fields"]) == {"insured", "policy_number", "loss_date"}
    assert [(made["audience"], made["state"], made["policy"]) for made in answer["derivatives"]] == [
        ("handler", "ready", "default/1")
    ]


def test_where_it_came_from_is_told_to_compliance_only(running, document):
    assert get(running, document).json()["custody"] is None
    answer = get(running, document, role="compliance").json()
    (received,) = answer["custody"]
    assert received["path"] == "欧阳若澜.png"
    assert (received["source"], received["box"], received["operator"]) == (CUSTODY.source, CUSTODY.box, CUSTODY.operator)
    assert {"identity_number", "diagnosis"} <= set(answer["fields"])


def test_pages_tell_size_and_for_whom_there_is_a_picture(running, document, leaking_page):
    (page,) = get(running, f"{document}/pages").json()["pages"]
    assert (page["page_number"], page["state"], page["width"], page["height"]) == (1, "read", WIDTH, HEIGHT)
    assert page["images"] == ["handler"]
    (page,) = get(running, f"{leaking_page}/pages").json()["pages"]
    assert page["images"] == []


def test_a_verified_page_is_served_as_it_was_made(running, document):
    reply = get(running, f"{document}/pages/1/image")
    assert reply.headers["content-type"] == "image/png"
    assert reply.content == picture(200)


def test_a_piece_of_a_verified_page_is_served(running, document):
    reply = get(running, f"{document}/pages/1/image", crop="2,4,12,24")
    assert reply.headers["content-type"] == "image/png"
    with Image.open(io.BytesIO(reply.content)) as piece:
        assert (piece.size, piece.getpixel((0, 0))) == ((10, 20), 200)
    with Image.open(io.BytesIO(get(running, f"{document}/pages/1/image", crop="30,40,900,900").content)) as piece:
        assert piece.size == (2, 4)
    assert running.events("page.viewed")[-1]["document"] == document


@pytest.mark.parametrize("crop", ["", "1,2,3", "1,2,3,4,5", "5,5,5,9", "-1,0,4,4", "100,100,200,200", "１,2,3,4"])
def test_a_piece_that_is_none_is_refused(running, document, crop):
    reply = get(running, f"{document}/pages/1/image", crop=crop)
    assert (reply.status_code, reply.json()["reason"]) == (422, "invalid_request")


def test_no_piece_of_a_leaking_page_is_served(running, leaking_page):
    assert get(running, f"{leaking_page}/pages/1/image", crop="1,1,4,4").status_code == 409


def test_a_ready_file_is_served_whole_under_a_name_that_says_nothing(running, document):
    reply = get(running, f"{document}/pdf", audience="handler")
    assert reply.headers["content-type"] == "application/pdf"
    assert reply.headers["content-disposition"] == f'attachment; filename="{document}-handler.pdf"'
    assert reply.headers["content-length"] == str(len(PDF))
    assert reply.content == PDF


@pytest.mark.parametrize("role", ["handler", "compliance"])
def test_a_leaking_page_is_served_to_nobody(running, leaking_page, role):
    reply = get(running, f"{leaking_page}/pages/1/image", role)
    assert (reply.status_code, reply.json()["reason"]) == (409, "leak_found")


@pytest.mark.parametrize("role", ["handler", "compliance"])
def test_a_leaking_file_is_served_to_nobody(running, leaking_file, role):
    reply = get(running, f"{leaking_file}/pdf", role)
    assert (reply.status_code, reply.json()["reason"]) == (409, "leak_found")


@pytest.mark.parametrize("path", ["pages/1/image", "pdf"])
def test_what_was_not_made_for_an_audience_is_not_made_yet(running, document, path):
    reply = get(running, f"{document}/{path}", audience="public")
    assert (reply.status_code, reply.json()["reason"]) == (404, "not_made_yet")


@pytest.mark.parametrize("number", [0, 2, -1, 10**15])
def test_a_page_that_there_is_not_is_not_found(running, document, number):
    reply = get(running, f"{document}/pages/{number}/image")
    assert (reply.status_code, reply.json()["reason"]) == (404, "not_found")


def test_while_a_document_is_worked_on_again_its_old_pictures_are_not_served(running):
    document = keep(running.archive, KeptDocument(policy_number="AGAIN1"))
    with running.archive.catalog.write() as connection:
        documents.reopened(connection, document)
    reply = get(running, f"{document}/pages/1/image")
    assert (reply.status_code, reply.json()["reason"]) == (404, "not_made_yet")
    assert get(running, f"{document}/pages").json()["pages"][0]["images"] == []


def test_a_file_made_from_an_older_reading_is_served_to_nobody(running):
    document = keep(running.archive, KeptDocument(policy_number="STALE1"))
    with running.archive.catalog.write() as connection:
        derivatives.make_stale(connection, document)
    for path in ("pdf", "pages/1/image"):
        reply = get(running, f"{document}/{path}")
        assert (reply.status_code, reply.json()["reason"]) == (409, "derivative_stale")
    assert [made["state"] for made in get(running, document).json()["derivatives"]] == ["stale"]
    assert get(running, f"{document}/pages").json()["pages"][0]["images"] == []


def test_a_page_names_the_versions_of_what_was_read_on_it(running):
    document = keep(running.archive, KeptDocument(policy_number="VERSIONS1"))
    failed = Reading(document, 1, 2, PageState.FAILED, "page_crash", "paddle/1", None, None, None, None, None, "2026")
    with running.archive.catalog.write() as connection:
        readings.add(connection, failed)
    (page,) = get(running, f"{document}/pages").json()["pages"]
    assert (page["version"], page["state"], page["engine"]) == (1, "read", "recorded/1")
    told = [(each["version"], each["state"], each["reason"], each["engine"]) for each in page["readings"]]
    assert told == [(1, "read", None, "recorded/1"), (2, "failed", "page_crash", "paddle/1")]


def test_a_field_says_whether_somebody_confirmed_it(running):
    document = keep(running.archive, KeptDocument(policy_number="CONFIRMED1"))
    assert get(running, document).json()["fields"]["insured"]["provenance"] == "read"
    holding = running.archive.holding(document)
    fields = shown_fields(running.archive, holding.document)
    del fields["loss_date"]["provenance"]  # as they were kept before there was any
    confirmed = {**fields, "insured": {**fields["insured"], "provenance": "confirmed"}}
    with running.archive.catalog.write() as connection:
        documents.described(connection, document, seal_shown(holding, confirmed))
    told = get(running, document).json()["fields"]
    assert (told["insured"]["provenance"], told["loss_date"]["provenance"]) == ("confirmed", "read")


def test_a_document_that_waits_has_no_fields_and_no_pages_yet(running):
    batch = running.ask("archivist", "POST", "/api/batches", json={"source": "a", "box": "b", "operator": "c"}).json()["batch"]
    (receipt,) = take(running.archive, batch, "x.png", io.BytesIO(picture(77)))
    answer = get(running, receipt.document_id).json()
    assert (answer["state"], answer["page_count"], answer["fields"], answer["derivatives"]) == ("waiting", None, {}, [])
    assert get(running, f"{receipt.document_id}/pages").json()["pages"] == []
    assert get(running, f"{receipt.document_id}/pdf").json()["reason"] == "not_made_yet"


def test_every_look_leaves_an_entry_with_ids_only(running):
    document = keep(running.archive, KeptDocument(policy_number="LOOK1"))
    for path in ("", "/pages/1/image", "/pdf"):
        assert get(running, document + path).status_code == 200
    entries = {kind: running.events(kind)[-1] for kind in ("document.viewed", "page.viewed", "derivative.downloaded")}
    assert entries["document.viewed"] == {"document": document, "user": "handler"}
    assert entries["page.viewed"] == {"document": document, "user": "handler", "page": 1, "audience": "handler"}
    assert set(entries["derivative.downloaded"]) == {"document", "user", "audience", "digest"}
    with running.archive.catalog.read() as connection:
        assert running.archive.ledger.verify(connection).intact


def test_what_is_refused_leaves_no_entry_of_a_look(running, leaking_page, leaking_file):
    before = len(running.events("page.viewed")), len(running.events("derivative.downloaded"))
    get(running, f"{leaking_page}/pages/1/image")
    get(running, f"{leaking_file}/pdf")
    assert (len(running.events("page.viewed")), len(running.events("derivative.downloaded"))) == before


PLACES = [("derived", "pages/1/image"), ("derivative", "pdf"), ("certificate", "certificate")]


@pytest.mark.parametrize(("kind", "path"), PLACES)
def test_changed_bytes_are_not_served(tmp_path, kind, path):
    with service(tmp_path) as running:
        document = keep(running.archive, KeptDocument())
        (file,) = (tmp_path / "objects" / kind / document).iterdir()
        sealed = bytearray(file.read_bytes())
        sealed[40] ^= 1
        file.chmod(0o600)
        file.write_bytes(sealed)
        reply = get(running, f"{document}/{path}")
        assert (reply.status_code, reply.json()["reason"]) == (500, "object_changed")
        assert running.events("page.viewed") == running.events("derivative.downloaded") == []


def test_the_certificate_of_a_file_holds_for_it_and_its_key_needs_no_token(running, document):
    reply = get(running, f"{document}/certificate")
    assert reply.headers["content-type"] == MEDIA_TYPE
    assert reply.headers["content-disposition"] == f'attachment; filename="{document}-handler-1.certificate.json"'
    pem = running.ask(None, "GET", "/certificate-key")
    assert pem.headers["content-type"] == "application/x-pem-file"
    key = PublicKey.from_pem(pem.content)
    assert pem.headers["x-key-sha256"] == key.sha256
    finding = check(reply.content, key, io.BytesIO(get(running, f"{document}/pdf").content))
    assert finding.is_valid
    assert finding.certificate.document == document
    (made,) = get(running, document).json()["derivatives"]
    assert made["certificate"] == hashlib.sha256(reply.content).hexdigest()


def test_who_was_given_a_certificate_is_in_the_ledger(running, document):
    before = len(running.events("certificate.given"))
    get(running, f"{document}/certificate", role="compliance", version="1")
    (entry,) = running.events("certificate.given")[before:]
    assert (entry["document"], entry["user"], entry["version"]) == (document, "compliance", 1)


@pytest.mark.parametrize(
    ("version", "status", "reason"),
    [("99", 404, "not_found"), *((wrong, 422, "invalid_request") for wrong in ("0", "x", "9" * 30))],
)
def test_a_version_that_there_is_not_has_no_certificate(running, document, version, status, reason):
    reply = get(running, f"{document}/certificate", version=version)
    assert (reply.status_code, reply.json()["reason"]) == (status, reason)


def test_a_file_that_leaks_has_no_certificate(running, leaking_file):
    assert get(running, f"{leaking_file}/certificate").json()["reason"] == "leak_found"
    reply = get(running, f"{leaking_file}/certificate", version="1")
    assert (reply.status_code, reply.json()["reason"]) == (404, "certificate_missing")
