"""An archive whose index is on a real Elasticsearch, under a name of its own that is gone afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from elasticsearch import Elasticsearch

from archive.index.elasticsearch import ElasticsearchIndex
from archive.index.keyed import KeyedIndex
from archive.index.labelled import LabelledIndex
from archive.wiring import Archive, create_archive
from deploy.accounts import Role
from deploy.native.stack import Stack


@contextmanager
def archive_on_elasticsearch(home: Path, name: str, more: str = "") -> Iterator[tuple[Archive, ElasticsearchIndex]]:
    """A new archive in *home* with an empty index *name* and *more* settings; the server is started where it does not run."""
    stack = Stack()
    stack.up("elasticsearch")
    with create_archive(home, settings=more + _settings(stack, name)) as archive:
        index = archive.index
        while isinstance(index, (LabelledIndex, KeyedIndex)):
            index = index.inner
        if not isinstance(index, ElasticsearchIndex):
            raise TypeError("the settings name another index")
        index.rebuild().serve()  # what an earlier run left is gone
        yield archive, index


@contextmanager
def admin_client() -> Iterator[Elasticsearch]:
    stack = Stack()
    account = (stack.account(Role.ADMIN), stack.password(Role.ADMIN, "elasticsearch"))
    url = f"https://127.0.0.1:{stack.port('elasticsearch')}"
    with Elasticsearch(url, basic_auth=account, ca_certs=str(stack.ca_file()), request_timeout=60) as client:
        yield client


def remove_index(name: str) -> None:
    """Delete every generation of the index *name*."""
    with admin_client() as client:
        for generation in client.indices.get_alias(name=name):
            client.indices.delete(index=generation)


def _settings(stack: Stack, name: str) -> str:
    return f"""
        [index]
        backend = "elasticsearch"
        url = "https://127.0.0.1:{stack.port("elasticsearch")}"
        name = "{name}"
        user = "{stack.account(Role.WORKER)}"
        password_file = "{stack.password_file(Role.WORKER, "elasticsearch")}"
        ca_file = "{stack.ca_file(Role.WORKER)}"
    """
