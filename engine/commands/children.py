"""Child processes with one prefixed log, restarted with back-off when they crash."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import IO

import msgspec

_FIRST_PAUSE, _LONGEST_PAUSE, _STEADY = 0.5, 30.0, 30.0
_PATIENCE = 12.0  # seconds a child has to end after SIGTERM
_LEFTOVERS = 3.0  # and its own children after it is gone


_PDEATHSIG = 1  # <linux/prctl.h>
_PRCTL = getattr(ctypes.CDLL(None), "prctl", None) if sys.platform == "linux" else None


def _die_with_parent() -> None:
    """Between fork and exec of a child on Linux: SIGTERM when we die without a chance to end it."""
    if _PRCTL is not None:
        _PRCTL(_PDEATHSIG, signal.SIGTERM, 0, 0, 0)


class Plan(msgspec.Struct, frozen=True):
    """One child: its name in the log, command and extra environment; `ready` is the line it says when it can work."""

    name: str
    command: tuple[str, ...]
    environ: Mapping[str, str] = {}
    ready: str = ""


class Child:
    """Keeps one process alive until `stop`. `tell(name, words)` receives its log lines and our own remarks."""

    def __init__(self, plan: Plan, tell: Callable[[str, str], None]) -> None:
        self.plan, self._tell = plan, tell
        self.ready = threading.Event()
        self._stopping = threading.Event()
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self.restarts = 0
        self._thread = threading.Thread(target=self._keep, name=f"child-{plan.name}", daemon=True)

    @property
    def pid(self) -> int:
        """The process id, 0 while there is no process."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else 0

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ask_to_stop(self) -> None:
        """SIGTERM to the child, which ends its own children in order; it is not restarted."""
        self._stopping.set()
        with self._lock:
            if self._process is not None and self._process.poll() is None:
                self._process.terminate()

    def wait_stopped(self) -> None:
        """Wait until it ended; SIGKILL when it does not in time."""
        self._thread.join(timeout=_PATIENCE)
        if self._thread.is_alive():
            self._tell(self.plan.name, "未能按时结束，强制终止。")
            with self._lock:
                if self._process is not None and self._process.poll() is None:
                    _signal_group(self._process.pid, signal.SIGKILL)
            self._thread.join(timeout=5)

    def _keep(self) -> None:
        pause = _FIRST_PAUSE
        while not self._stopping.is_set():
            began = time.monotonic()
            code = self._run_once()
            if self._stopping.is_set():
                return
            if time.monotonic() - began > _STEADY:
                pause = _FIRST_PAUSE
            self.restarts += 1
            how = f"被信号 {-code} 终止" if code < 0 else f"退出（代码 {code}）"
            self._tell(self.plan.name, f"进程意外{how}，{pause:g} 秒后重启。")
            self._stopping.wait(pause)
            pause = min(pause * 2, _LONGEST_PAUSE)

    def _run_once(self) -> int:
        with self._lock:
            if self._stopping.is_set():
                return 0
            self._process = subprocess.Popen(
                self.plan.command,
                env={**os.environ, **self.plan.environ, "PYTHONUNBUFFERED": "1"},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # Ctrl-C reaches only us: we end the children in order
                preexec_fn=_die_with_parent if _PRCTL is not None else None,
            )
        output = self._process.stdout
        assert output is not None
        reader = threading.Thread(target=self._read, args=(output,), daemon=True)
        reader.start()
        code = self._process.wait()
        _end_group(self._process.pid)  # what the child left behind would hold its port and our pipe
        reader.join(timeout=5)
        output.close()
        return code

    def _read(self, output: IO[bytes]) -> None:
        for raw in output:
            line = raw.decode("utf-8", "replace").rstrip()
            if self.plan.ready and line == self.plan.ready:
                self.ready.set()
            elif line:
                self._tell(self.plan.name, line)


def _signal_group(group: int, number: int) -> bool:
    """Whether the group was there to be told."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def _end_group(group: int) -> None:
    """End what is left of a child's group once the child is gone."""
    _signal_group(group, signal.SIGTERM)
    until = time.monotonic() + _LEFTOVERS
    while time.monotonic() < until:
        if not _signal_group(group, 0):
            return
        time.sleep(0.02)
    _signal_group(group, signal.SIGKILL)
