"""Waking the effects process by a datagram on a Unix socket in the data directory."""

from __future__ import annotations

import contextlib
import hashlib
import os
import socket
import tempfile
from pathlib import Path

_LONGEST = 100  # bytes of a socket path that every system takes


class DatagramWaker:
    """Sends one byte to whoever listens; nobody listening is fine, the listener also looks by itself."""

    def __init__(self, folder: Path) -> None:
        self._path = socket_path(folder)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.setblocking(False)

    def wake(self) -> None:
        """Return at once."""
        with contextlib.suppress(OSError):
            self._socket.sendto(b"!", str(self._path))

    def close(self) -> None:
        """Call no more."""
        self._socket.close()


class DatagramListener:
    """The other end: waits for a call."""

    def __init__(self, folder: Path) -> None:
        self._path = socket_path(folder)
        self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._path.unlink(missing_ok=True)
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(str(self._path))
        self._path.chmod(0o600)

    def wait(self, seconds: float) -> bool:
        """Whether a call came within so many seconds; further calls that are already there count as the same."""
        self._socket.settimeout(seconds)
        try:
            self._socket.recv(16)
        except TimeoutError:
            return False
        self._socket.setblocking(False)
        with contextlib.suppress(BlockingIOError):
            while True:
                self._socket.recv(16)
        return True

    def close(self) -> None:
        """Stop listening."""
        self._socket.close()
        self._path.unlink(missing_ok=True)


def socket_path(folder: Path) -> Path:
    """The socket of a data directory: inside it, or in the temporary directory when the path is too long."""
    path = folder.absolute() / "wake.sock"
    if len(os.fsencode(path)) <= _LONGEST:
        return path
    name = hashlib.sha256(os.fsencode(path)).hexdigest()[:16]
    return Path(tempfile.gettempdir()) / f"zhunyu-{os.getuid()}" / f"{name}.sock"
