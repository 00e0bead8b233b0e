"""Settings: chosen once, when the archive is opened. Nothing below `archive.wiring` reads them or the environment.

They come from `claimkeep.toml` in the archive's home, and from environment variables named `CLAIMKEEP_` and the setting
(`CLAIMKEEP_WORK__TRIES=5`), which win. docs/settings.md lists them all; a test holds it to this file.
"""

import os
import tomllib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from archive.errors import NotFound, Rejected
from schemas.limits import Limits
from schemas.redaction import Audience

SETTINGS_FILE = "claimkeep.toml"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FilesystemStoreSettings(_Part):
    """Objects as files in the archive's folder."""

    backend: Literal["filesystem"] = Field(default="filesystem", description="Which store: `filesystem` or `s3`.")


class S3StoreSettings(_Part):
    """Objects on a server that speaks S3, with versioning; MinIO and others."""

    backend: Literal["s3"] = Field(description="Which store: `filesystem` or `s3`.")
    endpoint: str = Field(description="Host and port of the server.")
    bucket: str = Field(description="The bucket; it must keep versions, and have Object Lock where anything is held.")
    region: str = Field(default="us-east-1", description="The region that requests are signed for.")
    access_key: str = Field(description="Account at the server.")
    secret_key_file: Path = Field(description="File that holds the account's secret.")
    tls: bool = Field(default=True, description="Whether to speak TLS; without it only on this machine.")
    ca_file: Path | None = Field(default=None, description="Who may vouch for the server; nothing: whom this machine trusts.")
    retention_days: int = Field(default=0, ge=0, description="Days for which an original cannot be deleted; 0 sets none.")
    legal_hold: bool = Field(default=False, description="Whether originals are put under legal hold as they come in.")
    timeout_seconds: float = Field(default=30.0, gt=0, description="Wait for an answer before the store counts as away.")


class SqliteIndexSettings(_Part):
    """The search index in a file of the archive's folder."""

    backend: Literal["sqlite"] = Field(default="sqlite", description="Which search index: `sqlite` or `elasticsearch`.")


class ElasticsearchIndexSettings(_Part):
    """The search index on Elasticsearch 9."""

    backend: Literal["elasticsearch"] = Field(description="Which search index: `sqlite` or `elasticsearch`.")
    url: str = Field(description="Address of the server, or several separated by commas.")
    name: str = Field(default="claimkeep", description="What its indexes and aliases begin with.")
    user: str = Field(description="Account at the server.")
    password_file: Path = Field(description="File that holds the account's password.")
    ca_file: Path | None = Field(default=None, description="Who may vouch for the server; nothing: whom this machine trusts.")
    shards: int = Field(default=1, ge=1, description="Parts of a new index.")
    replicas: int = Field(default=0, ge=0, description="Copies of each part.")
    timeout_seconds: float = Field(default=30.0, gt=0, description="Wait for an answer before the index counts as away.")


class SqliteCatalogSettings(_Part):
    """The catalog in a file of the archive's folder."""

    backend: Literal["sqlite"] = Field(default="sqlite", description="Which catalog: `sqlite` or `postgresql`.")


class PostgresqlCatalogSettings(_Part):
    """The catalog on PostgreSQL 15 or newer."""

    backend: Literal["postgresql"] = Field(description="Which catalog: `sqlite` or `postgresql`.")
    host: str = Field(description="The server.")
    port: int = Field(default=5432, ge=1, le=65535, description="Its port.")
    database: str = Field(default="claimkeep", description="The database; of encoding UTF8 and collation C.")
    user: str = Field(description="Account at the server.")
    password_file: Path = Field(description="File that holds the account's password.")
    tls: bool = Field(default=True, description="Whether to speak TLS; without it only on this machine.")
    ca_file: Path | None = Field(default=None, description="Who may vouch for the server; nothing: whom this machine trusts.")
    timeout_seconds: float = Field(default=30.0, gt=0, description="Wait for an answer before the catalog counts as away.")


