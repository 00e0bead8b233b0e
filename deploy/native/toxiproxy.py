"""Toxiproxy: stands between our processes and a server, and cuts or delays what passes. For the tests of faults.

Its own door is plain HTTP, on this machine alone.
"""

from deploy.native.install import go
from deploy.native.server import Launch, Server, nothing
from deploy.native.site import LOCAL, Site
from deploy.native.web import ask

NAME = "toxiproxy"
MODULE = "github.com/Shopify/toxiproxy/v2/cmd/server"
VERSION = "v2.12.0"


def _install() -> None:
    go(MODULE, VERSION, NAME)


def _launch(site: Site) -> Launch:
    return Launch((str(go(MODULE, VERSION, NAME)), "-host", LOCAL, "-port", str(site.ports.toxiproxy)))


def url(site: Site) -> str:
    return f"http://{LOCAL}:{site.ports.toxiproxy}"


def _check(site: Site) -> None:
    ask(f"{url(site)}/proxies")


SERVER = Server(NAME, _install, nothing, _launch, _check, nothing, patience=10.0)
