"""A way to a server that is cut on demand: in the middle of what is sent, or of what is answered."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

_CHUNK = 64 * 1024


@dataclass(slots=True)
class CuttingProxy:
    """Passes bytes to *target* and back, and ends a connection as often as `cuts` says.

    Once `sent_before_cut` bytes have been sent in all, everything sent is cut; of what is answered, a connection is cut after
    every `answered_before_cut` bytes. None: not cut there.
    """

    target: tuple[str, int]
    sent_before_cut: int | None = None
    answered_before_cut: int | None = None
    cuts: int = 0
    done: int = 0
    _sent: int = 0
    _answered: int = 0
    _listener: socket.socket = field(default_factory=socket.socket)
    _ends: list[socket.socket] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def endpoint(self) -> str:
        host, port = self._listener.getsockname()
        return f"{host}:{port}"

    def listen(self) -> None:
        self._listener.bind(("127.0.0.1", 0))
        self._listener.listen()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """For good, with every connection that there is."""
        for end in (self._listener, *self._ends):
            _end(end)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self.target) as server:
            self._ends += (client, server)
            answers = threading.Thread(target=self._pass, args=(server, client, self._cuts_answer), daemon=True)
            answers.start()
            self._pass(client, server, self._cuts_sent)
            answers.join()

    def _pass(self, source: socket.socket, target: socket.socket, cuts: Callable[[int], bool]) -> None:
        with contextlib.suppress(OSError):
            while (chunk := source.recv(_CHUNK)) and not cuts(len(chunk)):
                target.sendall(chunk)
        _end(source)
        _end(target)

    def _cuts_sent(self, count: int) -> bool:
        with self._lock:
            self._sent += count
            return self.sent_before_cut is not None and self._sent > self.sent_before_cut and self._may_cut()

    def _cuts_answer(self, count: int) -> bool:
        with self._lock:
            self._answered += count
            if self.answered_before_cut is None or self._answered <= self.answered_before_cut or not self._may_cut():
                return False
            self._answered = 0
            return True

    def _may_cut(self) -> bool:
        if self.done >= self.cuts:
            return False
        self.done += 1
        return True


@contextlib.contextmanager
def a_cutting_proxy(endpoint: str) -> Iterator[CuttingProxy]:
    host, _, port = endpoint.rpartition(":")
    proxy = CuttingProxy((host, int(port)))
    proxy.listen()
    try:
        yield proxy
    finally:
        proxy.close()


def _end(end: socket.socket) -> None:
    with contextlib.suppress(OSError):  # it may have ended by itself
        end.shutdown(socket.SHUT_RDWR)
