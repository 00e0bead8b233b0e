"""What machines ask a service: whether it runs, and whether it can do its work."""

import pytest

from archive import standing
from schemas.reasons import REASONS
from tests.builders.api import service


@pytest.fixture
def running(tmp_path):
    with service(tmp_path) as ours:
        yield ours


def test_a_service_is_live_and_ready(running):
    assert running.client.get("/health/live").json() == {"status": "live"}
    assert running.client.get("/health/ready").json() == {"status": "ready"}


def test_parts_that_fail_are_named_with_a_reason_and_a_sentence(running, tmp_path):
    running.archive.index.close()
    (tmp_path / "index.db").write_bytes(b"no database" * 1000)
    (tmp_path / "keys" / "search.key").unlink()
    reply = running.client.get("/health/ready")
    failing = reply.json()["failing"]
    assert (reply.status_code, [each["part"] for each in failing]) == (503, ["index", "keys"])
    assert reply.json()["reason"] == failing[0]["reason"]
    assert all(each["detail"] == REASONS[each["reason"]].en for each in failing)
    assert int(reply.headers["retry-after"]) > 0
    assert str(tmp_path) not in reply.text


def test_the_sentence_is_in_the_language_of_whoever_asks(running, monkeypatch):
    monkeypatch.setattr(standing, "free_bytes", lambda _home: 0)
    reply = running.client.get("/health/ready", headers={"Accept-Language": "zh"})
    assert reply.json()["failing"] == [{"part": "disk", "reason": "disk_nearly_full", "detail": REASONS["disk_nearly_full"].zh}]


def test_a_service_that_is_not_ready_is_live_and_ready_again_by_itself(running, monkeypatch):
    monkeypatch.setattr(standing, "_KEPT_SECONDS", 0.0)
    with monkeypatch.context() as full:
        full.setattr(standing, "free_bytes", lambda _home: 0)
        assert running.client.get("/health/ready").status_code == 503
        assert running.client.get("/health/live").status_code == 200
    assert running.client.get("/health/ready").json() == {"status": "ready"}
