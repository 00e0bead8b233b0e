"""Passwords, certificates, and what the servers are told of them: `python -m deploy.secrets FOLDER`.

One folder for each who needs something, and nothing in it that another needs::

    authority/        the private authority; needed only here
    api/ worker/ admin/   ca.pem, and a password for each server
    postgresql/ ...   ca.pem, server.pem, server.key, and how the accounts are told to that server

What is there stays; what is missing, or a certificate that runs out, is made. So it may run at every start.
"""

import base64
import hashlib
import json
import secrets
import shutil
from pathlib import Path

import click

from archive.clock import utc_now
from deploy.accounts import CA_FILE, SERVERS, Role, ca_file, password_file
from deploy.certificates import Authority, Certificate

HERE = Path(__file__).resolve().parent
_WITH_CERTIFICATE = (*SERVERS, "versitygw")
_PASSWORD_BYTES = 24
_ROUNDS = 10_000  # of PBKDF2; the passwords are random, so that guessing is hopeless whatever the count


def make_secrets(folder: Path) -> None:
    """Complete the folder of secrets. Files are for their owner alone (mode 0600)."""
    folder.mkdir(parents=True, exist_ok=True)
    authority = _authority(folder / "authority")
    for owner in (*Role, *_WITH_CERTIFICATE):
        write_secret(ca_file(folder, owner), authority.own.certificate)
    for server in _WITH_CERTIFICATE:
        _certify(folder / server, server, authority)
        for role in Role:
            _password(password_file(folder, role, server))
    _password(folder / "postgresql" / "superuser")
    _password(folder / "grafana" / "password")
    _tell_minio(folder)
    _tell_rabbitmq(folder)
    _tell_elasticsearch(folder)


def write_secret(path: Path, content: bytes) -> None:
    """Whole or not at all, and never readable for others, not for a moment."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if path.is_file() and path.read_bytes() == content:
        return
    unfinished = path.with_name(f".{path.name}.new")
    unfinished.unlink(missing_ok=True)
    unfinished.touch(mode=0o600)
    unfinished.write_bytes(content)
    unfinished.replace(path)


def _password(path: Path) -> None:
    if not path.exists():
        write_secret(path, secrets.token_urlsafe(_PASSWORD_BYTES).encode())


def _authority(folder: Path) -> Authority:
    kept = _kept(folder / CA_FILE, folder / "ca.key")
    if kept and kept.is_fresh(utc_now()):
        return Authority(kept)
    made = Authority.make(utc_now())
    write_secret(folder / "ca.key", made.own.key)
    write_secret(folder / CA_FILE, made.own.certificate)
    return made


def _certify(folder: Path, host: str, authority: Authority) -> None:
    kept = _kept(folder / "server.pem", folder / "server.key")
    if kept and kept.is_fresh(utc_now()) and authority.vouched_for(kept):
        return
    made = authority.vouch_for(host, utc_now())
    write_secret(folder / "server.key", made.key)
    write_secret(folder / "server.pem", made.certificate)


def _kept(certificate: Path, key: Path) -> Certificate | None:
    if certificate.exists() and key.exists():
        return Certificate(certificate.read_bytes(), key.read_bytes())
    return None


def _tell_minio(folder: Path) -> None:
    """MinIO wants its certificate under names of its own; its first account is the administrator."""
    own = folder / "minio"
    write_secret(own / "certs" / "public.crt", (own / "server.pem").read_bytes())
    write_secret(own / "certs" / "private.key", (own / "server.key").read_bytes())
    write_secret(own / "root-user", Role.ADMIN.account.encode())
    write_secret(own / "root-password", password_file(folder, Role.ADMIN, "minio").read_bytes())


def _tell_rabbitmq(folder: Path) -> None:
    """Accounts and permissions as a definitions file, its passwords salted and hashed (rabbit_password_hashing_sha256)."""
    own = folder / "rabbitmq"
    passwords = {role.account: password_file(folder, role, "rabbitmq").read_text() for role in Role}
    definitions = json.loads((HERE / "rabbitmq" / "definitions.json").read_text(encoding="utf-8"))
    for user in definitions["users"]:
        user["password_hash"] = _rabbitmq_hash(passwords[user["name"]])
        user["hashing_algorithm"] = "rabbit_password_hashing_sha256"
    write_secret(own / "definitions.json", json.dumps(definitions, indent=1).encode())


def _rabbitmq_hash(password: str) -> str:
    salt = hashlib.sha256(b"salt" + password.encode()).digest()[:4]  # always the same: the file is rewritten at every start
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _tell_elasticsearch(folder: Path) -> None:
    """The accounts of the file realm."""
    own = folder / "elasticsearch"
    passwords = {role: password_file(folder, role, "elasticsearch").read_text() for role in Role}
    hashed = [f"{role.account}:{_elasticsearch_hash(password)}" for role, password in passwords.items()]
    write_secret(own / "users", "\n".join((*hashed, "")).encode())
    roles = {Role.ADMIN: "superuser", Role.API: Role.API.account, Role.WORKER: Role.WORKER.account}
    lines = [f"{granted}:{role.account}" for role, granted in roles.items()]
    write_secret(own / "users_roles", "\n".join((*lines, "")).encode())


def copy_elasticsearch_settings(folder: Path) -> None:
    """Beside its accounts, where Elasticsearch wants all its settings to be."""
    for source in sorted((HERE / "elasticsearch").glob("*.*")):
        shutil.copyfile(source, folder / "elasticsearch" / source.name)


def _elasticsearch_hash(password: str) -> str:
    salt = hashlib.sha256(b"salt" + password.encode()).digest()
    derived = hashlib.pbkdf2_hmac("sha512", password.encode(), salt, _ROUNDS, dklen=32)
    return f"{{PBKDF2}}{_ROUNDS}${base64.b64encode(salt).decode()}${base64.b64encode(derived).decode()}"


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
def main(folder: Path) -> None:
    """Make in FOLDER what is missing of passwords, certificates and the servers' accounts."""
    make_secrets(folder)
    copy_elasticsearch_settings(folder)
    click.echo(f"Secrets are in {folder}. Keep {folder / 'authority'} where nobody else reads.")


if __name__ == "__main__":
    main()
