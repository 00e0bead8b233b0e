"""The real servers: each proves who it is, asks who we are, and lets nobody do more than they need."""

import io
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import amqp
import psutil
import psycopg
import pytest
from minio import Minio
from minio.commonconfig import COMPLIANCE, GOVERNANCE
from minio.deleteobjects import DeleteObject
from minio.error import S3Error
from minio.objectlockconfig import ObjectLockConfig
from minio.retention import Retention
from minio.versioningconfig import SUSPENDED, VersioningConfig
from PIL import Image

from archive.catalog.postgresql import open_postgresql
from archive.clock import utc_now
from archive.settings import Settings, parse_settings
from archive.wiring import open_archive
from deploy.accounts import SERVERS, Role
from deploy.buckets import pool
from deploy.certificates import Authority
from deploy.compose import read_service
from deploy.database import connect
from deploy.native.errors import CannotProvide, NotReady
from deploy.native.site import Ports
from deploy.native.stack import NAMES, Stack
from deploy.native.web import ask
from deploy.set_up import set_up
from tests.builders.services import account, as_role, own_database, own_stack, own_virtual_host, services
from tests.builders.typed_pages import typed_page

pytestmark = pytest.mark.service

TLS_FROM_THE_START = ("elasticsearch", "minio", "versitygw", "rabbitmq", "rabbitmq_management")
"""PostgreSQL begins in plain and changes over when both sides want to (its protocol, `SSLRequest`)."""

over_tls = pytest.mark.parametrize("server", TLS_FROM_THE_START)
least_privileged = pytest.mark.parametrize("role", [Role.API, Role.WORKER])


@pytest.fixture
def stranger(tmp_path):
    """The certificate of an authority that vouched for none of the servers."""
    file = tmp_path / "stranger.pem"
    file.write_bytes(Authority.make(utc_now()).own.certificate)
    return file


def greet(port, ca, host="127.0.0.1"):
    trusted = ssl.create_default_context(cafile=ca)
    with (
        socket.create_connection(("127.0.0.1", port), timeout=10) as plain,
        trusted.wrap_socket(plain, server_hostname=host) as talk,
    ):
        return talk.version()


# Who the server is


@over_tls
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_server_proves_its_name(server, host):
    assert greet(services().port(server), services().ca_file(), host) in {"TLSv1.2", "TLSv1.3"}


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_proves_the_name_that_it_has_among_containers(server):
    context = ssl.create_default_context(cafile=services().ca_file())
    context.check_hostname = True
    certificate = services().site.secrets / server / "server.pem"
    names = ssl._ssl._test_decode_cert(str(certificate))["subjectAltName"]
    assert ("DNS", server) in names


@over_tls
def test_a_server_for_which_a_stranger_vouches_is_refused(server, stranger):
    with pytest.raises(ssl.SSLCertVerificationError):
        greet(services().port(server), stranger)


@over_tls
def test_a_server_of_another_name_is_refused(server):
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        greet(services().port(server), services().ca_file(), "elsewhere.invalid")


@over_tls
@pytest.mark.parametrize("words", [b"GET / HTTP/1.0\r\n\r\n", b"AMQP\x00\x00\x09\x01"], ids=["http", "amqp"])
def test_plain_words_are_not_answered(server, words):
    with socket.create_connection(("127.0.0.1", services().port(server)), timeout=10) as plain:
        plain.sendall(words)
        try:
            answer = plain.recv(200)
        except ConnectionResetError:
            answer = b""
    assert not answer.startswith((b"AMQP", b"\x01"))
    assert b" 200 " not in answer


def test_postgresql_proves_its_name():
    with as_role("claimkeep") as connection:
        assert connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone() == (True,)


def test_postgresql_for_which_a_stranger_vouches_is_refused(stranger):
    reached = account("postgresql")
    with pytest.raises(psycopg.OperationalError, match="certificate verify failed"):
        connect(reached.host, reached.port, "claimkeep", reached.user, reached.password, stranger)


