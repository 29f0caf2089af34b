"""`zhunyu run`: the web server, the effects process and the sandbox peer on one machine."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from types import FrameType

from engine.commands.children import Child, Plan
from engine.commands.terminal import Terminal
from engine.commands.welcome import welcome
from engine.errors import ZhunyuError
from engine.settings import ROOT, Settings

_PATIENCE = 90.0  # seconds until a start is called failed
_LOCAL = "127.0.0.1"
# Fixed thresholds, so that glibc hands back what a lazy import or a page took for a moment: about 30 MB.
_ALLOCATOR = {"MALLOC_ARENA_MAX": "2", "MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_TRIM_THRESHOLD_": "131072"}


def supervise(settings: Settings, terminal: Terminal) -> int:
    """Start everything, wait for the end, end everything. The exit code; ZhunyuError when it cannot start."""
    check_machine(settings)
    children = [Child(plan, terminal.log) for plan in plans(settings)]
    with _stop_on_signals() as stopping, one_at_a_time(settings):
        if settings.worker == "celery":
            _prepare(settings, terminal)
        for child in children:
            child.start()
        try:
            if _wait_ready(settings, children, stopping):
                terminal.box(*welcome(settings))
                stopping.wait()
            elif not stopping.is_set():
                raise ZhunyuError("S006", "服务未能在时限内就绪。", "原因见以上日志。")
        finally:
            terminal.log("zhunyu", "正在停止……")
            for child in children:
                child.ask_to_stop()
            for child in children:
                child.wait_stopped()
            terminal.log("zhunyu", "已全部停止。")
    return 0


def _prepare(settings: Settings, terminal: Terminal) -> None:
    """Prepare the installation before Celery starts; embedded, the effects process does it."""
    command = (sys.executable, "-m", "engine.cli", "prepare")
    done = subprocess.run(command, env={**os.environ, **_environ(settings)}, capture_output=True, text=True)
    for line in (done.stdout + done.stderr).splitlines():
        terminal.log("prepare", line)
    if done.returncode:
        raise ZhunyuError("S006", "准备工作没有完成。", "原因见以上日志。")


def check_machine(settings: Settings) -> None:
    """S005 for an unsupported Python, S003 for a busy port, S007 for a missing part."""
    if not (3, 11) <= sys.version_info[:2] < (3, 13):
        raise ZhunyuError("S005", f"现为 Python {sys.version.split()[0]}。", "请使用 Python 3.11 或 3.12。")
    for module in ("granian", "typst", "sqlalchemy"):
        if importlib.util.find_spec(module) is None:
            raise ZhunyuError("S007", f"缺少依赖 {module}。", "请运行 make run，它会自动安装依赖。")
    _check_port(settings.host, settings.port, "ZHUNYU_PORT")
    if settings.sandbox:
        _check_port(_LOCAL, settings.peer_port, "ZHUNYU_PEER_PORT")


def plans(settings: Settings) -> tuple[Plan, ...]:
    """The children of an installation."""
    environ = _environ(settings)
    web = Plan("web", _granian("engine.web.server:app", settings.host, settings.port, settings), environ)
    found = [*_effects(settings, environ), web]
    if settings.sandbox:
        own = {
            **environ,
            "ZHUNYU_SANDBOX_DIR": str(settings.data_dir / "sandbox"),
            "ZHUNYU_SANDBOX_REGISTRY": str(settings.home / "rules" / "demo" / "registry.yaml"),
            "ZHUNYU_SANDBOX_TRUSTED": str(settings.data_dir / "keys" / "push-trusted.json"),
        }
        found.append(
            Plan("peer", _granian("deploy.sandbox.server:app", _LOCAL, settings.peer_port, settings, threads=4), own)
        )
    return tuple(found)


def _effects(settings: Settings, environ: dict[str, str]) -> list[Plan]:
    if settings.worker == "embedded":
        return [Plan("effects", (sys.executable, "-m", "engine.worker.effects"), environ, ready="effects ready")]
    celery = (sys.executable, "-m", "celery", "-q", "-A", "engine.worker.celery_app")
    worker = (*celery, "worker", "-Q", "seal,push,shadow,due", "--concurrency", "2", "--loglevel", "WARNING")
    beat = (*celery, "beat", "--loglevel", "WARNING", "--schedule", str(settings.data_dir / "beat"), "--pidfile=")
    return [Plan("worker", worker, environ), Plan("beat", beat, environ)]


def _granian(target: str, host: str, port: int, settings: Settings, threads: int = 0) -> tuple[str, ...]:
    workers = settings.web_workers if not threads else 1
    return (
        sys.executable, "-m", "granian", "--interface", "wsgi", target, "--host", host, "--port", str(port),
        "--workers", str(workers), "--blocking-threads", str(threads or settings.web_threads), "--no-ws",
        "--log-level", "error", "--respawn-failed-workers", "--workers-kill-timeout", "4",
        "--backlog", "1024",
    )  # fmt: skip


def _environ(settings: Settings) -> dict[str, str]:
    # What was resolved once is told to all children, so that they cannot come to another result.
    return {
        **{name: value for name, value in _ALLOCATOR.items() if name not in os.environ},
        "ZHUNYU_DATA_DIR": str(settings.data_dir),
        "ZHUNYU_DATABASE_URL": settings.database_url,
        "ZHUNYU_PUBLIC_URL": settings.public_url,
        "ZHUNYU_PEER_URL": settings.peer_url,
        "ZHUNYU_REGISTRY_URL": settings.registry_url,
        "ZHUNYU_SANDBOX": "1" if settings.sandbox else "0",
        "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH", "")])]),
    }


def _check_port(host: str, port: int, name: str) -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            what = f"端口 {host}:{port} 无法使用（{error.strerror}）。"
            raise ZhunyuError("S003", what, f"请停止占用它的程序，或设置 {name} 换一个端口。") from error


def _wait_ready(settings: Settings, children: list[Child], stopping: threading.Event) -> bool:
    waiting = [address + "/readyz" for address in _addresses(settings)]
    until = time.monotonic() + _PATIENCE
    while time.monotonic() < until and not stopping.is_set():
        waiting = [address for address in waiting if not _answers(address)]
        if not waiting and all(child.ready.is_set() for child in children if child.plan.ready):
            return True
        if any(child.restarts >= 3 for child in children):
            return False
        stopping.wait(0.05)
    return False


def _addresses(settings: Settings) -> list[str]:
    host = _LOCAL if settings.host in ("0.0.0.0", "::") else settings.host
    return [f"http://{host}:{settings.port}"] + ([f"http://{_LOCAL}:{settings.peer_port}"] if settings.sandbox else [])


def _answers(address: str) -> bool:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    try:
        with opener.open(address, timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


@contextlib.contextmanager
def one_at_a_time(settings: Settings) -> Iterator[None]:
    """Hold the data directory's lock; S006 when another `zhunyu run` works on it."""
    import fcntl

    with (settings.data_dir / "run.lock").open("a+") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            what = f"数据目录 {settings.data_dir} 正由另一个 zhunyu run 使用。"
            raise ZhunyuError("S006", what, "请先停止它，或用 ZHUNYU_DATA_DIR 指定另一个目录。") from error
        yield


@contextlib.contextmanager
def _stop_on_signals() -> Iterator[threading.Event]:
    stopping = threading.Event()

    def stop(_number: int, _frame: FrameType | None) -> None:
        stopping.set()

    before = {number: signal.signal(number, stop) for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
    try:
        yield stopping
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
