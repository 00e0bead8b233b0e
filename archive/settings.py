"""Settings: chosen once, when the archive is opened. Nothing below `archive.wiring` reads them or the environment.

They come from `claimkeep.toml` in the archive's home, and from environment variables named `CLAIMKEEP_` and the setting
(`CLAIMKEEP_WORK__TRIES=5`), which win. docs/settings.md lists them all; a test holds it to this file.
"""

import os
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict

from archive.errors import NotFound, Rejected
from schemas.limits import Limits
from schemas.redaction import Audience

SETTINGS_FILE = "claimkeep.toml"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class WorkSettings(_Part):
    """How the work is done."""

    processes: int = Field(default=0, ge=0, le=256, description="Worker processes; 0 is one for each core.")
    tries: int = Field(default=3, ge=1, le=20, description="How often a step may fail by its own doing before it is given up.")
    interruptions: int = Field(
        default=10, ge=1, description="How often a step may be cut short from outside before it counts as its own doing."
    )
    retry_seconds: float = Field(default=1.0, ge=0, description="Wait before the second try; doubled for each one after.")
    audiences: tuple[Audience, ...] = Field(
        default=(Audience.HANDLER,), description="For whom a redacted file is made without being asked for."
    )


class ServeSettings(_Part):
    """How the archive answers over HTTP."""

    host: str = Field(default="127.0.0.1", description="Address to listen on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")


class LogSettings(_Part):
    """What is logged, to standard error."""

    level: Literal["debug", "info", "warning", "error"] = Field(default="warning", description="The least that is logged.")


class Settings(BaseSettings):
    """All of them. An unknown name stops the start."""

    model_config = SettingsConfigDict(
        frozen=True, extra="forbid", env_prefix="CLAIMKEEP_", env_nested_delimiter="__", toml_file=None
    )

    limits: Limits = Limits()
    work: WorkSettings = WorkSettings()
    serve: ServeSettings = ServeSettings()
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
        written: dict[str, Any] = tomllib.loads((home / SETTINGS_FILE).read_text(encoding="utf-8"))
        return Settings(**written)
    except FileNotFoundError as error:
        raise NotFound("no_archive", str(home)) from error
    except tomllib.TOMLDecodeError as error:
        raise Rejected("bad_settings", f"{home / SETTINGS_FILE}: {error}") from error
    except ValidationError as error:
        # The faulty values stay out of the message: a setting may be a secret.
        faults = "; ".join(".".join(map(str, fault["loc"])) + ": " + fault["msg"] for fault in error.errors())
        raise Rejected("bad_settings", faults) from error


def home_from_environment() -> Path | None:
    """Where CLAIMKEEP_HOME says that the archive is."""
    home = os.environ.get("CLAIMKEEP_HOME")  # noqa: TID251 - this is the module that reads the environment
    return Path(home) if home else None
