"""Collections by command: what is put together, who is held to what, and what the ledger says of it."""

import json

import pytest
from click.testing import CliRunner

from claimkeep.cli import main
from tests.builders.api import service
from tests.builders.kept_documents import KeptDocument, keep


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with service(tmp_path_factory.mktemp("home")) as ours:
        keep(ours.archive, KeptDocument())
        yield ours


@pytest.fixture(scope="module")
def batch(running):
    return running.ask("archivist", "GET", "/api/batches").json()["batches"][0]["batch"]


def run(running, *arguments):
    return CliRunner().invoke(main, [*arguments, "--home", str(running.archive.home)])


def collections(running, *arguments):
    return run(running, "collections", *arguments)


def found(running):
    return running.ask("handler", "POST", "/api/search", json={"name": "欧阳若澜"}).json()["total"]


def test_a_handler_sees_what_is_granted_from_the_next_request_on(running, batch):
    assert found(running) == 1
    assert collections(running, "add", "north-2019").exit_code == 0
    assert collections(running, "grant", "handler", "north-2019").exit_code == 0
    assert found(running) == 0
    assert collections(running, "put", "north-2019", batch).exit_code == 0
    assert found(running) == 1
    listed = json.loads(collections(running, "list", "--json").output)
    assert listed == {"collections": [{"collection": "north-2019", "batches": [batch], "users": ["handler"]}]}
    assert collections(running, "take", "north-2019", batch).exit_code == 0
    assert found(running) == 0
    collections(running, "put", "north-2019", batch)
    assert collections(running, "revoke", "handler", "north-2019").exit_code == 0
    assert found(running) == 0
    assert collections(running, "release", "handler").exit_code == 0
    assert found(running) == 1
    assert [each["user"] for each in running.events("access.granted")] == ["handler"]
    assert [each["collections"] for each in running.events("access.revoked")] == [["north-2019"]]
    assert [each["user"] for each in running.events("access.released")] == ["handler"]


def test_a_new_handler_may_begin_with_nothing(running, batch):
    token = run(running, "users", "add", "wang", "--role", "handler", "--granted-only").output.strip()
    asked = {"headers": {"Authorization": f"Bearer {token}"}, "json": {"name": "欧阳若澜"}}
    assert running.client.post("/api/search", **asked).json()["total"] == 0
    collections(running, "add", "south", batch)
    collections(running, "grant", "wang", "south")
    assert running.client.post("/api/search", **asked).json()["total"] == 1


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("grant", "compliance"), "role_not_restricted"),
        (("grant", "archivist"), "role_not_restricted"),
        (("grant", "nobody"), "not_found"),
        (("grant", "handler", "nowhere"), "not_found"),
        (("revoke", "handler", "nowhere"), "not_found"),
        (("release", "handler"), "not_found"),
        (("put", "nowhere", "B-0000000000"), "not_found"),
        (("add", "west", "B-0000000000"), "not_found"),
        (("take", "nowhere", "B-0000000000"), "not_found"),
    ],
)
def test_what_cannot_be_is_refused_with_its_reason_and_changes_nothing(running, arguments, reason):
    before = collections(running, "list", "--json").output
    result = collections(running, *arguments)
    assert (result.exit_code, result.stderr.split()[0].rstrip(":")) == (3, reason)
    assert (collections(running, "list", "--json").output, found(running)) == (before, 1)


def test_a_collection_is_made_once_and_its_name_is_no_text(running):
    assert collections(running, "add", "east").exit_code == 0
    assert collections(running, "add", "east").stderr.startswith("collection_exists")
    for name in ("欧阳若澜", "a b", "", "-x" * 3):
        assert collections(running, "add", "--", name).exit_code == 2
