"""A worker's part in a replay: a message is a task and a chunk of case ids, its answer the chunk's counts."""

from __future__ import annotations

import msgspec

from engine.bootstrap import Zhunyu
from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.services.backtest_chunk import Task
from engine.services.backtest_tally import Tally


class Reply(msgspec.Struct, frozen=True):
    """What a worker answers: the counts, or the code, what and next of an error."""

    tally: Tally | None = None
    error: tuple[str, str, str] | None = None


def carry_out(zhunyu: Zhunyu, task: str, ids: list[str]) -> str:
    """A worker's part: the reply (JSON) to a task (JSON) for some cases."""
    try:
        tally = zhunyu.backtesting.chunk(decoded(task, Task), ids)
    except ZhunyuError as error:
        return msgspec.json.encode(Reply(error=(error.code, error.what, error.next))).decode()
    return msgspec.json.encode(Reply(tally)).decode()
