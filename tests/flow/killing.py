"""Work in a process of its own that is killed by SIGKILL at a seeded moment: before one of its writes, after the last.

A write is what changes the disk: an SQL statement that is no query, a commit, and what makes a file visible or durable.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.database import Database

_FILES = ("replace", "link", "unlink", "fsync")


def killed(work: Callable[[], object], step: int, *databases: Database) -> bool:
    """Fork, and let `work` run there until its `step`-th write; whether it was killed (False: it came to its end).

    `databases` are those this process has open: the child gets none of their connections.
    """
    for one in databases:
        one.engine.dispose()
    sys.stderr.flush()
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _die_at(step)
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


def _die_at(step: int) -> None:
    left = [step]

    def write(*_given: Any) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def statement(_connection: Any, _cursor: Any, text: str, *_given: Any) -> None:
        if not text.lstrip().upper().startswith(("SELECT", "PRAGMA", "BEGIN")):
            write()

    sa.event.listen(sa.engine.Engine, "before_cursor_execute", statement)
    sa.event.listen(sa.engine.Engine, "commit", write)
    for name in _FILES:
        setattr(os, name, _counted(getattr(os, name), write))


def _counted(original: Callable[..., Any], write: Callable[[], None]) -> Callable[..., Any]:
    def counted(*given: Any, **named: Any) -> Any:
        write()
        return original(*given, **named)

    return counted
