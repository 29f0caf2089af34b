"""A replay spread over the Celery workers: chunks go out, their counts come back in order."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec
from celery.exceptions import TimeoutError as TooLate

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.services.backtest_chunk import Task
from engine.services.backtest_tally import Tally
from engine.worker.backtesting import Reply
from engine.worker.celery_app import backtest

_AHEAD = 8  # chunks that wait or run at a time
_PATIENCE = 300.0  # seconds for one chunk


def spread(task: Task, chunks: Iterator[tuple[str, ...]]) -> Iterator[Tally]:
    """The tallies of the chunks, in order; ZhunyuError S006 when no worker answers."""
    text, sent = msgspec.json.encode(task).decode(), deque[Any]()
    for ids in chunks:
        sent.append(backtest.apply_async((text, list(ids)), expires=_PATIENCE))
        if len(sent) >= _AHEAD:
            yield _answer(sent.popleft())
    while sent:
        yield _answer(sent.popleft())


def _answer(result: Any) -> Tally:
    try:
        reply = decoded(result.get(timeout=_PATIENCE), Reply)
    except TooLate as late:
        raise ZhunyuError(
            "S006", "后台任务没有应答。", "请检查 celery 是否在运行，或加 --here 在本进程推演。"
        ) from late
    finally:
        result.forget()
    if reply.tally is None:
        raise ZhunyuError(*(reply.error or ("S006", "后台任务没有给出结果。", "")))
    return reply.tally
