"""Versity's S3 gateway over a folder: the second server that the store's contract is held to. Tests alone use it."""

import minio
from minio.error import MinioException
from urllib3.exceptions import HTTPError

from deploy.accounts import Role, ca_file, password_file
from deploy.buckets import pool
from deploy.native.errors import NotReady
from deploy.native.install import go
from deploy.native.server import Launch, Server, nothing
from deploy.native.site import LOCAL, Site

NAME = "versitygw"
MODULE = "github.com/versity/versitygw/cmd/versitygw"
VERSION = "v1.8.0"


def _install() -> None:
    go(MODULE, VERSION, NAME)


def _prepare(site: Site) -> None:
    for folder in ("objects", "versions"):
        site.own(site.home(NAME) / folder)
    site.own(site.home(NAME))
    site.own(site.secrets / NAME)


def _launch(site: Site) -> Launch:
    secrets, home = site.secrets / NAME, site.home(NAME)
    return Launch(
        (str(go(MODULE, VERSION, NAME)), "posix", "--versioning-dir", str(home / "versions"), str(home / "objects")),
        {
            "VGW_PORT": endpoint(site),
            "VGW_CERT": str(secrets / "server.pem"),
            "VGW_KEY": str(secrets / "server.key"),
            "VGW_QUIET": "true",
            "ROOT_ACCESS_KEY": Role.ADMIN.account,
            "ROOT_SECRET_KEY": _password(site),
            "HOME": str(home),
        },
    )


def endpoint(site: Site) -> str:
    return f"{LOCAL}:{site.ports.versitygw}"


def _password(site: Site) -> str:
    return password_file(site.secrets, Role.ADMIN, NAME).read_text(encoding="utf-8")


def _check(site: Site) -> None:
    connections = pool(ca_file(site.secrets, NAME))
    try:
        minio.Minio(endpoint(site), Role.ADMIN.account, _password(site), http_client=connections).list_buckets()
    except (MinioException, HTTPError) as error:
        raise NotReady(f"{NAME}: {type(error).__name__}") from error
    finally:
        connections.clear()


SERVER = Server(NAME, _install, _prepare, _launch, _check, nothing)
