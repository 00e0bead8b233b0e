"""The queue over RabbitMQ: what a message holds, what happens when the broker is away or full, and dead letters."""

import io
import json
import time
from dataclasses import replace

import pytest
from click.testing import CliRunner
from structlog.testing import capture_logs

from archive.catalog import documents, work
from archive.custody import Custody, open_batch
from archive.errors import Unavailable
from archive.queue.celery import CeleryQueue
from archive.queue.messages import TASK, queue_of
from archive.wiring import create_archive, open_archive
from ingest.intake import take
from schemas.limits import Limits
from schemas.work import Job, Stage
from tests.builders.archives import make_archive
from tests.builders.brokers import put_raw, raw_messages, shared_place
from tests.builders.catalogs import document
from tests.builders.kept_documents import picture
from workers.commands import queue as queue_commands

pytestmark = pytest.mark.service

READ = tuple(Job(Stage.READ, "D-1", number) for number in range(1, 6))
READS = queue_of(Stage.READ)


@pytest.fixture(autouse=True)
def logged():
    with capture_logs() as logged:
        yield logged


@pytest.fixture
def place():
    with shared_place() as place:
        yield place


@pytest.fixture
def archive(tmp_path):
    with make_archive(tmp_path / "home") as archive:
        with archive.catalog.write() as connection:
            documents.add(connection, document("D-1"))
            work.put(connection, READ, archive.clock())
        yield archive


@pytest.fixture
def open_queue(archive):
    opened = []

    def open_queue(broker):
        opened.append(CeleryQueue(archive.catalog, archive.clock, Limits(), broker))
        return opened[-1]

    yield open_queue
    for queue in opened:
        queue.close()


def test_a_message_holds_ids_and_nothing_else(place, open_queue):
    open_queue(place.broker()).announce((Job(Stage.HIDE, "D-1", 3, "handler", "paddle"),))
    (message,) = raw_messages(place.broker(), queue_of(Stage.HIDE))
    arguments, named, embedded = json.loads(message.body)
    assert arguments == [1, "hide", "D-1", 3, "handler", "paddle"]
    assert (named, set(embedded.values())) == ({}, {None})
    headers = message.properties.pop("application_headers")
    assert headers.pop("id") == headers.pop("root_id") == message.properties.pop("correlation_id")
    assert {name: value for name, value in headers.items() if value} == {
        "lang": "py",
        "task": TASK,
        "timelimit": [Limits().page_seconds, None],
        "origin": "claimkeep",
        "ignore_result": True,
    }
    assert message.properties["delivery_mode"] == 2, "it outlives the broker's restart"


def test_the_password_is_in_no_repr(place):
    broker = place.broker()
    queue = CeleryQueue(None, None, Limits(), broker)
    queue.app.finalize()
    with queue.app.connection_for_write() as connection:
        shown = (repr(broker), repr(queue.app), repr(connection), connection.as_uri())
    assert not any(broker.password in text for text in shown)


def test_many_jobs_are_announced_over_one_connection(place, open_queue):
    queue = open_queue(place.broker())
    queue.announce(tuple(Job(Stage.READ, "D-1", number) for number in range(1, 2001)))
    assert queue.depths()[Stage.READ] == 2000


def test_what_a_full_queue_refuses_waits_and_is_announced_when_there_is_room(place, archive, open_queue, logged):
    queue = open_queue(place.broker(longest=2))
    for job in READ:
        queue.announce((job,))
    assert queue.depths()[Stage.READ] < 5
    assert {each["event"] for each in logged} == {"queue.full"}
    taken = []
    while len(taken) < len(READ):
        queue.catch_up()
        while (lease := queue.take("one")) is not None:
            taken.append(lease.job)
    assert sorted(job.page_number for job in taken) == [1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"port": 1}, id="nobody listens"),
        pytest.param({"password": "wrong"}, id="wrong password"),
        pytest.param({"virtual_host": "claimkeep-none"}, id="no such virtual host"),
        pytest.param({"ca_file": None}, id="a certificate that nobody vouches for"),
        pytest.param({"host": "localhost.localdomain"}, id="another name"),
    ],
)
def test_a_broker_that_does_not_answer_fails_nobody_who_announces(place, archive, open_queue, changes, logged):
    broker = replace(place.broker(timeout_seconds=2), **changes)
    queue = open_queue(broker)
    began = time.monotonic()
    queue.announce(READ)
    queue.announce(READ)
    assert time.monotonic() - began < 8
    assert [(each["event"], each["reason"], each["jobs"]) for each in logged] == [
        ("queue.not_announced", "queue_unavailable", 5)
    ] * 2
    for ask in (queue.check, queue.depths, queue.catch_up, lambda: queue.take("one")):
        with pytest.raises(Unavailable, match="queue_unavailable") as raised:
            ask()
        assert raised.value.__cause__ is None
        assert broker.password not in str(raised.value)


