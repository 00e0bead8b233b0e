"""What stands between our processes and each server: toxiproxy, which passes everything on until told to cut or delay."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from deploy.native.web import ask

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Proxies:
    """One for each server, by the server's name. `ports` are those that our processes are told."""

    url: str
    ports: Mapping[str, int]

    def make(self, targets: Mapping[str, int]) -> None:
        """Pass on to *targets*, the servers' own ports."""
        for name, port in targets.items():
            proxy = {"name": name, "listen": f"{HOST}:{self.ports[name]}", "upstream": f"{HOST}:{port}", "enabled": True}
            ask(f"{self.url}/proxies", method="POST", body=proxy)

    @contextmanager
    def cut(self, name: str) -> Iterator[None]:
        """Every connection ends at once, and no new one is taken."""
        self._enable(name, wanted=False)
        try:
            yield
        finally:
            self._enable(name, wanted=True)

    @contextmanager
    def toxic(self, name: str, kind: str, *, both_ways: bool = False, **attributes: int) -> Iterator[None]:
        """Put *kind* (https://github.com/Shopify/toxiproxy#toxics) on what the server sends, or on what is sent to it too."""
        streams = ("downstream", "upstream") if both_ways else ("downstream",)
        for stream in streams:
            toxic = {"name": stream, "type": kind, "stream": stream, "toxicity": 1.0, "attributes": attributes}
            ask(f"{self.url}/proxies/{name}/toxics", method="POST", body=toxic)
        try:
            yield
        finally:
            for stream in streams:
                ask(f"{self.url}/proxies/{name}/toxics/{stream}", method="DELETE")

    def reset(self) -> None:
        """Everything is passed on again."""
        ask(f"{self.url}/reset", method="POST")

    def _enable(self, name: str, *, wanted: bool) -> None:
        ask(f"{self.url}/proxies/{name}", method="POST", body={"enabled": wanted})
