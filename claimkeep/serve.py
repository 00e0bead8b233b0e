"""`claimkeep serve`: answers over HTTP, and works on what comes in."""

import signal
import socket
import sys
import warnings
from pathlib import Path
from threading import Thread
from types import FrameType

import click
import structlog
import uvicorn
from prometheus_client import CollectorRegistry

from archive.catalog import users
from archive.console import CANNOT_GO_ON, exits_with_reason, home_option
from archive.logs import set_up_logs
from archive.metrics import ArchiveCollector, serving_metrics
from archive.search_keys.sounds import load_readings
from archive.wiring import Archive, open_archive
from search_api.app import create_app
from workers.commands.work import default_processes
from workers.running.celery_pool import CeleryPool
from workers.running.measure import Measures
from workers.running.pool import Pool
from workers.running.pools import make_pool

_GRACE_SECONDS = 10  # for answers that are under way when the service is asked to stop

log = structlog.get_logger(__name__)


@click.command()
@click.option("--host", help="Address to listen on [default: the setting].")
@click.option("--port", type=click.IntRange(0, 65535), help="Port to listen on; 0 takes any [default: the setting].")
@click.option(
    "--processes", type=click.IntRange(0, 256), help="Worker processes; 0 only answers [default: the setting, or one a core]."
)
@home_option
@exits_with_reason
def serve(host: str | None, port: int | None, processes: int | None, home: Path) -> None:
    """Answer over HTTP, and work on what comes in, until interrupted (Ctrl-C) or asked to end (SIGTERM).

    Requests and pages in hand are finished first. Put a proxy with TLS before it: tokens and names travel through.
    """
    with open_archive(home) as archive:
        set_up_logs(archive.settings.log.level)
        warnings.filterwarnings("ignore", message="Pydantic serializer")  # these quote values, and would reach the log
        count = default_processes(archive) if processes is None else processes
        listening = _listen(host or archive.settings.serve.host, archive.settings.serve.port if port is None else port)
        _greet(archive, listening, count)
        registry = CollectorRegistry()
        registry.register(ArchiveCollector(archive))
        with serving_metrics(archive.settings.metrics, registry):
            is_well = _run(archive, listening, count, registry)
    sys.exit(0 if is_well else CANNOT_GO_ON)


def _listen(host: str, port: int) -> socket.socket:
    try:
        listening = socket.create_server((host, port), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    except OSError as error:
        click.echo(f"Cannot listen on {host} port {port}: {error.strerror}. Choose another with --host and --port.", err=True)
        sys.exit(CANNOT_GO_ON)
    # Handed on to each connection. A body that is sent after its head would wait 40 ms for the other side to say it has that.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def _greet(archive: Archive, listening: socket.socket, processes: int) -> None:
    host, port = listening.getsockname()[:2]
    named = f"[{host}]" if ":" in host else host
    click.echo(f"claimkeep answers at http://{named}:{port}/ with {processes} worker processes. Ctrl-C ends it.")
    with archive.catalog.read() as connection:
        if users.everyone(connection):
            return
    click.echo(f"Nobody may use it yet. Add somebody: claimkeep users add NAME --role handler --home {archive.home}")


def make_server(archive: Archive, registry: CollectorRegistry | None = None) -> uvicorn.Server:
    """The HTTP server that answers for *archive*, counting in *registry*; it writes down nothing that stands in addresses."""
    config = uvicorn.Config(
        create_app(archive, registry),
        access_log=False,  # it would hold whole addresses; search_api logs routes
        log_config=None,
        server_header=False,
        lifespan="off",
        ws="none",
        timeout_graceful_shutdown=_GRACE_SECONDS,
    )
    return uvicorn.Server(config)


def _run(archive: Archive, listening: socket.socket, processes: int, registry: CollectorRegistry) -> bool:
    """Until asked to stop; False where the work broke off by itself."""
    server = make_server(archive, registry)
    work = _Work(make_pool(archive, processes, measures=Measures(registry, processes)), server)
    # uvicorn gives the signal on when it has ended: these then stop the work instead of ending the process in the midst of it.
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, work.ask_to_stop)
    if processes:
        work.start()
    load_readings()
    server.run(sockets=[listening])
    return work.end()


class _Work:
    """The pool of workers, beside the server that answers."""

    def __init__(self, pool: Pool | CeleryPool, server: uvicorn.Server) -> None:
        self._pool = pool
        self._server = server
        self._thread = Thread(target=self._run, name="pool")
        self._broke = False

    def start(self) -> None:
        self._thread.start()

    def ask_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._server.should_exit = True
        self._pool.stop()

    def end(self) -> bool:
        """Wait for the pages in hand; False where the work had broken off."""
        self._pool.stop()
        if self._thread.ident is not None:
            self._thread.join()
        return not self._broke

    def _run(self) -> None:
        try:
            self._pool.run(until_idle=False)
        except Exception as error:  # noqa: BLE001 - a service that takes material in and never works on it must not go on
            log.error("work.broke_off", error=type(error).__name__)
            self._broke = True
            self._server.should_exit = True