def test_jobs_that_were_announced_in_vain_are_caught_up_with(place, archive, open_queue):
    open_queue(place.broker(port=1, timeout_seconds=1)).announce(READ)
    queue = open_queue(place.broker())
    assert queue.catch_up() == len(READ)
    assert queue.catch_up() == 0, "they lie there now"


def test_a_lost_job_is_announced_also_where_the_queue_is_never_empty(place, archive, open_queue, monkeypatch):
    queue = open_queue(place.broker())
    queue.announce(READ[1:])
    assert queue.catch_up() == 0
    monkeypatch.setattr(queue, "_look_at_oldest", time.monotonic())
    assert queue.catch_up() == len(READ)
    assert queue.catch_up() == 0, "not again so soon"
    taken = set()
    while (lease := queue.take("one")) is not None:
        taken.add(lease.job)
    assert taken == set(READ)


def test_a_connection_that_was_cut_is_made_anew(place, archive, open_queue):
    queue = open_queue(place.broker())
    queue.check()
    queue._line._connection.transport.close_connection(queue._line._connection.connection)
    queue.announce(READ)
    assert queue.depths()[Stage.READ] == len(READ)


def test_an_account_that_may_only_announce_can_announce_and_be_checked(place, archive, open_queue):
    open_queue(place.broker()).check()  # a worker has made the queues
    api = open_queue(place.broker("api"))
    api.announce(READ)
    api.check()
    assert api.depths()[Stage.READ] == len(READ)
    with pytest.raises(Unavailable):
        api.take("one")


HOSTILE = [
    pytest.param(b"not json", {"headers": {"task": TASK}}, id="not JSON"),
    pytest.param(b'[[2, "read", "D-1", 1, "", ""], {}, {}]', {"headers": {"task": TASK}}, id="of another version"),
    pytest.param(b'[[1, "read", "../etc", 1, "", ""], {}, {}]', {"headers": {"task": TASK}}, id="an id that is none"),
    pytest.param(b'[[1, "read", "D-1", -1, "", ""], {}, {}]', {"headers": {"task": TASK}}, id="a page that is none"),
    pytest.param(b'[[1, "read", "D-1", true, "", ""], {}, {}]', {"headers": {"task": TASK}}, id="no number"),
    pytest.param(b'[[1, "melt", "D-1", 1, "", ""], {}, {}]', {"headers": {"task": TASK}}, id="no stage"),
    pytest.param(b'[[1, "read", "D-1", 1, "king", ""], {}, {}]', {"headers": {"task": TASK}}, id="no audience"),
    pytest.param(b'[[1, "read", "D-1", 1, "", ""], {"a": 1}, {}]', {"headers": {"task": TASK}}, id="more than is asked"),
    pytest.param(
        b'[[1, "read", "D-1", 1, "", ""], {}, {"callbacks": [{"task": "x"}]}]', {"headers": {"task": TASK}}, id="calls back"
    ),
    pytest.param(
        b'[[1, "read", "D-1", 1, "", ""], {}, {}]', {"headers": {"task": "celery.backend_cleanup"}}, id="another task"
    ),
    pytest.param(b'[[1, "read", "D-1", 1, "", ""], {}, {}]', {}, id="no headers"),
    pytest.param(b"[" * 50_000, {"headers": {"task": TASK}}, id="far too long"),
]


