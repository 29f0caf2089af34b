"""Celery on a real broker: the same effects, spread over any number of workers. The outbox rows stay the truth.

Messages only wake: losing one, or getting one twice, changes nothing, because a job is leased before it is run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from celery import Celery

from engine.bootstrap import Zhunyu, build
from engine.settings import load
from engine.worker import backtesting
from engine.worker.dispatcher import LANES

_BATCH = 20
_KINDS = {lane.name: lane.kinds for lane in LANES}


@lru_cache(maxsize=1)
def zhunyu() -> Zhunyu:
    """The wired product of this worker child, built after the fork."""
    return build(load())


def make_app(broker_url: str) -> Celery:
    """The Celery app over a broker."""
    app = Celery("zhunyu", broker=broker_url)
    app.conf.update(
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        task_ignore_result=True,
        worker_prefetch_multiplier=1,
        worker_hijack_root_logger=False,
        broker_connection_retry_on_startup=True,
        broker_transport_options={"visibility_timeout": 600},
        timezone="Asia/Shanghai",
        result_backend=broker_url if broker_url.startswith("redis") else "cache+memory://",  # only for replays
        result_expires=3600,
        task_routes={
            "zhunyu.seal": {"queue": "seal"},
            "zhunyu.push": {"queue": "push"},
            "zhunyu.shadow": {"queue": "shadow"},
            "zhunyu.recall": {"queue": "due"},
            "zhunyu.archive": {"queue": "due"},
            "zhunyu.batch": {"queue": "due"},
            "zhunyu.message": {"queue": "push"},
            "zhunyu.sweep": {"queue": "due"},
            "zhunyu.due": {"queue": "due"},
            "zhunyu.history": {"queue": "due"},
            "zhunyu.care": {"queue": "due"},
            "zhunyu.backtest": {"queue": "due"},
        },
        beat_schedule={
            "seal": {"task": "zhunyu.seal", "schedule": 1.0, "options": {"expires": 5}},
            "push": {"task": "zhunyu.push", "schedule": 1.0, "options": {"expires": 5}},
            "shadow": {"task": "zhunyu.shadow", "schedule": 5.0, "options": {"expires": 30}},
            "recall": {"task": "zhunyu.recall", "schedule": 5.0, "options": {"expires": 30}},
            "archive": {"task": "zhunyu.archive", "schedule": 5.0, "options": {"expires": 30}},
            "batch": {"task": "zhunyu.batch", "schedule": 5.0, "options": {"expires": 30}},
            "message": {"task": "zhunyu.message", "schedule": 5.0, "options": {"expires": 30}},
            "sweep": {"task": "zhunyu.sweep", "schedule": 10.0, "options": {"expires": 60}},
            "due": {"task": "zhunyu.due", "schedule": 5.0, "options": {"expires": 30}},
            "history": {"task": "zhunyu.history", "schedule": 1.0, "options": {"expires": 5}},
            "care": {"task": "zhunyu.care", "schedule": 15.0, "options": {"expires": 60}},
        },
    )
    return app


app = make_app(load().broker_url or "memory://")


@app.task(name="zhunyu.seal")
def seal() -> int:
    """Carry out certificate files that wait; how many."""
    return carry_out("seal")


@app.task(name="zhunyu.push")
def push() -> int:
    """Carry out pushes that wait; how many."""
    return carry_out("push")


@app.task(name="zhunyu.shadow")
def shadow() -> int:
    """Judge filed cases under the drafts that run beside their matters; how many."""
    return carry_out("shadow")


@app.task(name="zhunyu.recall")
def recall() -> int:
    """Go on with recalls that are being opened or undone; how many steps."""
    return carry_out("recall")


@app.task(name="zhunyu.batch")
def batch() -> int:
    """Go on with batches: make child cases, carry decisions out; how many steps."""
    return carry_out("batch")


@app.task(name="zhunyu.message")
def message() -> int:
    """Carry out messages that go outward; how many steps."""
    return carry_out("message")


@app.task(name="zhunyu.archive")
def archive() -> int:
    """Make, check and hand over packages of the archive; how many."""
    return carry_out("archive")


@app.task(name="zhunyu.sweep")
def sweep() -> int:
    """Turn ended cases and checks that have come due into jobs of the archive; how many.

    Counts applications, and tells of what ends, too.
    """
    zhunyu().popularity.roll_up()
    zhunyu().staffing.passing.settle()
    zhunyu().expiring.sweep()
    made = 0
    while found := zhunyu().archives.archiving.sweep():
        made += found
    return made


@app.task(name="zhunyu.due")
def due() -> int:
    """Wake cases whose instant has come; how many."""
    product = zhunyu()
    return product.effects.due(product.clock.now())


@app.task(name="zhunyu.history")
def history() -> int:
    """Seal what commits left in the history; how many entries."""
    sealed = 0
    while batch := zhunyu().history.seal_pending():
        sealed += batch
    return sealed


@app.task(name="zhunyu.care")
def care() -> int:
    """Go on with the regular verification and the handing over of checkpoints: a few pieces, the rest by another."""
    pieces = 0
    while pieces < _BATCH and zhunyu().audit.integrity.step():
        pieces += 1
    if pieces == _BATCH:
        again: Any = app.tasks["zhunyu.care"]
        again.apply_async(countdown=0.2)
    return pieces


@app.task(name="zhunyu.backtest", ignore_result=False)
def backtest(task: str, ids: list[str]) -> str:
    """Judge a chunk of past cases again under a draft; the counts as JSON."""
    return backtesting.carry_out(zhunyu(), task, ids)


def carry_out(lane: str) -> int:
    """Lease and run jobs of a lane until none is ripe or the batch is full, then leave the rest to another message."""
    effects, count = zhunyu().effects, 0
    while count < _BATCH:
        jobs = effects.claim(_KINDS[lane], 1)
        if not jobs:
            return count
        for job in jobs:
            effects.run(job)
            count += 1
    task: Any = app.tasks[f"zhunyu.{lane}"]
    task.apply_async()
    return count