def test_postgresql_takes_no_plain_connection():
    reached = account("postgresql")
    with pytest.raises(psycopg.OperationalError, match="reject"):
        psycopg.connect(
            host=reached.host,
            port=reached.port,
            dbname="claimkeep",
            user=reached.user,
            password=reached.password,
            sslmode="disable",
        )


# Who we are


def test_postgresql_refuses_a_wrong_password():
    reached = account("postgresql", Role.API)
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        connect(reached.host, reached.port, "claimkeep", reached.user, "guessed", reached.ca_file)


@pytest.mark.parametrize("server", ["elasticsearch", "rabbitmq_management"])
@pytest.mark.parametrize("user", ["claimkeep_admin", ""], ids=["wrong password", "nobody"])
def test_a_server_over_http_refuses_who_is_not_known(server, user):
    address = f"https://127.0.0.1:{services().port(server)}/{'api/overview' if 'rabbit' in server else '_cluster/health'}"
    with pytest.raises(NotReady, match="401"):
        ask(address, services().ca_file(), user=user, password="guessed")


@pytest.mark.parametrize("server", ["minio", "versitygw"])
def test_a_store_refuses_a_wrong_secret(server):
    with pytest.raises(S3Error, match="SignatureDoesNotMatch"):
        store(Role.ADMIN, server, secret="guessed-guessed").list_buckets()


def test_rabbitmq_refuses_a_wrong_password():
    connection = broker(Role.WORKER, "claimkeep", password="guessed")
    with pytest.raises(amqp.exceptions.AccessRefused):
        connection.connect()
    connection.collect()


# What an account may do at the store


def store(role, server="minio", secret=None):
    reached = account(server, role)
    return Minio(reached.endpoint, reached.user, secret or reached.password, http_client=pool(reached.ca_file))


@pytest.fixture
def bucket():
    """A bucket of its own, with an original, something that came in, and something made."""
    admin = store(Role.ADMIN)
    name = f"claimkeep-services-{id(admin):x}"
    admin.make_bucket(name, object_lock=True)
    for key in ("originals/a", "incoming/a", "derived/a"):
        admin.put_object(name, key, io.BytesIO(b"claim"), 5)
    yield name
    there = admin.list_objects(name, recursive=True, include_version=True)
    assert [*admin.remove_objects(name, (DeleteObject(each.object_name, each.version_id) for each in there))] == []
    admin.remove_bucket(name)


def first_version(name, key):
    return next(iter(store(Role.ADMIN).list_objects(name, prefix=key, include_version=True))).version_id


@least_privileged
def test_an_original_can_be_read_and_added_but_not_deleted(bucket, role):
    client = store(role)
    client.put_object(bucket, "originals/b", io.BytesIO(b"another"), 7)
    for version in (None, first_version(bucket, "originals/a")):
        with pytest.raises(S3Error, match="AccessDenied"):
            client.remove_object(bucket, "originals/a", version_id=version)
    with client.get_object(bucket, "originals/a") as answer:
        assert answer.read() == b"claim"


@least_privileged
def test_an_original_cannot_be_deleted_among_others_either(bucket, role):
    (error,) = store(role).remove_objects(bucket, [DeleteObject("originals/a"), DeleteObject("incoming/a")])
    assert (error.name, error.code) == ("originals/a", "AccessDenied")


@least_privileged
def test_versions_and_the_bucket_are_not_theirs_to_change(bucket, role):
    client = store(role)
    with pytest.raises(S3Error, match="AccessDenied"):
        client.set_bucket_versioning(bucket, VersioningConfig(SUSPENDED))
    with pytest.raises(S3Error, match="AccessDenied"):
        client.set_object_lock_config(bucket, ObjectLockConfig(None, None, None))
    with pytest.raises(S3Error, match="AccessDenied"):
        client.remove_bucket(bucket)


