"""Places for object stores: a folder, or a bucket of its own on a real server."""

import contextlib
import functools
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from minio.deleteobjects import DeleteObject
from minio.error import S3Error

from archive.store.filesystem import FilesystemStore
from archive.store.port import ObjectStore
from archive.store.s3 import ObjectLock, S3Store, open_s3
from archive.store.s3_client import Account, S3Client, connect
from archive.store.s3_listing import versions
from archive.store.s3_upload import Upload, tree
from deploy.accounts import Role
from deploy.native.stack import Stack

NO_LOCK = ObjectLock(retention_days=0, legal_hold=False)


class Place(Protocol):
    """Where stores are opened: each time another one, with all that the former ones left."""

    def open(self) -> ObjectStore: ...

    def begin_and_die(self, key: str) -> None:
        """What a writer leaves that is killed in the middle of *key*."""
        ...

    def unfinished(self) -> int:
        """Things begun and neither finished nor cleared."""
        ...


@dataclass(frozen=True, slots=True)
class Folder:
    path: Path

    def open(self) -> FilesystemStore:
        return FilesystemStore(self.path)

    def begin_and_die(self, key: str) -> None:
        (self.path / ".unfinished" / secrets.token_hex(16)).write_bytes(b"half a scan")

    def unfinished(self) -> int:
        return sum(1 for _ in (self.path / ".unfinished").iterdir())


@dataclass(frozen=True, slots=True)
class Server:
    """A server that speaks S3, and an account there that may do everything."""

    endpoint: str
    access_key: str
    secret_key: str = field(repr=False)
    ca_file: Path

    @property
    def account(self) -> Account:
        return Account(self.endpoint, self.access_key, self.secret_key, "us-east-1", tls=True, ca_file=self.ca_file)

    def client(self) -> S3Client:
        return connect(self.account, timeout_seconds=20, tries=3)


@dataclass(frozen=True, slots=True)
class Bucket:
    server: Server
    name: str

    def open(self, lock: ObjectLock = NO_LOCK, endpoint: str | None = None, timeout_seconds: float = 20.0) -> S3Store:
        return open_s3(
            endpoint or self.server.endpoint,
            self.name,
            self.server.access_key,
            self.server.secret_key,
            region="us-east-1",
            tls=True,
            ca_file=self.server.ca_file,
            lock=lock,
            timeout_seconds=timeout_seconds,
        )

    def begin_and_die(self, key: str) -> None:
        Upload.begin(self.server.client(), self.name, key, {})

    def unfinished(self) -> int:
        answer = self.server.client().request("GET", self.name, query={"uploads": ""})
        return len(tree(answer).findall("{*}Upload"))

    def versions(self, prefix: str = "") -> list[tuple[str, str]]:
        """Key and version of everything whose key begins so, marks of deletion too."""
        return list(versions(self.server.client(), self.name, prefix))

    def remove(self) -> None:
        """With all that is in it; what is under retention stays, and the bucket with it."""
        client = self.server.client()
        for key, version in self.versions("originals/"):
            with contextlib.suppress(S3Error):  # not every one is held
                client.disable_object_legal_hold(self.name, key, version_id=version)
        list(client.remove_objects(self.name, [DeleteObject(key, version) for key, version in self.versions()]))
        with contextlib.suppress(S3Error):
            client.remove_bucket(self.name)


def s3_server(name: str) -> Server:
    """The server *name*, `minio` or `versitygw`, and its administrator; started if it does not run."""
    return s3_account(name, Role.ADMIN)


@functools.cache
def s3_account(name: str, role: Role) -> Server:
    stack = Stack()
    stack.up(name)
    return Server(f"127.0.0.1:{stack.port(name)}", stack.account(role), stack.password(role, name), stack.ca_file())


@contextlib.contextmanager
def a_bucket(server: Server, prefix: str = "store") -> Iterator[Bucket]:
    """A bucket's name that nobody uses, and no more of it afterwards."""
    bucket = Bucket(server, f"{prefix}-{secrets.token_hex(8)}")
    try:
        yield bucket
    finally:
        with contextlib.suppress(S3Error):  # it may never have been made
            bucket.remove()
