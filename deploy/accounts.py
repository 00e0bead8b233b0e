"""Who has an account at the servers, and where its password lies."""

from enum import StrEnum
from pathlib import Path


class Role(StrEnum):
    """`api` answers and takes in, `worker` reads and redacts, `admin` sets up and migrates."""

    API = "api"
    WORKER = "worker"
    ADMIN = "admin"

    @property
    def account(self) -> str:
        """The name of the account, the same at every server."""
        return f"claimkeep_{self.value}"


SERVERS = ("postgresql", "rabbitmq", "elasticsearch", "minio")
"""Servers at which every role has an account. Each is also the host name that its certificate vouches for."""

CA_FILE = "ca.pem"


def password_file(secrets: Path, role: Role, server: str) -> Path:
    """Where the password of *role* at *server* lies, below the folder *secrets*."""
    return secrets / role.value / server


def ca_file(secrets: Path, owner: str) -> Path:
    """The certificate that vouches for every server, in the folder of a role or a server."""
    return secrets / owner / CA_FILE