class LocalQueueSettings(_Part):
    """Processes of this machine, taking their steps from the catalog."""

    backend: Literal["local"] = Field(default="local", description="Which queue: `local` or `celery`.")


class CeleryQueueSettings(_Part):
    """Celery workers on any number of machines, over RabbitMQ."""

    backend: Literal["celery"] = Field(description="Which queue: `local` or `celery`.")
    host: str = Field(description="The RabbitMQ server.")
    port: int = Field(default=5671, ge=1, le=65535, description="Its port.")
    virtual_host: str = Field(default="claimkeep", description="The virtual host.")
    user: str = Field(description="Account at the server.")
    password_file: Path = Field(description="File that holds the account's password.")
    tls: bool = Field(default=True, description="Whether to speak TLS; without it only on this machine.")
    ca_file: Path | None = Field(default=None, description="Who may vouch for the server; nothing: whom this machine trusts.")
    longest: int = Field(default=100_000, ge=1, description="Messages a queue takes; what is more waits in the catalog.")
    deliveries: int = Field(default=20, ge=1, description="How often a message is brought before it goes to the dead letters.")
    timeout_seconds: float = Field(default=30.0, gt=0, description="Wait for an answer before the queue counts as away.")


StoreSettings = Annotated[FilesystemStoreSettings | S3StoreSettings, Field(discriminator="backend")]
IndexSettings = Annotated[SqliteIndexSettings | ElasticsearchIndexSettings, Field(discriminator="backend")]
CatalogSettings = Annotated[SqliteCatalogSettings | PostgresqlCatalogSettings, Field(discriminator="backend")]
QueueSettings = Annotated[LocalQueueSettings | CeleryQueueSettings, Field(discriminator="backend")]


class WorkSettings(_Part):
    """How the work is done."""

    processes: int = Field(default=0, ge=0, le=256, description="Worker processes; 0 is one for each core.")
    tries: int = Field(default=3, ge=1, le=20, description="How often a step may fail by its own doing before it is given up.")
    interruptions: int = Field(
        default=10, ge=1, description="How often a step may be cut short from outside before it counts as its own doing."
    )
    retry_seconds: float = Field(
        default=1.0, ge=0, description="Wait before the second try; doubled for each one after, up to five minutes."
    )
    audiences: tuple[Audience, ...] = Field(
        default=(Audience.HANDLER,), description="For whom a redacted file is made without being asked for."
    )


class ReviewSettings(_Part):
    """What people have to agree to."""

    approval: tuple[Audience, ...] = Field(
        default=(), description="For whom no redacted file, nor a page of one, is given out before somebody approves it."
    )
    unmasked_minutes: float = Field(default=15.0, gt=0, le=1440, description="For how long a page may be seen unmasked.")
    unmasked_an_hour: int = Field(
        default=5, ge=0, description="How many pages a person may ask to see unmasked within an hour before an alarm is raised."
    )


class AccessSettings(_Part):
    """How often a person may ask, and how many they may see before an alarm is raised. 0: as many as they like."""

    searches_a_minute: int = Field(default=120, ge=0, description="Searches that a person may ask for within a minute.")
    list_rows_a_day: int = Field(
        default=20_000, ge=0, description="Rows of lists that a person may have answered within a day."
    )
    suggestions_a_minute: int = Field(default=600, ge=0, description="Suggestions that a person may ask for within a minute.")
    views_a_minute: int = Field(
        default=240, ge=0, description="Documents, pages, files and certificates that a person may open within a minute."
    )
    documents_opened_an_hour: int = Field(
        default=200, ge=0, description="Different documents that a person may open within an hour before an alarm is raised."
    )
    people_opened_an_hour: int = Field(
        default=60,
        ge=0,
        description="Different people whose documents a person may open within an hour before an alarm is raised.",
    )
    people_shown_an_hour: int = Field(
        default=1000,
        ge=0,
        description="Different people whom lists of hits may show a person within an hour before an alarm is raised.",
    )


