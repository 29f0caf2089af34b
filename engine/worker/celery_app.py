"""Celery on a real broker: the same effects, spread over any number of workers. The outbox rows stay the truth.

Messages only wake: losing one, or getting one twice, changes nothing, because a job is leased before it is run.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from celery import Celery

from engine.bootstrap import Zhunyu, build
from engine.settings import load
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
        task_routes={
            "zhunyu.seal": {"queue": "seal"},
            "zhunyu.push": {"queue": "push"},
            "zhunyu.due": {"queue": "due"},
        },
        beat_schedule={
            "seal": {"task": "zhunyu.seal", "schedule": 1.0, "options": {"expires": 5}},
            "push": {"task": "zhunyu.push", "schedule": 1.0, "options": {"expires": 5}},
            "due": {"task": "zhunyu.due", "schedule": 5.0, "options": {"expires": 30}},
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


@app.task(name="zhunyu.due")
def due() -> int:
    """Wake cases whose instant has come; how many."""
    product = zhunyu()
    return product.effects.due(product.clock.now())


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
