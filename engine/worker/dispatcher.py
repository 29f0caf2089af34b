"""The dispatcher: threads that carry out what the outbox holds, woken on commit, looking by themselves otherwise."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

import msgspec

from engine.ports.world import Clock

POLL = 0.25  # seconds; how long a lost call can delay a job
GATHER = 0.2  # seconds in which entries of the history gather into one batch
SWEEP = 2.0  # seconds between looks for ended cases that have come due for archiving
CARE = 15.0  # seconds between looks whether a verification or an export is due
BREATH = 0.05  # seconds between two pieces of it
_PAUSE = 1.0  # seconds after a failure of the store


class Work(Protocol):
    """What the dispatcher drives: `engine.services.effects` fulfils it."""

    def work(self, kinds: tuple[str, ...], limit: int, stopping: Callable[[], bool]) -> None: ...
    def due(self, now: datetime) -> int: ...
    def ripe(self) -> bool: ...


class Listener(Protocol):
    """Where calls arrive."""

    def wait(self, seconds: float) -> bool: ...


class Lane(msgspec.Struct, frozen=True):
    """Threads of their own for some kinds of jobs, so that a slow peer never delays a seal.

    A thread takes `batch` jobs at a time: well within a lease even when every receiver keeps it waiting.
    """

    name: str
    kinds: tuple[str, ...]
    threads: int
    batch: int = 1


LANES = (
    Lane("seal", ("seal_certificate",), 1),
    Lane("push", ("push",), 3, batch=4),
    Lane("shadow", ("shadow",), 1, batch=20),
    Lane("recall", ("recall",), 1),
    Lane("archive", ("archive",), 1),
    Lane("batch", ("batch",), 1),
    Lane("message", ("notify", "message", "digest"), 1, batch=4),
)


class Dispatcher:
    """Runs until `stop`. `say` is told of failures: event name and words."""

    def __init__(
        self,
        *,
        effects: Work,
        clock: Clock,
        listener: Listener,
        say: Callable[[str, str], None],
        lanes: tuple[Lane, ...] = LANES,
        seal_history: Callable[[], int] | None = None,
        care: Callable[[], bool] | None = None,
        sweep: Callable[[], int] | None = None,
    ) -> None:
        self._effects, self._clock, self._listener, self._say = effects, clock, listener, say
        self._stopping = threading.Event()
        self._calls = [(lane, threading.Event()) for lane in lanes for _ in range(lane.threads)]
        self._threads = [
            threading.Thread(target=self._work, args=(lane, call), name=f"{lane.name}-{place}", daemon=True)
            for place, (lane, call) in enumerate(self._calls)
        ]
        self._commits = threading.Event()
        if seal_history is not None:
            self._threads.append(
                threading.Thread(target=self._seal_history, args=(seal_history,), name="history", daemon=True)
            )

        if sweep is not None:
            self._threads.append(threading.Thread(target=self._sweep, args=(sweep,), name="sweep", daemon=True))

        if care is not None:
            self._threads.append(threading.Thread(target=self._care, args=(care,), name="care", daemon=True))

    def run(self) -> None:
        """Work until `stop` is called; returns when every thread has finished the job in its hands.

        What a thread had taken and not begun is given back when the next process starts.
        """
        for thread in self._threads:
            thread.start()
        self._call_all()
        while not self._stopping.is_set():
            called = self._listener.wait(POLL)
            with self._survive("due"):
                if called or self._effects.ripe():
                    self._effects.due(self._clock.now())
                    self._call_all()
        self._call_all()
        for thread in self._threads:
            thread.join(timeout=15)

    def stop(self) -> None:
        """Begin no further job."""
        self._stopping.set()

    def _work(self, lane: Lane, call: threading.Event) -> None:
        while not self._stopping.is_set():
            call.wait()
            call.clear()
            with self._survive(lane.name):
                self._effects.work(lane.kinds, lane.batch, self._stopping.is_set)

    def _seal_history(self, seal: Callable[[], int]) -> None:
        """Seal what commits left, a batch at a time; a short wait lets the entries of several commits share one."""
        while not self._stopping.is_set():
            self._commits.wait()
            self._commits.clear()
            self._stopping.wait(GATHER)
            with self._survive("history"):
                while seal() and not self._stopping.is_set():
                    pass

    def _sweep(self, sweep: Callable[[], int]) -> None:
        """Turn what has come due into jobs; the poll finds them."""
        while not self._stopping.wait(SWEEP):
            with self._survive("sweep"):
                while sweep() and not self._stopping.is_set():
                    pass

    def _care(self, care: Callable[[], bool]) -> None:
        """Do the regular work a small piece at a time, with a pause after each so that commits come first."""
        while not self._stopping.wait(CARE):
            with self._survive("care"):
                while care() and not self._stopping.wait(BREATH):
                    pass

    @contextlib.contextmanager
    def _survive(self, where: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # the store may be away: the process stays and looks again
            self._say("effects_failed", f"{where}: {type(error).__name__}: {error}")
            self._stopping.wait(_PAUSE)

    def _call_all(self) -> None:
        self._commits.set()
        for _, call in self._calls:
            call.set()
