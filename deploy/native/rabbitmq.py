"""RabbitMQ 3.10, with its management plugin."""

import json
from pathlib import Path

from deploy.accounts import Role, ca_file, password_file
from deploy.compose import localised, read_service
from deploy.native.install import apt
from deploy.native.owner import give
from deploy.native.server import Launch, Server, nothing
from deploy.native.site import LOCAL, Site
from deploy.native.web import ask

NAME = "rabbitmq"
VIRTUAL_HOST = "claimkeep"
# Debian's command of that name would become another account and write to /var/log; the program behind it does not.
_PROGRAMS = Path("/usr/lib/rabbitmq/bin")


def _install() -> None:
    if not (_PROGRAMS / "rabbitmq-server").exists():
        apt("rabbitmq-server")


def _prepare(site: Site) -> None:
    home, secrets = site.own(site.home(NAME)), site.own(site.secrets / NAME)
    places = {
        "0.0.0.0:5671": f"{LOCAL}:{site.ports.rabbitmq}",
        "0.0.0.0": LOCAL,  # noqa: S104 - it is what is replaced
        "15671": str(site.ports.rabbitmq_management),
        "/run/secrets": str(secrets),
    }
    for target, source in read_service(NAME).configs.items():
        text = source.read_text(encoding="utf-8")
        name = Path(target).name
        (home / name).write_text(localised(text, places) if name == "rabbitmq.conf" else text, encoding="utf-8")
    give(home)


def _launch(site: Site) -> Launch:
    """The node's name holds its port, and it has a table of names of its own, so that several can run here."""
    service = read_service(NAME)
    home = str(site.home(NAME))
    environment = {
        key: localised(value, {"/etc/claimkeep": home}) if key.endswith("_FILE") else value
        for key, value in service.environment.items()
    }
    (program,) = service.command
    return Launch(
        (str(_PROGRAMS / program),),
        environment
        | {
            "RABBITMQ_NODENAME": f"claimkeep{site.ports.rabbitmq}@localhost",
            "RABBITMQ_CONF_ENV_FILE": f"{home}/none",
            "RABBITMQ_MNESIA_BASE": f"{home}/mnesia",
            "RABBITMQ_LOG_BASE": f"{home}/log",
            "RABBITMQ_DIST_PORT": str(site.ports.rabbitmq_nodes),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "ERL_EPMD_PORT": str(site.ports.rabbitmq_names),
            "ERL_EPMD_ADDRESS": LOCAL,
            "HOME": home,
        },
    )


def management(site: Site) -> str:
    return f"https://{LOCAL}:{site.ports.rabbitmq_management}"


def _check(site: Site) -> None:
    password = password_file(site.secrets, Role.ADMIN, NAME).read_text(encoding="utf-8")
    address = f"{management(site)}/api/health/checks/port-listener/{site.ports.rabbitmq}"
    ask(address, ca_file(site.secrets, NAME), user=Role.ADMIN.account, password=password)


def make_virtual_host(site: Site, name: str) -> None:
    """A virtual host, on which each account may do what it may on the first one."""
    first = json.loads((site.secrets / NAME / "definitions.json").read_text(encoding="utf-8"))
    _manage(site, f"vhosts/{name}", {})
    for permission in first["permissions"]:
        may = {what: permission[what] for what in ("configure", "write", "read")}
        _manage(site, f"permissions/{name}/{permission['user']}", may)


def remove_virtual_host(site: Site, name: str) -> None:
    """With all its queues."""
    _manage(site, f"vhosts/{name}", None, method="DELETE")


def _manage(site: Site, path: str, body: object, method: str = "PUT") -> None:
    password = password_file(site.secrets, Role.ADMIN, NAME).read_text(encoding="utf-8")
    address = f"{management(site)}/api/{path}"
    ask(address, ca_file(site.secrets, NAME), user=Role.ADMIN.account, password=password, method=method, body=body)


SERVER = Server(NAME, _install, _prepare, _launch, _check, nothing, lingering="epmd", patience=180.0)
