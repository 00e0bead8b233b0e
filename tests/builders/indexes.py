"""Places for search indexes: a file, or a name of its own on the real server."""

import json
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from elasticsearch import Elasticsearch

from archive.index.elasticsearch import ElasticsearchIndex, open_elasticsearch
from archive.index.port import SearchIndex
from archive.index.sqlite import SqliteIndex
from deploy.accounts import Role
from tests.builders.services import account


class Place(Protocol):
    """Where indexes are opened: each time the same one, as another process would."""

    def open(self) -> SearchIndex: ...

    def settings(self) -> str: ...

    def generations(self) -> list[str]:
        """What is held there: the index in service, and those that are being built or were left behind."""
        ...

    def empty(self) -> None:
        """Between two tests: nothing is held any more."""
        ...

    def clear(self) -> None:
        """After the last test: nothing is left."""
        ...


@dataclass(frozen=True, slots=True)
class File:
    path: Path

    def open(self) -> SqliteIndex:
        return SqliteIndex(self.path)

    def settings(self) -> str:
        """Settings of an archive whose index this is, if it is `index.db` in the archive's folder."""
        return ""

    def generations(self) -> list[str]:
        names = (each.name for each in self.path.parent.glob(f"{self.path.stem}*") if not each.is_symlink())
        return sorted(name for name in names if not name.endswith(("-wal", "-shm", ".lock")))

    def empty(self) -> None:
        """The folder is the test's own."""

    def clear(self) -> None:
        """The folder is the test's own."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that nobody else has, on the Elasticsearch that all tests share."""

    name: str

    def open(self, role: Role = Role.ADMIN, **other: object) -> ElasticsearchIndex:
        at = account("elasticsearch", role)
        options = {"ca_file": at.ca_file, "shards": 1, "replicas": 0, "timeout_seconds": 20.0}
        plain = {"url": f"https://{at.endpoint}", "name": self.name, "user": at.user, "password": at.password}
        return open_elasticsearch(**{**plain, **options, **other})

    def settings(self, role: Role = Role.ADMIN) -> str:
        """Settings of an archive whose index this is."""
        at = account("elasticsearch", role)
        values = {"url": f"https://{at.endpoint}", "name": self.name, "user": at.user}
        files = {"password_file": str(at.password_file), "ca_file": str(at.ca_file)}
        lines = (f"{name} = {json.dumps(value)}" for name, value in {"backend": "elasticsearch", **values, **files}.items())
        return "\n".join(("[index]", *lines, ""))

    def client(self) -> Elasticsearch:
        at = account("elasticsearch")
        return Elasticsearch([f"https://{at.endpoint}"], basic_auth=(at.user, at.password), ca_certs=str(at.ca_file))

    def generations(self) -> list[str]:
        with self.client() as client:
            return sorted(client.indices.get_alias(index=f"{self.name}-*"))

    def empty(self) -> None:
        index = self.open()
        index.refresh()
        with self.client() as client:
            if held := [{"delete": {"_index": self.name, "_id": each}} for each in index.document_ids()]:
                client.bulk(operations=held, refresh=True)
        index.close()

    def clear(self) -> None:
        with self.client() as client:
            for index in client.indices.get_alias(index=f"{self.name}*"):
                client.indices.delete(index=index)


def elasticsearch_name() -> Name:
    return Name(f"claimkeep-index-{secrets.token_hex(4)}")
