"""The whole product as `make run` starts it, on free loopback ports with a data folder of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
START_LIMIT = 60


class Site:
    """A running product: its addresses, data folder and process."""

    def __init__(self, port: int, peer_port: int, data: Path, process: subprocess.Popen[str]) -> None:
        self.portal = f"http://127.0.0.1:{port}"
        self.admin = f"{self.portal}/admin"
        self.peer = f"http://127.0.0.1:{peer_port}"
        self.data, self.process = data, process
        self.log: list[str] = []


@contextmanager
def running(data: Path, **settings: str) -> Iterator[Site]:
    """Start the product, wait until it is ready, end it when the block ends."""
    port, peer_port = free_ports(2)
    environment = {
        **os.environ,
        "ZHUNYU_DATA_DIR": str(data),
        "ZHUNYU_PORT": str(port),
        "ZHUNYU_PEER_PORT": str(peer_port),
        **settings,
    }
    process = subprocess.Popen(
        [sys.executable, "-m", "engine.cli", "run"], cwd=ROOT, env=environment, text=True,
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True,
    )  # fmt: skip
    site = Site(port, peer_port, data, process)
    reader = threading.Thread(target=_collect, args=(process, site.log), daemon=True)
    reader.start()
    try:
        _wait_until_ready(site)
        yield site
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
        reader.join(timeout=5)
        if process.stdout is not None:
            process.stdout.close()


def free_ports(count: int) -> list[int]:
    """Ports nobody listens on at this moment."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()


def _collect(process: subprocess.Popen[str], log: list[str]) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        log.append(line.rstrip("\n"))


def _wait_until_ready(site: Site) -> None:
    """Until the supervisor says so: the web server answers earlier, while the matters are still being published."""
    waiting = threading.Event()
    for _ in range(START_LIMIT * 5):
        if site.process.poll() is not None:
            raise RuntimeError("the product ended while starting:\n" + "\n".join(site.log[-40:]))
        if any(line.startswith("准予 已就绪") for line in list(site.log)):
            return
        waiting.wait(0.2)
    raise RuntimeError("the product was not ready in time:\n" + "\n".join(site.log[-40:]))
