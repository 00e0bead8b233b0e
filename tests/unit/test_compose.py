"""The compose file is right, as far as can be told without a container engine. What it starts is tried in test_services.py."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from archive.settings import Settings, parse_settings
from deploy.accounts import Role
from deploy.native import elasticsearch, install, minio

ROOT = Path(__file__).resolve().parents[2]
SCHEMA = json.loads((ROOT / "tests" / "cases" / "compose" / "compose-spec.json").read_text("utf-8"))
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text("utf-8"))
SERVICES = COMPOSE["services"]
BUILT = {name: service for name, service in SERVICES.items() if "build" in service}
DOCKERFILES = sorted((ROOT / "deploy").glob("*/Dockerfile"))
ONCE = {"secrets", "init", "admin"}
"""Services that do their work and end."""

each_service = pytest.mark.parametrize("name", SERVICES)


def volumes(name):
    """By place in the container: which volume, and whether it may only be read."""
    parted = (each.split(":") for each in SERVICES[name].get("volumes", ()))
    return {place: (volume, rest == ["ro"]) for volume, place, *rest in parted}


def test_the_file_keeps_to_the_compose_specification():
    jsonschema.Draft202012Validator(SCHEMA).validate(COMPOSE)


def test_the_schema_would_notice_a_misspelt_setting():
    wrong = COMPOSE | {"services": {"api": {"image": "claimkeep:0.1.0", "read-only": True}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(SCHEMA).validate(wrong)


@each_service
def test_every_image_is_pinned_to_a_version(name):
    image = SERVICES[name].get("image", "")
    tag = image.rpartition(":")[2]
    assert re.match(r"v?\d+\.\d+(\.\d+)*(-[\w.]+)?$|\d{8}$", tag), image


@pytest.mark.parametrize("path", DOCKERFILES, ids=lambda path: path.parent.name)
def test_what_images_are_built_from_is_pinned_and_they_do_not_run_as_root(path):
    lines = path.read_text("utf-8").splitlines()
    bases = [line.split()[1] for line in lines if line.startswith("FROM ")]
    assert bases
    assert all(re.search(r":\d+\.\d+(\.\d+)?-", base) for base in bases)
    assert [line for line in lines if line.startswith("USER ")] == ["USER 10001:0"]


def test_every_image_that_is_built_has_its_dockerfile():
    builds = [each["build"] for each in BUILT.values()]
    paths = {Path(each, "Dockerfile") if isinstance(each, str) else Path(each["dockerfile"]) for each in builds}
    assert {ROOT / path for path in paths} == set(DOCKERFILES)


@each_service
def test_no_service_runs_as_root_or_may_become_it(name):
    service = SERVICES[name]
    assert re.fullmatch(r"[1-9]\d*:\d+", service["user"])
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert not service.get("privileged")
    assert "cap_add" not in service


@each_service
def test_every_service_writes_only_to_its_volumes_and_memory(name):
    service = SERVICES[name]
    assert service["read_only"] is True
    assert all("size=" in place for place in service.get("tmpfs", ()))
    assert not [volume for volume, _ in volumes(name).values() if volume.startswith((".", "/"))], "a folder of the host"


@each_service
def test_every_service_says_whether_it_is_well(name):
    check = SERVICES[name]["healthcheck"]
    assert check == {"disable": True} if name in ONCE else check["test"][0] in {"CMD", "CMD-SHELL"}


@each_service
def test_no_secret_stands_in_the_environment(name):
    environment = SERVICES[name].get("environment", {})
    secret = {key: value for key, value in environment.items() if re.search(r"PASS|SECRET|TOKEN|_KEY|ROOT_USER", key)}
    assert all(key.endswith("_FILE") and value.startswith("/run/secrets/") for key, value in secret.items())
    assert not re.search(r"password=|://[^/]*:[^/]*@", json.dumps(SERVICES[name]))


def test_only_the_api_can_be_reached_from_outside_and_from_this_machine_only():
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["api"]
    assert SERVICES["api"]["ports"] == ["127.0.0.1:${CLAIMKEEP_PORT:-8080}:8080"]
    outside = [name for name, service in SERVICES.items() if "outside" in service.get("networks", ())]
    assert outside == ["api"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}


@each_service
def test_a_service_has_a_network_of_its_own_accord(name):
    """Without one, compose would put it into the default network, which reaches the world."""
    service = SERVICES[name]
    assert service.get("networks") or service.get("network_mode") == "none"


def test_every_file_of_settings_is_there_and_used():
    declared = COMPOSE["configs"]
    assert [name for name, config in declared.items() if not (ROOT / config["file"]).is_file()] == []
    assert {each["source"] for service in SERVICES.values() for each in service.get("configs", ())} == set(declared)


def test_every_volume_is_declared_and_used():
    assert {volume for name in SERVICES for volume, _ in volumes(name).values()} == set(COMPOSE["volumes"])


# `secrets` makes them all, and `init` tells the servers of them.
@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"secrets", "init"}))
def test_a_service_sees_its_own_secrets_only_and_cannot_change_them(name):
    seen = {volume: read_only for volume, read_only in volumes(name).values() if volume.startswith("secrets-")}
    assert set(seen) <= {f"secrets-{name}"}
    assert all(seen.values()) or name == "elasticsearch"  # which keeps its keystore beside its settings


def test_who_answers_the_world_cannot_change_the_keys():
    assert volumes("api")["/archive"] == ("archive", True)
    assert volumes("worker")["/archive"] == ("archive", True)


@pytest.mark.parametrize("name", sorted(SERVICES.keys() - {"secrets", "prometheus"}))
def test_nothing_starts_before_its_secrets_are_made(name):
    waits = SERVICES[name]["depends_on"]
    assert "secrets" in waits or "postgresql" in waits
    assert all(each["condition"] in {"service_healthy", "service_completed_successfully"} for each in waits.values())


def test_the_api_answers_only_and_the_worker_watches():
    assert SERVICES["api"]["command"] == ["claimkeep", "serve", "--processes", "0"]
    assert SERVICES["worker"]["command"] == ["claimkeep", "work", "--watch"]


def written_settings(role):
    return (ROOT / "deploy" / "claimkeep" / f"{role}.toml").read_text("utf-8")


@pytest.mark.parametrize("role", Role)
def test_the_settings_of_each_container_can_be_read_and_name_its_own_account(role):
    settings = parse_settings(written_settings(role), Path("claimkeep.toml"))
    parts = (settings.store, settings.index, settings.catalog, settings.queue)
    assert [part.backend for part in parts] == ["s3", "elasticsearch", "postgresql", "celery"]
    assert {getattr(part, "access_key", None) or part.user for part in parts} == {role.account}
    assert settings.catalog.tls
    assert settings.store.tls
    assert settings.queue.tls


def test_the_settings_of_the_containers_differ_in_the_account_only():
    assert len({written_settings(role).replace(role.value, "ROLE") for role in Role}) == 1


@pytest.mark.parametrize("name", ["api", "worker"])
def test_what_the_environment_sets_is_a_setting(name, monkeypatch):
    for key, value in SERVICES[name]["environment"].items():
        monkeypatch.setenv(key, value)
    settings = Settings()
    assert (settings.metrics.host, settings.metrics.port) == ("0.0.0.0", 9464)
    assert settings.log.level == "info"


@pytest.mark.parametrize("name", ["postgresql", "rabbitmq", "elasticsearch", "minio"])
def test_the_servers_are_called_what_the_settings_call_them(name):
    assert name in SERVICES
    assert all(re.search(rf'"(https://)?{name}[:"]', written_settings(role)) for role in Role)


def test_the_native_start_uses_the_same_versions():
    dockerfile = (ROOT / "deploy" / "minio" / "Dockerfile").read_text("utf-8")
    assert minio.VERSION in dockerfile
    assert f"golang:{install.GO_VERSION}-" in dockerfile
    assert SERVICES["elasticsearch"]["image"].endswith(f":{elasticsearch.VERSION}")


def policy(role):
    return json.loads((ROOT / "deploy" / "minio" / f"{role}.json").read_text("utf-8"))["Statement"]


@pytest.mark.parametrize("role", ["api", "worker"])
def test_no_policy_gives_what_undoes_retention_or_versions(role):
    given = {action for each in policy(role) if each["Effect"] == "Allow" for action in each["Action"]}
    assert not [action for action in given if "*" in action]
    assert not given & {"s3:BypassGovernanceRetention", "s3:PutBucketVersioning", "s3:PutBucketObjectLockConfiguration"}
    assert not given & {"s3:DeleteBucket", "s3:PutBucketPolicy", "s3:PutLifecycleConfiguration"}


def test_the_api_may_delete_only_what_has_just_come_in():
    places = {place for each in policy("api") if "s3:DeleteObject" in each["Action"] for place in each["Resource"]}
    assert places == {"arn:aws:s3:::claimkeep*/incoming/*"}
