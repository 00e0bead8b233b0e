"""Accounts and the bucket at MinIO. Used after a native start and in a container."""

import json
from collections.abc import Mapping
from pathlib import Path

import urllib3
from minio import Minio, MinioAdmin
from minio.commonconfig import ENABLED
from minio.credentials.providers import StaticProvider
from minio.versioningconfig import VersioningConfig

from deploy.accounts import Role

_POLICIES = Path(__file__).resolve().parent / "minio"


def pool(ca: Path, seconds: float = 10.0) -> urllib3.PoolManager:
    """Connections that trust *ca* alone, without trying again: whoever calls knows better how long to wait."""
    return urllib3.PoolManager(ca_certs=str(ca), cert_reqs="CERT_REQUIRED", timeout=seconds, retries=False)


def set_up_store(endpoint: str, ca: Path, password: str, others: Mapping[Role, str], bucket: str) -> None:
    """Give the roles *others* their accounts, each under the policy of its name, and make *bucket* if it is not there."""
    connections = pool(ca)
    try:
        admin = MinioAdmin(endpoint=endpoint, credentials=StaticProvider(Role.ADMIN.account, password), http_client=connections)
        for role, secret in others.items():
            admin.policy_add(role.account, str(_POLICIES / f"{role.value}.json"))
            admin.user_add(role.account, secret)
            if role.account not in json.loads(admin.user_info(role.account)).get("policyName", ""):
                admin.attach_policy([role.account], user=role.account)
        make_bucket(Minio(endpoint, Role.ADMIN.account, password, http_client=connections), bucket)
    finally:
        connections.clear()


def make_bucket(client: Minio, name: str) -> None:
    """A bucket that keeps versions and can lock objects; one that is there stays."""
    if not client.bucket_exists(name):
        client.make_bucket(name, object_lock=True)
    client.set_bucket_versioning(name, VersioningConfig(ENABLED))