def dead_letters(queue, count):
    """*count* of them; the broker brings a message there some time after it was taken away."""
    until = time.monotonic() + 20
    while len(letters := queue.dead(10)) != count and time.monotonic() < until:
        time.sleep(0.05)
    assert len(letters) == count
    return letters


@pytest.mark.parametrize(("body", "properties"), HOSTILE)
def test_a_message_that_cannot_be_read_goes_to_the_dead_letters_and_the_next_is_taken(
    place, archive, open_queue, body, properties
):
    queue = open_queue(place.broker())
    queue.check()
    put_raw(place.broker(), READS, body, **properties)
    queue.announce(READ[:1])
    assert queue.take("one").job == READ[0]
    (letter,) = dead_letters(queue, 1)
    assert (letter.queue, letter.reason, letter.count, letter.job) == (READS, "rejected", 1, None)
    assert letter.since.startswith("20")
    assert queue.replay() == 0, "nobody can read it"
    assert queue.count_dead() == 1, "looking changes nothing"
    assert queue.purge_dead() == 1
    assert queue.dead(10) == []


def test_a_message_that_was_brought_too_often_is_a_dead_letter_that_can_be_replayed(place, archive, open_queue):
    queue = open_queue(place.broker(deliveries=2))
    queue.announce(READ[:2])
    for _ in range(3):
        raw_messages(place.broker(), READS)  # taken, and given back
    letters = dead_letters(queue, 2)
    assert [(each.reason, each.job) for each in letters] == [("delivery_limit", READ[0]), ("delivery_limit", READ[1])]
    assert queue.dead(1) == letters[:1], "looking at them changes nothing"
    assert queue.depths()[Stage.READ] == 0
    assert queue.replay([letters[1].message_id]) == 1
    assert queue.take("one").job == READ[1]
    assert [each.job for each in dead_letters(queue, 1)] == [READ[0]]
    assert queue.replay() == 1
    assert queue.take("two").job == READ[0]
    assert queue.count_dead() == 0


@pytest.fixture
def home(tmp_path, place):
    home = tmp_path / "celery"
    with create_archive(home, settings=place.settings(deliveries=1)) as archive:
        batch = open_batch(archive, Custody("disk", "1", "op"))
        for shade in (20, 200):
            assert len([*take(archive, batch, f"{shade}.png", io.BytesIO(picture(shade)))]) == 1
    return home


def run(home, *words):
    result = CliRunner().invoke(queue_commands.queue, [*words, "--home", str(home)])
    return result.exit_code, result.stdout


def as_json(home, *words):
    code, said = run(home, *words, "--json")
    assert code == 0
    return json.loads(said)


def test_the_commands_count_list_replay_and_remove(home, place):
    for _ in range(2):
        raw_messages(place.broker(), queue_of(Stage.OPEN))
    put_raw(place.broker(), READS, b"nonsense")
    with open_archive(home) as archive:
        archive.queue.take("one")
    told = as_json(home, "status")
    assert told["dead_letters"] == 3
    assert told["stages"][0] == {"stage": "open", "waiting": 2, "in_hand": 0, "messages": 0}
    listed = as_json(home, "dead")
    assert (listed["count"], listed["reasons"]) == (3, {"delivery_limit": 2, "rejected": 1})
    assert run(home, "dead")[1].count("claimkeep.open") == 2
    assert as_json(home, "replay", listed["letters"][0]["message"]) == {"replayed": 1}
    assert as_json(home, "replay", "--all") == {"replayed": 1}
    assert run(home, "replay", "none-such")[0] == 3
    assert run(home, "replay")[0] == 2
    assert as_json(home, "status")["stages"][0]["messages"] == 2
    assert as_json(home, "purge", "--yes") == {"removed": 1}
    assert as_json(home, "dead")["count"] == 0


def test_an_archive_without_messages_says_so(archive):
    assert run(archive.home, "dead")[0] == 3
    assert as_json(archive.home, "status")["stages"][1]["waiting"] == 5
