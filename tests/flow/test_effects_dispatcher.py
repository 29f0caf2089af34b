from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import pytest

from engine.adapters.waker import DatagramListener, DatagramWaker
from engine.ports.effects import Job
from engine.worker.dispatcher import Dispatcher, Lane
from tests.flow.world import World, session

LIMIT = 10.0
LANES = (Lane("seal", ("seal_certificate",), 1), Lane("push", ("push",), 2))


class Quiet:
    """A listener nobody calls: the poll alone must do."""

    def wait(self, seconds: float) -> bool:
        threading.Event().wait(min(seconds, 0.02))
        return False


class Peer:
    """A receiver that remembers every delivery and keeps each key once."""

    def __init__(self, wanted: int) -> None:
        self.calls, self.kept, self.wanted = list[str](), dict[str, Job](), wanted
        self.complete, self._lock = threading.Event(), threading.Lock()

    def take(self, job: Job) -> str:
        with self._lock:
            self.calls.append(job.key)
            self.kept[job.key] = job
            if len(self.kept) >= self.wanted:
                self.complete.set()
        return ""


class Once:
    """Effects whose process dies between delivering and marking, the first time."""

    def __init__(self, world: World, peer: Peer) -> None:
        self._effects, self._world = world.effects(peer.take), world
        self._peer, self.died, self._lock = peer, threading.Event(), threading.Lock()

    def work(self, kinds: tuple[str, ...], limit: int, stopping: Callable[[], bool]) -> None:
        with self._lock:
            jobs = self._effects.claim(kinds, 1) if "push" in kinds and not self.died.is_set() else ()
            for job in jobs:
                self.died.set()
                self._peer.take(job)  # delivered …
                self._world.later(minutes=2)  # … and the lease runs out with nobody to mark it
        if not jobs:
            self._effects.work(kinds, limit, stopping)

    def due(self, now: datetime) -> int:
        return self._effects.due(now)

    def ripe(self) -> bool:
        return self._effects.ripe()


class Broken:
    """A store that is away for the first calls."""

    def __init__(self, failures: int) -> None:
        self.left, self.back = failures, threading.Event()

    def work(self, kinds: tuple[str, ...], limit: int, stopping: Callable[[], bool]) -> None:
        pass

    def due(self, now: datetime) -> int:
        return 0

    def ripe(self) -> bool:
        if self.left:
            self.left -= 1
            raise ConnectionError("the store is away")
        self.back.set()
        return False


@contextmanager
def dispatching(world: World, effects: object, listener: object, said: list[str] | None = None) -> Iterator[None]:
    log = [] if said is None else said
    dispatcher = Dispatcher(
        effects=effects, clock=world.clock, listener=listener,  # type: ignore[arg-type]
        say=lambda event, words: log.append(words), lanes=LANES,
    )  # fmt: skip
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    try:
        yield
    finally:
        dispatcher.stop()
        thread.join(LIMIT)
    assert not thread.is_alive()


def finished(world: World) -> Callable[[], bool]:
    return lambda: set(world.effects().counts()) <= {"done", "dead"}


def eventually(condition: Callable[[], bool]) -> bool:
    ends = threading.Event()
    return any(condition() or ends.wait(0.02) for _ in range(int(LIMIT / 0.02))) and condition()


def pushes(world: World, cases: int) -> int:
    filed = [world.filed(session(number)) for number in range(1, cases + 1)]
    with world.store.read() as tx:
        return sum(job.kind == "push" for case in filed for job in tx.effects.of_case(case.id))


def test_everything_in_the_outbox_is_carried_out_without_a_call(world: World) -> None:
    peer = Peer(pushes(world, 3))
    with dispatching(world, world.effects(peer.take), Quiet()):
        assert eventually(finished(world))


def test_every_push_is_delivered_once(world: World) -> None:
    peer = Peer(pushes(world, 4))
    with dispatching(world, world.effects(peer.take), Quiet()):
        assert eventually(finished(world))
    assert sorted(peer.calls) == sorted(peer.kept)


def test_a_call_wakes_the_dispatcher(world: World, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("wake")
    listener, waker = DatagramListener(folder), DatagramWaker(folder)
    peer = Peer(1)
    with dispatching(world, world.effects(peer.take), listener):
        world.filed(session(1))
        waker.wake()
        assert peer.complete.wait(LIMIT)
    listener.close()
    waker.close()


def test_a_process_killed_between_delivering_and_marking_has_effect_once(world: World) -> None:
    peer = Peer(pushes(world, 2))
    effects = Once(world, peer)
    with dispatching(world, effects, Quiet()):
        assert eventually(lambda: effects.died.is_set() and finished(world)())
    assert len(peer.calls) == len(peer.kept) + 1


def test_a_store_that_is_away_is_said_and_survived(world: World) -> None:
    broken, said = Broken(1), list[str]()
    with dispatching(world, broken, Quiet(), said):
        assert broken.back.wait(LIMIT)
    assert said == ["due: ConnectionError: the store is away"]


def test_the_history_is_sealed_after_commits_and_the_thread_ends_with_the_dispatcher(world: World) -> None:
    sealed, left = threading.Event(), [3]

    def seal() -> int:
        left[0] -= 1
        if left[0] <= 0:
            sealed.set()
            return 0
        return 500

    dispatcher = Dispatcher(
        effects=Broken(0), clock=world.clock, listener=Quiet(), say=lambda *_: None,  # type: ignore[arg-type]
        lanes=(), seal_history=seal,
    )  # fmt: skip
    thread = threading.Thread(target=dispatcher.run)
    thread.start()
    try:
        assert sealed.wait(LIMIT)
    finally:
        dispatcher.stop()
        thread.join(LIMIT)
    assert not thread.is_alive()