class ListSettings(_Part):
    """How long a list of questions may be that is answered in one go, and how much is told of each row."""

    max_rows: int = Field(default=20_000, ge=1, le=50_000, description="Rows of one list, empty ones between them included.")
    max_bytes: int = Field(default=16 * 1024 * 1024, ge=1, description="Bytes of one list; it is held in memory.")
    max_expanded_bytes: int = Field(
        default=64 * 1024 * 1024, ge=1, description="Bytes of one list that is a workbook, unpacked."
    )
    candidates: int = Field(default=3, ge=1, le=20, description="Documents told for each row, where nobody says how many.")


class VerifySettings(_Part):
    """How finished pages are looked through before they may be given out."""

    other_engine_share: float = Field(
        default=0.0, ge=0, le=1, description="Share of the pages that Tesseract reads as well; its packages must be installed."
    )


class ServeSettings(_Part):
    """How the archive answers over HTTP."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")


class MetricsSettings(_Part):
    """Where Prometheus may ask for counts: an address of its own, never that of the API."""

    host: str = Field(default="127.0.0.1", description="Address that metrics are given at.")
    port: int = Field(default=0, ge=0, le=65535, description="Port that metrics are given at; 0 gives none.")


class LogSettings(_Part):
    """What is logged, to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="The least that is logged.")


class Settings(BaseSettings):
    """All of them. An unknown name stops the start."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="CLAIMKEEP_", env_nested_delimiter="__", toml_file=None
    )

    store: StoreSettings = FilesystemStoreSettings()
    index: IndexSettings = SqliteIndexSettings()
    catalog: CatalogSettings = SqliteCatalogSettings()
    queue: QueueSettings = LocalQueueSettings()
    limits: Limits = Limits()
    work: WorkSettings = WorkSettings()
    review: ReviewSettings = ReviewSettings()
    access: AccessSettings = AccessSettings()
    lists: ListSettings = ListSettings()
    verify: VerifySettings = VerifySettings()
    serve: ServeSettings = ServeSettings()
    metrics: MetricsSettings = MetricsSettings()
    log: LogSettings = LogSettings()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],  # noqa: ARG003 - the library's signature
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (env_settings, init_settings)


def read_settings(home: Path) -> Settings:
    """Raises NotFound(no_archive) where *home* holds no archive, Rejected(bad_settings) where a setting is wrong."""
    try:
        written = (home / SETTINGS_FILE).read_text(encoding="utf-8")
    except FileNotFoundError as error:
        raise NotFound("no_archive", str(home)) from error
    return parse_settings(written, home / SETTINGS_FILE)


def parse_settings(written: str, path: Path) -> Settings:
    """The settings that *written*, the content of *path*, and the environment make. Raises Rejected(bad_settings)."""
    try:
        values: dict[str, Any] = tomllib.loads(written)
        return Settings(**values)
    except tomllib.TOMLDecodeError as error:
        raise Rejected("bad_settings", f"{path}: {error}") from error
    except ValidationError as error:
        # The faulty values stay out of the message: a setting may be a secret.
        faults = "; ".join(".".join(map(str, fault["loc"])) + ": " + fault["msg"] for fault in error.errors())
        raise Rejected("bad_settings", faults) from error


def read_secret(path: Path) -> str:
    """What stands in the file *path*, without the line's end. Rejected(bad_settings) where it cannot be read or is empty.

    Secrets are in files and nowhere else: settings are shown, and the environment is open to every child process.
    """
    try:
        secret = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise Rejected("bad_settings", f"{path} cannot be read") from error
    if not secret:
        raise Rejected("bad_settings", f"{path} is empty")
    return secret


def home_from_environment() -> Path | None:
    """Where CLAIMKEEP_HOME says that the archive is."""
    home = os.environ.get("CLAIMKEEP_HOME")  # noqa: TID251 - this is the module that reads the environment
    return Path(home) if home else None