@least_privileged
def test_retention_can_be_set_with_an_original_and_not_be_shortened(bucket, role):
    client, until = store(role), utc_now() + timedelta(seconds=4)
    client.put_object(bucket, "originals/b", io.BytesIO(b"held"), 4, retention=Retention(COMPLIANCE, until))
    with pytest.raises(S3Error, match=r"WORM protected|AccessDenied"):
        client.set_object_retention(bucket, "originals/b", Retention(COMPLIANCE, until - timedelta(seconds=2)))
    with pytest.raises(S3Error, match="AccessDenied"):
        client.set_object_retention(bucket, "originals/a", Retention(GOVERNANCE, until))
    assert client.get_object_retention(bucket, "originals/b").retain_until_date >= until.replace(microsecond=0)
    time.sleep(5)  # what is retained cannot be cleared away by anybody


@least_privileged
def test_a_hold_can_be_set_and_not_be_lifted(bucket, role):
    client = store(role)
    client.put_object(bucket, "originals/b", io.BytesIO(b"held"), 4, legal_hold=True)
    with pytest.raises(S3Error, match="AccessDenied"):
        client.disable_object_legal_hold(bucket, "originals/b")
    assert client.is_object_legal_hold_enabled(bucket, "originals/b")
    store(Role.ADMIN).disable_object_legal_hold(bucket, "originals/b")


@least_privileged
def test_what_has_just_come_in_can_be_deleted(bucket, role):
    store(role).remove_object(bucket, "incoming/a")
    with pytest.raises(S3Error, match="NoSuchKey"):
        store(role).stat_object(bucket, "incoming/a")


def test_what_was_made_is_deleted_by_workers_only(bucket):
    with pytest.raises(S3Error, match="AccessDenied"):
        store(Role.API).remove_object(bucket, "derived/a")
    store(Role.WORKER).remove_object(bucket, "derived/a")


# What an account may do in the catalog


@pytest.fixture(scope="module")
def catalog():
    """A database with all tables and grants, and one entry in its ledger."""
    with own_database() as name:
        admin = account("postgresql")
        open_postgresql(
            admin.host, admin.port, name, admin.user, admin.password, tls=True, ca_file=admin.ca_file, timeout_seconds=30
        ).close()
        services().grant(name)
        yield name


APPEND = (
    "INSERT INTO events (sequence, at, kind, body, previous, digest, seal)"
    " SELECT coalesce(max(sequence), 0) + 1, '2026', 'archive.created', '', '', '', '' FROM events"
)


def test_a_database_goes_though_connections_to_it_are_left():
    with own_database() as name:
        left = as_role(name)
    with pytest.raises(psycopg.OperationalError):
        left.execute("SELECT 1")
    with pytest.raises(psycopg.OperationalError, match="does not exist"):
        as_role(name)


@least_privileged
def test_the_ledger_can_be_read_and_added_to(catalog, role):
    with as_role(catalog, role) as connection:
        before = connection.execute("SELECT count(*) FROM events").fetchone()
        connection.execute(APPEND)
        assert connection.execute("SELECT count(*) FROM events").fetchone() == (before[0] + 1,)


@least_privileged
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET body = 'forged'",
        "DELETE FROM events",
        "TRUNCATE events",
        "DROP TABLE events",
        "ALTER TABLE events DISABLE TRIGGER ALL",
        "DELETE FROM documents",
        "DELETE FROM items",
        "DELETE FROM pages",
        "DELETE FROM batches",
        "UPDATE readings SET confidence = 1",
        "UPDATE decisions SET decided_by = 'me'",
        "DELETE FROM decisions",
        "DELETE FROM mask_edits",
        "DELETE FROM unmaskings",
        "UPDATE sample_plans SET seed = '0'",
        "INSERT INTO users (user_id, role, token_digest, added_at) VALUES ('me', 'archivist', '', '')",
        "UPDATE users SET role = 'archivist'",
        "UPDATE alembic_version SET version_num = 'x'",
        "CREATE TABLE mine (a int)",
        "CREATE TEMPORARY TABLE mine (a int)",
        "SET ROLE claimkeep_admin",
        "ALTER ROLE claimkeep_api SUPERUSER",
        "SELECT * FROM pg_authid",
        "COPY documents TO PROGRAM 'true'",
    ],
)
def test_what_has_happened_and_who_may_what_cannot_be_changed(catalog, role, statement):
    with as_role(catalog, role) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute(statement)


