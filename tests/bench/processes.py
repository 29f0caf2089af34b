"""The servers that are measured: the product as `zhunyu run` starts it, the reference, and the stub registry."""

from __future__ import annotations

import contextlib
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
_PATIENCE = 90.0
_WEB, _EFFECTS = "engine.web.server:app", "engine.worker.effects"


def free_port() -> int:
    """A port of the loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def running(
    command: tuple[str, ...], environ: Mapping[str, str], ready: str, patience: float = _PATIENCE
) -> Iterator[tuple[psutil.Process, float]]:
    """A process until the block ends, and the seconds it took to be ready: the address `ready` answers 200, or a line
    of its output contains the words `ready`."""
    began = time.perf_counter()
    process = subprocess.Popen(
        (sys.executable, "-m", *command), cwd=ROOT, env={**os.environ, **environ}, stdout=subprocess.PIPE
    )
    said = threading.Event()
    threading.Thread(target=_drain, args=(process, ready.encode(), said), daemon=True).start()
    try:
        _wait(process, ready if ready.startswith("http") else "", said, patience)
        yield psutil.Process(process.pid), time.perf_counter() - began
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _drain(process: subprocess.Popen[bytes], words: bytes, said: threading.Event) -> None:
    assert process.stdout is not None
    for text in process.stdout:
        if words in text:
            said.set()


def granian(target: str, port: int, threads: int) -> tuple[str, ...]:
    """The command that serves a WSGI app as the product's web server is served."""
    return (
        "granian", "--interface", "wsgi", target, "--host", "127.0.0.1", "--port", str(port), "--workers", "1",
        "--blocking-threads", str(threads), "--no-ws", "--log-level", "error", "--backlog", "1024",
    )  # fmt: skip


def measured(product: psutil.Process) -> list[psutil.Process]:
    """Web server and effects process of a running product, with their own children."""
    return [one for one in product.children(recursive=True) if _part(one) in (_WEB, _EFFECTS)]


def split(product: psutil.Process) -> dict[str, list[psutil.Process]]:
    """The processes of a running product by what they are."""
    found: dict[str, list[psutil.Process]] = {"web": [], "effects": [], "all": [product]}
    for one in product.children(recursive=True):
        part = _part(one)
        found["all"].append(one)
        if part:
            found["web" if part == _WEB else "effects"].append(one)
    return found


def _part(process: psutil.Process) -> str:
    # A granian worker is forked or spawned: it carries its parent's name or only its parent tells what it is.
    for one in (process, process.parent()):
        line = one.cmdline() if one is not None else []
        part = next((part for part in (_WEB, _EFFECTS) if part in line), "")
        if part:
            return part
    return ""


def _wait(process: subprocess.Popen[bytes], address: str, said: threading.Event, patience: float) -> None:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            raise RuntimeError(f"the process ended with {process.returncode} before it answered")
        if said.wait(0.01):
            return
        if address:
            with contextlib.suppress(OSError), opener.open(address, timeout=2) as reply:
                if reply.status == 200:
                    return
    raise RuntimeError(f"the process was not ready in {patience:.0f} s")
