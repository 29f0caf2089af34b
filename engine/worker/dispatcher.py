"""The dispatcher: threads that carry out what the outbox holds, woken on commit, looking by themselves otherwise."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Protocol

import msgspec

from engine.ports.effects import Job
from engine.ports.world import Clock

POLL = 0.25  # seconds; how long a lost call can delay a job
_PAUSE = 1.0  # seconds after a failure of the store


class Work(Protocol):
    """What the dispatcher drives: `engine.services.effects` fulfils it."""

    def claim(self, kinds: tuple[str, ...], limit: int) -> tuple[Job, ...]: ...
    def run(self, job: Job) -> None: ...
    def due(self, now: datetime) -> int: ...
    def ripe(self) -> bool: ...


class Listener(Protocol):
    """Where calls arrive."""

    def wait(self, seconds: float) -> bool: ...


class Lane(msgspec.Struct, frozen=True):
    """Threads of their own for some kinds of jobs, so that a slow peer never delays a seal."""

    name: str
    kinds: tuple[str, ...]
    threads: int


LANES = (Lane("seal", ("seal_certificate",), 1), Lane("push", ("push",), 3))


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
    ) -> None:
        self._effects, self._clock, self._listener, self._say = effects, clock, listener, say
        self._stopping = threading.Event()
        self._calls = [(lane, threading.Event()) for lane in lanes for _ in range(lane.threads)]
        self._threads = [
            threading.Thread(target=self._work, args=(lane, call), name=f"{lane.name}-{place}", daemon=True)
            for place, (lane, call) in enumerate(self._calls)
        ]

    def run(self) -> None:
        """Work until `stop` is called; returns when every thread has finished the job in its hands."""
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
            more = True
            while more and not self._stopping.is_set():
                more = False
                with self._survive(lane.name):
                    more = self._one(lane)

    def _one(self, lane: Lane) -> bool:
        jobs = self._effects.claim(lane.kinds, 1)
        for job in jobs:
            self._effects.run(job)
        return bool(jobs)

    @contextlib.contextmanager
    def _survive(self, where: str) -> Iterator[None]:
        try:
            yield
        except Exception as error:  # the store may be away: the process stays and looks again
            self._say("effects_failed", f"{where}: {type(error).__name__}: {error}")
            self._stopping.wait(_PAUSE)

    def _call_all(self) -> None:
        for _, call in self._calls:
            call.set()