@least_privileged
def test_the_work_of_the_archive_can_be_done(catalog, role):
    with as_role(catalog, role) as connection:
        for table in ("documents", "pages", "work", "ledger_head", "derivatives", "derived_pages", "change_sets", "unmaskings"):
            connection.execute(f"UPDATE {table} SET {'one = 1' if table == 'ledger_head' else 'state = state'}")
        connection.execute("DELETE FROM derived_pages")


def test_a_table_of_a_later_migration_can_be_added_to_at_once_and_not_changed(catalog):
    with as_role(catalog) as admin, as_role(catalog, Role.WORKER) as worker:
        admin.execute("CREATE TABLE later (what text)")
        worker.execute("INSERT INTO later VALUES ('new')")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            worker.execute("DELETE FROM later")


# What an account may do at the index


@pytest.fixture
def index():
    name = f"claimkeep-services-{id(object()):x}"
    at_index(Role.WORKER, f"{name}", "PUT", {"mappings": {"properties": {"n": {"type": "integer"}}}})
    at_index(Role.WORKER, f"{name}/_doc/1?refresh=true", "PUT", {"n": 1})
    yield name
    at_index(Role.WORKER, name, "DELETE")


def at_index(role, path, method="GET", body=None):
    reached = account("elasticsearch", role)
    return ask(
        f"https://{reached.endpoint}/{path}",
        reached.ca_file,
        user=reached.user,
        password=reached.password,
        method=method,
        body=body,
    )


def test_the_api_may_search(index):
    assert at_index(Role.API, f"{index}/_search")["hits"]["total"]["value"] == 1


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "{}/_doc/2", {"n": 2}),
        ("POST", "{}/_update/1", {"doc": {"n": 2}}),
        ("DELETE", "{}/_doc/1", None),
        ("DELETE", "{}", None),
        ("PUT", "{}-more", None),
        ("PUT", "{}/_settings", {"index.number_of_replicas": 1}),
    ],
)
def test_the_api_may_write_nothing_to_the_index(index, method, path, body):
    with pytest.raises(NotReady, match="403"):
        at_index(Role.API, path.format(index), method, body)


def test_the_api_may_not_point_a_name_to_another_index(index):
    with pytest.raises(NotReady, match="403"):
        at_index(Role.API, "_aliases", "POST", {"actions": [{"add": {"index": index, "alias": "claimkeep-mine"}}]})


@least_privileged
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("PUT", "others", {}),
        ("GET", ".security-7/_search", None),
        ("GET", "_security/user", None),
        ("PUT", "_security/role/claimkeep_api", {"cluster": ["all"]}),
        ("PUT", "_cluster/settings", {"persistent": {"action.auto_create_index": True}}),
    ],
)
def test_other_indexes_and_accounts_are_closed(role, method, path, body):
    with pytest.raises(NotReady, match="403"):
        at_index(role, path, method, body)


# What an account may do at the broker


def broker(role, virtual_host, password=None):
    reached = account("rabbitmq", role)
    return amqp.Connection(
        reached.endpoint,
        userid=reached.user,
        password=password or reached.password,
        virtual_host=virtual_host,
        ssl={"ca_certs": str(reached.ca_file), "server_hostname": reached.host, "cert_reqs": ssl.CERT_REQUIRED},
        connect_timeout=10,
    )


