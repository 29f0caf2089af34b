"""Processes that are killed by SIGKILL at a chosen point of their work, without any chance to tidy up.

`python -m tests.flow.crashing` reads orders, a line each, and forks a process for every one: `effects POINT N`
carries effects out and dies at the N-th time it comes to the point; `submit POINT N DRAFT NUMBER` files a draft of
the applicant with this number. POINT `never` works to the end. It says the pid, and how the process ended.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any

from engine.adapters.files import SealedFiles
from engine.adapters.peer import HttpPeer
from engine.adapters.render.typst_renderer import TypstRenderer
from engine.adapters.sql.certificates import SqlCertificates
from engine.adapters.sql.history import SqlHistory
from engine.adapters.waker import DatagramWaker
from engine.bootstrap import build
from engine.services.committing import Committing
from engine.services.effects import Effects
from engine.services.sealing import Sealing
from engine.settings import load
from tests.flow.installed import LANES
from tests.flow.world import session

POINTS: dict[str, tuple[type, str, bool]] = {  # class, method, whether the method runs before the end
    "claimed": (Effects, "run", False),
    "delivered": (HttpPeer, "deliver", True),
    "rendered": (TypstRenderer, "render", True),
    "stored": (SealedFiles, "put", True),
    "keeping": (SqlCertificates, "keep_file", True),
    "kept": (Committing, "report", False),
    "committing": (SqlHistory, "add", True),
    "committed": (DatagramWaker, "wake", False),
    "reported": (Sealing, "make", True),
}


def die_at(point: str, count: int) -> None:
    """Arm the point: the process ends there at the `count`-th time."""
    kind, name, run_first = POINTS[point]
    original: Callable[..., Any] = getattr(kind, name)
    left = [count]

    def fatal(*given: Any, **named: Any) -> Any:
        left[0] -= 1
        result = original(*given, **named) if run_first or left[0] > 0 else None
        if left[0] <= 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(kind, name, fatal)


def work(job: str, point: str, count: str, *more: str) -> None:
    """What the forked process does."""
    if point != "never":
        die_at(point, int(count))
    zhunyu = build(load())
    if job == "submit":
        draft, number = more
        zhunyu.cases.submit(session(int(number)), draft, draft)
        return
    while jobs := zhunyu.effects.claim(LANES, 1):
        for one in jobs:
            zhunyu.effects.run(one)


def main() -> None:
    """Until the orders end."""
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            code = 1
            try:
                work(*line.split())
                code = 0
            finally:
                os._exit(code)
        sys.stdout.write(f"{child}\n")
        sys.stdout.flush()
        sys.stdout.write(f"{os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
