"""Making an archive on servers that are there: `python -m deploy.set_up SECRETS --home HOME --settings FILE`.

Accounts, database and bucket; the archive itself with its keys, or its migrations where there is one; and who may do what in
its tables. All of it may be repeated: it runs at every start, before the API and the workers.
"""

from pathlib import Path

import click
import psycopg

from archive.settings import SETTINGS_FILE, PostgresqlCatalogSettings, S3StoreSettings, Settings, parse_settings
from archive.wiring import create_archive, open_archive
from deploy.accounts import Role, ca_file, password_file
from deploy.buckets import set_up_store
from deploy.database import MIGHTY, connect, grant, make_accounts, make_database


def passwords(secrets: Path, server: str) -> dict[Role, str]:
    """Each role's password at *server*."""
    return {role: password_file(secrets, role, server).read_text(encoding="utf-8") for role in Role}


def set_up_catalog(secrets: Path, settings: PostgresqlCatalogSettings) -> None:
    """Accounts and an empty database."""
    with _mighty(secrets, settings, "postgres") as connection:
        make_accounts(connection, passwords(secrets, "postgresql"))
        make_database(connection, settings.database)
    grant_catalog(secrets, settings)


def grant_catalog(secrets: Path, settings: PostgresqlCatalogSettings) -> None:
    """Who may do what; to be repeated when there are new tables."""
    with _mighty(secrets, settings, settings.database) as connection:
        grant(connection)


def set_up_bucket(secrets: Path, settings: S3StoreSettings) -> None:
    """Accounts with their policies, and the bucket."""
    known = passwords(secrets, "minio")
    set_up_store(settings.endpoint, ca_file(secrets, Role.ADMIN), known.pop(Role.ADMIN), known, settings.bucket)


def _mighty(secrets: Path, settings: PostgresqlCatalogSettings, database: str) -> psycopg.Connection:
    password = (secrets / "postgresql" / "superuser").read_text(encoding="utf-8")
    return connect(settings.host, settings.port, database, MIGHTY, password, ca_file(secrets, Role.ADMIN))


def set_up(secrets: Path, home: Path, written: str) -> None:
    """Raises what `archive.wiring` raises, psycopg.Error and MinIO's errors where a server says no."""
    settings: Settings = parse_settings(written, home / SETTINGS_FILE)
    assert isinstance(settings.catalog, PostgresqlCatalogSettings)
    assert isinstance(settings.store, S3StoreSettings)
    set_up_catalog(secrets, settings.catalog)
    set_up_bucket(secrets, settings.store)
    is_new = not (home / SETTINGS_FILE).exists()
    with create_archive(home, settings=written) if is_new else open_archive(home) as archive:
        # An administrator's asking makes the index and the queues; those who come after may not.
        archive.index.check()
        archive.queue.check()
    grant_catalog(secrets, settings.catalog)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("secrets", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--home", required=True, type=click.Path(file_okay=False, path_type=Path), help="The archive's folder.")
@click.option(
    "--settings",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The administrator's settings.",
)
def main(secrets: Path, home: Path, settings: Path) -> None:
    """With the folder SECRETS that `deploy.secrets` made, set up the servers and the archive in --home."""
    set_up(secrets, home, settings.read_text(encoding="utf-8"))
    click.echo(f"The archive in {home} is set up. Copy {home / 'keys'} to a safe place: without it nothing can be opened.")


if __name__ == "__main__":
    main()
