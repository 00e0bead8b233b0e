"""PostgreSQL 15."""

import shutil
import signal
from pathlib import Path

import psycopg

from archive.settings import PostgresqlCatalogSettings
from deploy.accounts import Role, ca_file, password_file
from deploy.compose import localised, read_service
from deploy.database import MIGHTY, connect
from deploy.native import processes
from deploy.native.errors import NotReady
from deploy.native.install import apt
from deploy.native.owner import give
from deploy.native.server import Launch, Server
from deploy.native.site import LOCAL, Site
from deploy.set_up import set_up_catalog

NAME = "postgresql"
_PROGRAMS = Path("/usr/lib/postgresql/15/bin")


def _install() -> None:
    if not (_PROGRAMS / "postgres").exists():
        apt("postgresql-15")


def _prepare(site: Site) -> None:
    home = site.own(site.home(NAME))
    secrets = site.own(site.secrets / NAME)
    service = read_service(NAME)
    places = {
        "listen_addresses = '0.0.0.0'": f"listen_addresses = '{LOCAL}'",
        "port = 5432": f"port = {site.ports.postgresql}",
        "'/var/run/postgresql'": "''",
        "/run/secrets": str(secrets),
    }
    for target, source in service.configs.items():
        text = source.read_text(encoding="utf-8")
        name = Path(target).name
        (home / name).write_text(localised(text, places) if name == "postgresql.conf" else text, encoding="utf-8")
    if not (home / "pgdata" / "PG_VERSION").exists():
        _begin(site, service.environment["POSTGRES_INITDB_ARGS"].split())
    _forget_the_dead(home / "pgdata" / "postmaster.pid")
    give(home)


def _begin(site: Site, arguments: list[str]) -> None:
    """Make the cluster beside its place and move it there: half a cluster never looks like one."""
    home = site.home(NAME)
    unfinished = home / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    give(home)
    owner = (f"--username={MIGHTY}", f"--pwfile={site.secrets / NAME / 'superuser'}")
    with site.log(NAME).open("ab") as output:
        processes.run_as_server((str(_PROGRAMS / "initdb"), *arguments, *owner, f"--pgdata={unfinished}"), home, {}, output)
    unfinished.rename(home / "pgdata")


def _forget_the_dead(pid_file: Path) -> None:
    """PostgreSQL does not start while a process has the number that it left behind, be it another one's by now, or a dead
    one's that nobody has collected."""
    if not pid_file.exists():
        return
    number = int(pid_file.read_text(encoding="ascii").split()[0])
    if processes.place(number) != pid_file.parent.resolve():
        pid_file.unlink()


def _launch(site: Site) -> Launch:
    service = read_service(NAME)
    home = str(site.home(NAME))
    program, *rest = service.command
    arguments = localised("\n".join(rest), {"/etc/claimkeep": home}).split("\n")
    return Launch((str(_PROGRAMS / program), "-D", f"{home}/pgdata", *arguments))


def _check(site: Site) -> None:
    password = (site.secrets / NAME / "superuser").read_text(encoding="utf-8")
    try:
        with connect(LOCAL, site.ports.postgresql, "postgres", MIGHTY, password, ca_file(site.secrets, NAME)) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error as error:
        raise NotReady(f"{NAME}: {type(error).__name__}") from error


def _set_up(site: Site) -> None:
    set_up_catalog(site.secrets, settings(site))


def settings(site: Site, database: str = "claimkeep") -> PostgresqlCatalogSettings:
    """Those of the administrator, for one of the server's databases."""
    return PostgresqlCatalogSettings(
        backend="postgresql",
        host=LOCAL,
        port=site.ports.postgresql,
        database=database,
        user=Role.ADMIN.account,
        password_file=password_file(site.secrets, Role.ADMIN, NAME),
        ca_file=ca_file(site.secrets, Role.ADMIN),
    )


SERVER = Server(NAME, _install, _prepare, _launch, _check, _set_up, stop_signal=signal.SIGINT)
