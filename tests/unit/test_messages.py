"""Messages about steps: ids out, the same ids in, and nothing else is believed."""

import json

import pytest

from archive.queue.broker import Broker, make_app
from archive.queue.dead_letters import job_of_message
from archive.queue.messages import TASK, arguments_of, job_of, lease_seconds, queue_of
from schemas.limits import Limits
from schemas.redaction import Audience
from schemas.work import Job, Stage

JOBS = (
    Job(Stage.OPEN, "D-7QX1M4T0ZA"),
    Job(Stage.READ, "D-7QX1M4T0ZA", 5000),
    Job(Stage.READ, "D-7QX1M4T0ZA", 1, engine="paddle"),
    *(Job(Stage.HIDE, "D-7QX1M4T0ZA", 2, audience.value) for audience in Audience),
    Job(Stage.FINISH, "D-7QX1M4T0ZA"),
)


@pytest.mark.parametrize("job", JOBS)
def test_a_job_comes_back_from_a_message_as_it_went(job):
    assert job_of(json.loads(json.dumps(arguments_of(job)))) == job


@pytest.mark.parametrize(
    "arguments",
    [
        None,
        {},
        [],
        [1, "read", "D-1", 1, ""],
        [1, "read", "D-1", 1, "", "", ""],
        [0, "read", "D-1", 1, "", ""],
        [2, "read", "D-1", 1, "", ""],
        ["1", "read", "D-1", 1, "", ""],
        [1, "READ", "D-1", 1, "", ""],
        [1, "read", "B-1", 1, "", ""],
        [1, "read", "D-1\n", 1, "", ""],
        [1, "read", "D-" + "1" * 33, 1, "", ""],
        [1, "read", "D-１", 1, "", ""],
        [1, "read", "D-1", 1.0, "", ""],
        [1, "read", "D-1", True, "", ""],
        [1, "read", "D-1", -1, "", ""],
        [1, "read", "D-1", 10**9, "", ""],
        [1, "read", "D-1", 1, "nobody", ""],
        [1, "read", "D-1", 1, None, ""],
        [1, "read", "D-1", 1, "", "../engine"],
        [1, "read", "D-1", 1, "", "e" * 41],
    ],
)
def test_arguments_that_are_odd_in_any_way_name_no_job(arguments):
    with pytest.raises(ValueError, match=r"not the arguments|no such|valid Stage"):
        job_of(arguments)


def message(arguments, named=(), embedded=()):
    return json.dumps([arguments, dict(named), dict(embedded)]).encode()


READ = arguments_of(JOBS[1])


def test_a_message_of_ours_names_its_job_as_bytes_or_text():
    body = message(READ, (), {"callbacks": None, "chain": None})
    assert job_of_message({"task": TASK}, body) == job_of_message({"task": TASK}, body.decode()) == JOBS[1]


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        (None, message(READ)),
        ({}, message(READ)),
        ({"task": "another"}, message(READ)),
        ({"task": TASK, "eta": "2030-01-01T00:00:00+00:00"}, message(READ)),
        ({"task": TASK, "expires": "2020-01-01T00:00:00+00:00"}, message(READ)),
        ({"task": TASK}, message(READ, {"home": "/"})),
        ({"task": TASK}, message(READ, (), {"errbacks": [{"task": "x"}]})),
        ({"task": TASK}, b"[" * 1_999),
        ({"task": TASK}, message(READ) + b" " * 2_000),
        ({"task": TASK}, b"\xff"),
        ({"task": TASK}, b""),
    ],
)
def test_a_message_that_asks_for_anything_else_is_about_no_job(headers, body):
    assert job_of_message(headers, body) is None


def test_each_stage_has_a_queue_of_its_own():
    assert len({queue_of(stage) for stage in Stage}) == len(Stage)


@pytest.mark.parametrize("stage", Stage)
def test_a_lease_outlives_the_time_that_a_step_may_take(stage):
    assert lease_seconds(Limits())(stage) >= stage.limit_seconds(Limits()) + 30


def broker(**changes):
    return Broker("rabbit.example", 5671, "claimkeep", "worker", "s3cret", **changes)


def test_tls_checks_the_certificate_and_the_name():
    tls = make_app(broker()).conf.broker_use_ssl
    assert tls["cert_reqs"].name == "CERT_REQUIRED"
    assert tls["server_hostname"] == "rabbit.example"
    assert make_app(broker(tls=False)).conf.broker_use_ssl is None


def test_the_app_takes_json_alone_and_acknowledges_late():
    conf = make_app(broker()).conf
    assert conf.accept_content == ["json"]
    assert conf.task_acks_late
    assert conf.task_reject_on_worker_lost
    assert conf.worker_prefetch_multiplier == 1
    assert conf.result_backend is None
    assert not conf.task_create_missing_queues


def test_the_queues_refuse_what_is_too_much_and_keep_what_was_brought_too_often():
    for queue in make_app(broker(longest=7, deliveries=3)).conf.task_queues:
        assert queue.queue_arguments["x-queue-type"] == "quorum"
        assert queue.queue_arguments["x-max-length"] == 7
        assert queue.queue_arguments["x-overflow"] == "reject-publish"
        assert queue.queue_arguments["x-delivery-limit"] == 3
        assert queue.queue_arguments["x-dead-letter-routing-key"] == "claimkeep.dead"


def test_the_password_shows_nowhere():
    app = make_app(broker())
    assert "s3cret" not in repr(broker())
    assert "s3cret" not in repr(app) + app.conf.humanize(with_defaults=True, censored=True)
    assert "s3cret" not in repr(app.connection_for_write())
