from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engine.commands import children
from engine.commands.children import Child, Plan

LIMIT = 15.0
FOREVER = "import signal, sys; print('here', flush=True); signal.pause()"
STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('here', flush=True); signal.pause()"


class Log:
    """What a child said, and a way to wait for a part of it."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._changed = threading.Condition()

    def tell(self, name: str, words: str) -> None:
        with self._changed:
            self.lines.append(f"{name} {words}")
            self._changed.notify_all()

    def wait_for(self, part: str, times: int = 1) -> bool:
        with self._changed:
            return self._changed.wait_for(lambda: sum(part in line for line in self.lines) >= times, LIMIT)


@contextmanager
def child(code: str, log: Log, ready: str = "") -> Iterator[Child]:
    made = Child(Plan("part", (sys.executable, "-c", code), ready=ready), log.tell)
    made.start()
    try:
        yield made
    finally:
        made.ask_to_stop()
        made.wait_stopped()


def gone(pid: int) -> bool:
    never = threading.Event()
    for _ in range(int(LIMIT / 0.05)):
        if not Path(f"/proc/{pid}").exists() or "\nState:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
        never.wait(0.05)
    return False


def test_what_a_child_says_is_told_under_its_name() -> None:
    log = Log()
    with child(FOREVER, log):
        assert log.wait_for("part here")


def test_the_agreed_line_makes_a_child_ready_and_is_not_repeated() -> None:
    log = Log()
    with child(FOREVER, log, ready="here") as made:
        assert made.ready.wait(LIMIT)
    assert log.lines == []


def test_a_child_that_is_asked_to_stop_ends_and_is_not_restarted() -> None:
    log = Log()
    with child(FOREVER, log) as made:
        log.wait_for("here")
        pid = made.pid
    assert gone(pid) and made.restarts == 0


def test_a_crashed_child_is_started_again_and_that_is_said() -> None:
    log = Log()
    with child(FOREVER, log) as made:
        log.wait_for("here")
        os.kill(made.pid, signal.SIGKILL)
        assert log.wait_for("被信号 9 终止") and log.wait_for("here", 2)


def test_what_a_crashed_child_left_behind_is_ended_before_its_restart() -> None:
    log = Log()
    code = (
        "import subprocess, sys;"
        f"left = subprocess.Popen([sys.executable, '-c', {FOREVER!r}]);"
        "print('left', left.pid, flush=True); left.wait()"
    )
    with child(code, log) as made:
        log.wait_for("part here")
        left = int(next(line for line in log.lines if "left" in line).split()[-1])
        os.kill(made.pid, signal.SIGKILL)
        assert log.wait_for("后重启") and gone(left)


def test_a_child_that_keeps_failing_is_started_more_and_more_slowly(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_FIRST_PAUSE", 0.02)
    log = Log()
    with child("raise SystemExit(3)", log):
        assert log.wait_for("0.02 秒后重启") and log.wait_for("0.04 秒后重启") and log.wait_for("0.08 秒后重启")


def test_a_child_that_will_not_end_is_killed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "_PATIENCE", 0.2)
    log = Log()
    with child(STUBBORN, log) as made:
        log.wait_for("here")
        pid = made.pid
    assert gone(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux ends children with their parent")
def test_children_end_when_their_supervisor_is_killed() -> None:
    code = (
        "import sys, threading; from engine.commands.children import Child, Plan;"
        f"made = Child(Plan('p', (sys.executable, '-c', {FOREVER!r}), ready='here'), lambda *_: None);"
        "made.start(); made.ready.wait(); print(made.pid, flush=True); threading.Event().wait()"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as supervisor:
        assert supervisor.stdout is not None
        pid = int(supervisor.stdout.readline())
        supervisor.kill()
        assert gone(pid)
