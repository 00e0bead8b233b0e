"""Parts of an archive on real servers, of one's own and gone afterwards."""

import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from elasticsearch import Elasticsearch
from minio import Minio

from deploy.accounts import Role
from deploy.buckets import pool
from deploy.database import make_database, remove_database
from deploy.native import rabbitmq
from deploy.native.site import LOCAL
from deploy.native.stack import Stack

_SERVERS = ("postgresql", "rabbitmq", "elasticsearch", "minio")


@contextmanager
def new_parts(stack: Stack) -> Iterator[str]:
    """Settings that name an empty bucket, index, database and virtual host on the servers of *stack*, which are started where
    they do not run."""
    name = f"claimkeep-bench-{secrets.token_hex(4)}"
    stack.up(*_SERVERS)
    with _connected(stack) as connection:
        make_database(connection, name)
    rabbitmq.make_virtual_host(stack.site, name)
    try:
        yield _toml(_settings(stack, name))
    finally:
        rabbitmq.remove_virtual_host(stack.site, name)
        _remove_index(stack, name)
        _remove_bucket(stack, name)
        with _connected(stack) as connection:
            remove_database(connection, name)


def _settings(stack: Stack, name: str) -> Mapping[str, Mapping[str, str | int]]:
    def common(server: str, account: str, secret: str) -> dict[str, str | int]:
        password = stack.password_file(Role.ADMIN, server)
        return {account: stack.account(Role.ADMIN), secret: str(password), "ca_file": str(stack.ca_file())}

    def at(server: str) -> dict[str, str | int]:
        return {"host": LOCAL, "port": stack.port(server), **common(server, "user", "password_file")}

    return {
        "store": {
            "backend": "s3",
            "endpoint": f"{LOCAL}:{stack.port('minio')}",
            "bucket": name,
            **common("minio", "access_key", "secret_key_file"),
        },
        "index": {
            "backend": "elasticsearch",
            "url": _elasticsearch(stack),
            "name": name,
            **common("elasticsearch", "user", "password_file"),
        },
        "catalog": {"backend": "postgresql", "database": name, **at("postgresql")},
        "queue": {"backend": "celery", "virtual_host": name, **at("rabbitmq")},
    }


def _toml(parts: Mapping[str, Mapping[str, str | int]]) -> str:
    """Words and whole numbers are written in TOML as in JSON."""
    lines = []
    for part, values in parts.items():
        lines += [f"[{part}]", *(f"{name} = {json.dumps(value)}" for name, value in values.items()), ""]
    return "\n".join(lines)


def _elasticsearch(stack: Stack) -> str:
    return f"https://{LOCAL}:{stack.port('elasticsearch')}"


def _connected(stack: Stack) -> psycopg.Connection[tuple[Any, ...]]:
    return psycopg.connect(
        host=LOCAL,
        port=stack.port("postgresql"),
        dbname="postgres",
        user=stack.account(Role.ADMIN),
        password=stack.password(Role.ADMIN, "postgresql"),
        sslmode="verify-full",
        sslrootcert=str(stack.ca_file()),
        autocommit=True,
    )


def _remove_index(stack: Stack, name: str) -> None:
    account = (stack.account(Role.ADMIN), stack.password(Role.ADMIN, "elasticsearch"))
    with Elasticsearch([_elasticsearch(stack)], basic_auth=account, ca_certs=str(stack.ca_file())) as client:
        for index in client.indices.get(index=f"{name}*"):
            client.indices.delete(index=index)


def _remove_bucket(stack: Stack, name: str) -> None:
    connections = pool(stack.ca_file())
    try:
        client = Minio(
            endpoint=f"{LOCAL}:{stack.port('minio')}",
            access_key=stack.account(Role.ADMIN),
            secret_key=stack.password(Role.ADMIN, "minio"),
            http_client=connections,
        )
        if client.bucket_exists(bucket_name=name):
            for each in client.list_objects(bucket_name=name, recursive=True, include_version=True):
                client.remove_object(bucket_name=name, object_name=str(each.object_name), version_id=each.version_id)
            client.remove_bucket(bucket_name=name)
    finally:
        connections.clear()
