"""Elasticsearch 9, from the build of it that is in Maven's registry."""

import re
import shutil
from pathlib import Path

from deploy.accounts import Role, ca_file, password_file
from deploy.compose import localised, read_service
from deploy.native.errors import CannotProvide
from deploy.native.install import apt, maven_zip
from deploy.native.owner import give
from deploy.native.server import Launch, Server, nothing
from deploy.native.site import LOCAL, Site
from deploy.native.web import ask
from deploy.secrets import copy_elasticsearch_settings

NAME = "elasticsearch"
VERSION = "9.2.0"
_ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}"
_OLDEST_JAVA = 21
_JAVAS = Path("/usr/lib/jvm")


def _program() -> Path:
    return maven_zip(_ARTIFACT, f"{NAME}-{VERSION}")


def _install() -> None:
    _program()
    if _java() is None:
        try:
            apt(f"openjdk-{_OLDEST_JAVA}-jre-headless")
        except CannotProvide as error:
            raise CannotProvide(f"Elasticsearch needs Java {_OLDEST_JAVA} or newer below {_JAVAS}. {error}") from error


def _java() -> Path | None:
    """The home of the newest Java of this machine that is new enough."""
    found = {_java_version(path): path for path in _JAVAS.glob("*") if (path / "bin" / "java").exists()}
    newest = max(found, default=0)
    return found[newest] if newest >= _OLDEST_JAVA else None


def _java_version(home: Path) -> int:
    """Its feature number (JEP 322), from the file `release` that every Java has; 0 where there is none."""
    try:
        written = re.search(r'JAVA_VERSION="(\d+)', (home / "release").read_text(encoding="utf-8"))
    except OSError:
        return 0
    return int(written[1]) if written else 0


def _prepare(site: Site) -> None:
    home, settings = site.own(site.home(NAME)), site.secrets / NAME
    places = {
        "network.host: 0.0.0.0": f"network.host: {LOCAL}",
        "http.port: 9200": f"http.port: {site.ports.elasticsearch}",
        "transport.port: 9300": f"transport.port: {site.ports.elasticsearch_nodes}",
        "/usr/share/elasticsearch": str(home),
    }
    copy_elasticsearch_settings(site.secrets)
    written = settings / "elasticsearch.yml"
    written.write_text(localised(written.read_text(encoding="utf-8"), places), encoding="utf-8")
    shutil.rmtree(home / "tmp", ignore_errors=True)
    (home / "tmp").mkdir()
    give(home)
    site.own(settings)


def _launch(site: Site) -> Launch:
    service = read_service(NAME)
    java = _java()
    assert java is not None  # it was installed
    (command,) = service.command
    options = localised(service.environment["ES_JAVA_OPTS"], {"1g": site.heap})
    return Launch(
        (localised(command, {"/usr/share/elasticsearch": str(_program())}),),
        {
            "ES_PATH_CONF": localised(service.environment["ES_PATH_CONF"], {"/run/secrets": str(site.secrets / NAME)}),
            "ES_JAVA_OPTS": options,
            "ES_JAVA_HOME": str(java),
            "ES_TMPDIR": str(site.home(NAME) / "tmp"),
            "HOME": str(site.home(NAME)),
        },
    )


def url(site: Site) -> str:
    return f"https://{LOCAL}:{site.ports.elasticsearch}"


def _check(site: Site) -> None:
    password = password_file(site.secrets, Role.ADMIN, NAME).read_text(encoding="utf-8")
    health = f"{url(site)}/_cluster/health?wait_for_status=yellow&timeout=5s"
    ask(health, ca_file(site.secrets, NAME), user=Role.ADMIN.account, password=password)


SERVER = Server(NAME, _install, _prepare, _launch, _check, nothing, patience=300.0)