@pytest.fixture(scope="module")
def virtual_host():
    """With one queue."""
    with own_virtual_host() as name:
        with broker(Role.WORKER, name) as connection:
            connection.channel().queue_declare("claimkeep.services", durable=True, auto_delete=False)
        yield name


def test_the_api_may_publish_and_a_worker_takes_it(virtual_host):
    with broker(Role.API, virtual_host) as connection:
        connection.channel().basic_publish_confirm(amqp.Message("42"), routing_key="claimkeep.services", timeout=10)
    with broker(Role.WORKER, virtual_host) as connection:
        message = connection.channel().basic_get("claimkeep.services", no_ack=True)
        assert message.body == "42"


@pytest.mark.parametrize(
    "act",
    [
        lambda channel: channel.basic_get("claimkeep.services"),
        lambda channel: channel.basic_consume("claimkeep.services"),
        lambda channel: channel.queue_purge("claimkeep.services"),
        lambda channel: channel.queue_delete("claimkeep.services"),
        lambda channel: channel.queue_declare("claimkeep.mine"),
        lambda channel: channel.exchange_declare("claimkeep.mine", "direct"),
    ],
    ids=["get", "consume", "purge", "delete", "declare a queue", "declare an exchange"],
)
def test_the_api_may_only_publish(virtual_host, act):
    with broker(Role.API, virtual_host) as connection, pytest.raises(amqp.exceptions.AccessRefused):
        act(connection.channel())


@least_privileged
def test_the_broker_is_set_up_by_the_administrator_alone(role):
    reached = account("rabbitmq", role)
    address = f"https://127.0.0.1:{services().port('rabbitmq_management')}/api/users"
    with pytest.raises(NotReady, match="401"):
        ask(address, reached.ca_file, user=reached.user, password=reached.password)


# Our own containers


@pytest.fixture(scope="module")
def homes(tmp_path_factory):
    """An archive on the shared servers as the service `init` makes it, in one home for each role, with that role's settings."""
    with own_parts() as (name, written):
        first = tmp_path_factory.mktemp("init") / "archive"
        for _ in ("made", "found"):
            set_up(services().site.secrets, first, written(Role.ADMIN))
        yield {role: home_of(role, first, written(role)) for role in Role}
        for index in at_index(Role.ADMIN, f"{name}*"):
            at_index(Role.ADMIN, index, "DELETE")


@contextmanager
def own_parts():
    """A name for a database, bucket, virtual host and indexes, and settings that name them."""
    with own_database() as database, own_virtual_host() as name:
        yield name, lambda role: own_settings(role, name, database)
        admin = store(Role.ADMIN)
        there = admin.list_objects(name, recursive=True, include_version=True)
        assert [*admin.remove_objects(name, (DeleteObject(each.object_name, each.version_id) for each in there))] == []
        admin.remove_bucket(name)


def own_settings(role, name, database):
    shared = services().settings(role)
    named = shared.replace('= "claimkeep"', f'= "{name}"').replace("[index]", f'[index]\nname = "{name}"')
    return named.replace(f'database = "{name}"', f'database = "{database}"')


def home_of(role, first, written):
    home = first.parent / role.value
    shutil.copytree(first, home)
    (home / "claimkeep.toml").write_text(written, "utf-8")
    return home


