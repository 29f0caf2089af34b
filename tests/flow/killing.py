"""Work that ends at a seeded moment, before one of its writes: in a process that is killed by SIGKILL, or cut off here.

A write is what changes the disk: an SQL statement that is no query, a commit, and what makes a file visible or durable.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.database import Database

_FILES = ("replace", "link", "unlink", "fsync")


def killed(work: Callable[[], object], step: int, *databases: Database) -> bool:
    """Fork, and let `work` run there until its `step`-th write; whether it was killed (False: it came to its end).

    `databases` are those this process has open: the child gets none of their connections, nor their lock file, whose
    lock would outlive it.
    """
    for one in databases:
        one.close()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with writes_counted(step, lambda: os.kill(os.getpid(), signal.SIGKILL)):
                work()
            code = 0
        except BaseException:
            traceback.print_exc()
            sys.stderr.flush()
        finally:
            os._exit(code)
    ended = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert ended in (0, -signal.SIGKILL), f"the child failed by itself: {ended}"
    return ended != 0


class CutOff(BaseException):
    """The process ended here, as far as the code around it can tell: nothing after it ran."""


def cut_off(work: Callable[[], object], step: int) -> bool:
    """The same within this process, which is quicker: an exception that nobody catches ends the work."""

    def end() -> None:
        raise CutOff

    try:
        with writes_counted(step, end):
            work()
    except CutOff:
        return True
    return False


@contextlib.contextmanager
def writes_counted(step: int, end: Callable[[], None]) -> Iterator[None]:
    """Within the block, `end` is called before the `step`-th write."""
    left = [step]

    def write(*_given: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            end()

    def statement(_connection: Any, _cursor: Any, text: str, *_given: Any) -> None:
        if not text.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
            write()

    def counted(original: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            write()
            return None if original is kept["fsync"] else original(*given, **named)  # no power is cut here

        return call

    kept = {name: getattr(os, name) for name in _FILES}
    events = (("before_cursor_execute", statement), ("commit", write))
    for event, listener in events:
        sa.event.listen(sa.engine.Engine, event, listener)
    for name, original in kept.items():
        setattr(os, name, counted(original))
    try:
        yield
    finally:
        for name, original in kept.items():
            setattr(os, name, original)
        for event, listener in events:
            sa.event.remove(sa.engine.Engine, event, listener)
