"""MinIO, the community edition's last state, from its pinned source."""

from archive.settings import S3StoreSettings
from deploy.accounts import Role, ca_file, password_file
from deploy.compose import localised, read_service
from deploy.native.install import go
from deploy.native.server import Launch, Server
from deploy.native.site import LOCAL, Site
from deploy.native.web import ask
from deploy.set_up import set_up_bucket

NAME = "minio"
MODULE = "github.com/minio/minio"
VERSION = "v0.0.0-20260212201848-7aac2a2c5b7c"


def _install() -> None:
    go(MODULE, VERSION, NAME)


def _prepare(site: Site) -> None:
    site.own(site.home(NAME) / "objects")
    site.own(site.home(NAME))
    site.own(site.secrets / NAME)


def _launch(site: Site) -> Launch:
    service = read_service(NAME)
    places = {
        ":9000": endpoint(site),
        "/run/secrets": str(site.secrets / NAME),
        "/data": str(site.home(NAME) / "objects"),
    }
    _, *arguments = localised("\n".join(service.command), places).split("\n")
    secrets = {"/run/secrets": str(site.secrets / NAME)}
    environment = {
        key: localised(value, secrets) if key.endswith("_FILE") else value for key, value in service.environment.items()
    }
    home = {"HOME": str(site.home(NAME))}
    return Launch((str(go(MODULE, VERSION, NAME)), *arguments), environment | home)


def endpoint(site: Site) -> str:
    return f"{LOCAL}:{site.ports.minio}"


def _check(site: Site) -> None:
    ask(f"https://{endpoint(site)}/minio/health/ready", ca_file(site.secrets, NAME))


def _set_up(site: Site) -> None:
    settings = S3StoreSettings(
        backend="s3",
        endpoint=endpoint(site),
        bucket="claimkeep",
        access_key=Role.ADMIN.account,
        secret_key_file=password_file(site.secrets, Role.ADMIN, NAME),
    )
    set_up_bucket(site.secrets, settings)


SERVER = Server(NAME, _install, _prepare, _launch, _check, _set_up)