def run_service(name, home, *options):
    """The command of the service *name*, with its environment, in *home*."""
    service = read_service(name)
    program, *arguments = service.command
    environment = service.environment | {"CLAIMKEEP_HOME": str(home), "PATH": "/usr/bin:/bin", "OMP_NUM_THREADS": "1"}
    environment |= {key: "127.0.0.1" for key in environment if key.endswith("__HOST")} | {"CLAIMKEEP_METRICS__PORT": "0"}
    return subprocess.Popen(
        (Path(sys.executable).with_name(program), *arguments, *options),
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def test_the_api_runs_by_its_own_account_and_finds_every_part_well(homes):
    with run_service("api", homes[Role.API], "--port", "0") as process:
        address = re.search(r"http://[\d.:]+", process.stdout.readline())[0]
        try:
            assert ask(f"{address}/health/live") == {"status": "live"}
            assert ask(f"{address}/health/ready") == {"status": "ready"}
        finally:
            process.send_signal(signal.SIGTERM)
        said = process.stdout.read()
        assert process.wait(60) == 0, said


@pytest.mark.slow
def test_a_worker_runs_by_its_own_account_on_what_the_api_took_in(homes, tmp_path):
    scan = tmp_path / "claim.png"
    Image.fromarray(typed_page().pixels).save(scan, dpi=(150, 150))
    take_in = ["ingest", str(scan), "--source", "a", "--box", "b", "--operator", "c", "--json", "--home", str(homes[Role.API])]
    claimkeep = Path(sys.executable).with_name("claimkeep")
    subprocess.run([claimkeep, *take_in], check=True, capture_output=True)
    with run_service("worker", homes[Role.WORKER], "--processes", "1") as process:
        try:
            wait_until(lambda: standing(homes[Role.API]) == ["complete"], process)
        finally:
            process.send_signal(signal.SIGTERM)
        said = process.stdout.read()
        assert process.wait(120) in {0, 1}, said


def standing(home):
    with open_archive(home) as archive, archive.catalog.read() as connection:
        return [state for (state,) in connection.exec_driver_sql("SELECT state FROM documents").all()]


def wait_until(is_so, process, seconds=400.0):
    until = time.monotonic() + seconds
    while not is_so():
        assert process.poll() is None, process.stdout.read()
        assert time.monotonic() < until, "the worker does not get on"
        time.sleep(1)


# Secrets


def known_secrets():
    """All passwords and private keys of the shared stack, by file. Names of accounts are none."""
    folder = services().site.secrets
    passwords = [path for path in folder.glob("*/*") if path.name in {*NAMES, "superuser", "password", "root-password"}]
    keys = {path: path.read_text("utf-8").splitlines()[1] for path in folder.rglob("*.key")}
    return {path: path.read_text("utf-8") for path in passwords} | keys


def test_secrets_stand_in_no_command_line():
    found = known_secrets()
    assert len(found) > 20
    lines = [
        " ".join(process.cmdline())
        for process in psutil.process_iter()
        if process.is_running() and process.status() != "zombie"
    ]
    assert any("minio" in line for line in lines)
    assert [path for path, secret in found.items() for line in lines if secret in line] == []


def test_secrets_stand_in_no_log():
    state = services().site.folder
    logs = [
        path
        for path in state.rglob("*log*")
        if path.is_file() and not {"pgdata", "mnesia", "data"} & set(path.relative_to(state).parts)  # what is kept is no log
    ]
    assert {f"{name}.log" for name in NAMES} <= {path.name for path in logs}
    written = {path: path.read_text("utf-8", errors="replace") for path in logs}
    assert [(path, file) for path, secret in known_secrets().items() for file, text in written.items() if secret in text] == []


def test_secrets_are_for_their_owner_alone():
    folder = services().site.secrets
    assert {path.stat().st_mode & 0o077 for path in known_secrets()} == {0}
    assert {path.stat().st_mode & 0o077 for path in folder.iterdir()} == {0}


# Starting and ending


@pytest.mark.parametrize("server", SERVERS)
def test_the_command_of_the_compose_file_is_what_runs(server):
    program, *rest = read_service(server).command
    running = [psutil.Process(number).cmdline() for number in services().processes(server)]
    options = [each for each in rest if each.startswith("-")]
    of_java = "org.elasticsearch.bootstrap.Elasticsearch"
    named = [line for line in running if any(program.rpartition("/")[2] in word or word == of_java for word in line)]
    assert any(set(options) <= set(line) for line in named)


def test_nothing_runs_as_root():
    uids = {psutil.Process(number).uids().effective for name in NAMES for number in services().processes(name)}
    assert uids
    assert 0 not in uids


def test_a_second_start_of_what_runs_starts_nothing():
    before = {name: services().processes(name) for name in ("minio", "elasticsearch")}
    assert Stack().up(*before) == ()
    assert all(set(before[name]) <= set(services().processes(name)) for name in before)


@least_privileged
def test_the_settings_of_a_role_name_its_accounts_at_servers_that_answer(role):
    settings: Settings = parse_settings(services().settings(role), Path("claimkeep.toml"))
    reached = account("postgresql", role)
    assert settings.catalog.password_file.read_text("utf-8") == reached.password
    assert settings.catalog.ca_file == reached.ca_file
    greet(settings.queue.port, settings.queue.ca_file)
    greet(int(settings.store.endpoint.rpartition(":")[2]), settings.store.ca_file)
    greet(int(settings.index.url.rpartition(":")[2]), settings.index.ca_file)


@pytest.fixture(scope="module")
def small():
    """A stack of one's own, of servers that start fast."""
    with own_stack("postgresql", "minio", "toxiproxy") as stack:
        yield stack


@pytest.mark.parametrize("server", ["postgresql", "minio", "toxiproxy"])
def test_a_killed_server_is_gone_at_once_and_comes_back(small, server):
    before = set(small.processes(server))
    small.kill(server)
    assert small.processes(server) == ()
    assert not small.is_ready(server)
    small.start(server)
    assert small.is_ready(server)
    assert not before & set(small.processes(server))


def test_what_a_server_kept_is_there_after_a_kill(small):
    password = small.password(Role.ADMIN, "postgresql")
    place = ("127.0.0.1", small.port("postgresql"), "claimkeep", small.account(Role.ADMIN), password, small.ca_file())
    with connect(*place) as connection:
        connection.execute("CREATE TABLE kept (what text)")
        connection.execute("INSERT INTO kept VALUES ('yes')")
    small.kill("postgresql")
    small.start("postgresql")
    with connect(*place) as connection:
        assert connection.execute("SELECT what FROM kept").fetchall() == [("yes",)]


def test_a_number_that_another_process_has_by_now_does_not_keep_a_server_down(small):
    small.kill("postgresql")
    pid_file = small.site.home("postgresql") / "pgdata" / "postmaster.pid"
    first, *rest = pid_file.read_text("ascii").split("\n")
    assert first.isdigit()
    pid_file.write_text("\n".join((str(psutil.Process().pid), *rest)), "ascii")
    small.start("postgresql")
    assert small.is_ready("postgresql")


def test_two_that_start_at_once_start_one_server(small):
    small.stop("toxiproxy")
    with ThreadPoolExecutor(2) as both:
        started = list(both.map(lambda stack: stack.up("toxiproxy"), [Stack(small.site.folder), Stack(small.site.folder)]))
    assert sorted(started) == [(), ("toxiproxy",)]
    assert len(small.processes("toxiproxy")) == 1


def test_stacks_do_not_see_each_other(small):
    assert small.port("minio") != services().port("minio")
    assert not set(small.processes("minio")) & set(services().processes("minio"))
    assert small.password(Role.ADMIN, "minio") != services().password(Role.ADMIN, "minio")


def test_a_server_that_ends_at_once_is_told_with_its_last_words(small):
    small.stop("toxiproxy")
    with (
        socket.create_server(("127.0.0.1", small.port("toxiproxy"))),
        pytest.raises(CannotProvide, match="address already in use"),
    ):
        small.start("toxiproxy")
    small.start("toxiproxy")


def test_a_folder_that_servers_cannot_enter_is_told(tmp_path):
    if services().site.folder.owner() != "root":
        pytest.skip("servers run under our own account here")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(CannotProvide, match="cannot enter"):
        Stack(closed / "state", Ports.free()).up("toxiproxy")
