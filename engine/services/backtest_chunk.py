"""One chunk of a replay: cases read, judged under both versions, checked and counted. Workers run nothing else."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import msgspec

from engine.model.matter import Matter
from engine.model.values import Value
from engine.pipeline.assess import assessed
from engine.pipeline.context import Application
from engine.services.backtest_check import agree, confirm
from engine.services.backtest_past import Past, hours_spent, names_under
from engine.services.backtest_tally import Tally
from engine.services.backtest_verdict import Verdict, unverified, verdict_of

Seen = tuple[Past, Application, dict[str, Value]]


class Task(msgspec.Struct, frozen=True):
    """What a chunk is judged by. `law_day` is an ISO day or ""; `share` the part of the cases that is judged a second
    time by the walker (1: all, and no columns are needed), drawn by `seed`."""

    old: Matter
    new: Matter
    law_day: str = ""
    share: float = 1.0
    seed: int = 0

    @property
    def day(self) -> date | None:
        """The day parameters are taken of, None for the day a case was received."""
        return date.fromisoformat(self.law_day) if self.law_day else None


def judge_chunk(task: Task, pasts: Iterator[Past | str], calendar: Mapping[str, str]) -> Tally:
    """The tally of some cases; ZhunyuError S020 when two evaluators come to different things."""
    tally, read = Tally(), []
    for past in pasts:
        if isinstance(past, str):
            tally.skip(past)
        else:
            read.append(past)
    if not read:
        return tally
    chosen = _sample(len(read), task)
    before = _verdicts(task, task.old, read, calendar, chosen, tally)
    after = _verdicts(task, task.new, read, calendar, chosen, tally)
    for past, one, other in zip(read, before, after, strict=True):
        tally.add(past.case, one, other, hours_spent(past.case, calendar))
    tally.checked += len(chosen)
    return tally


def _sample(count: int, task: Task) -> frozenset[int]:
    if task.share >= 1:
        return frozenset(range(count))
    wanted = min(count, int(count * task.share) + 1)
    return frozenset(random.Random(f"{task.seed}").sample(range(count), wanted))


def _verdicts(
    task: Task, matter: Matter, pasts: Sequence[Past], calendar: Mapping[str, str], chosen: frozenset[int], tally: Tally
) -> list[Verdict]:
    seen = [(past, *names_under(matter, past, calendar, task.day)) for past in pasts]
    walked = {place: _walked(matter, seen[place], task.day) for place in sorted(chosen)}
    for place in walked:
        tally.confirmed += confirm(matter, seen[place][0].case.number, seen[place][2])
    if len(walked) == len(seen):
        return [walked[place] for place in range(len(seen))]
    from engine.services.backtest_batch import BatchAssessor

    assessor = BatchAssessor(matter)
    table = assessor.table([names for _, _, names in seen], [unverified(past.case.initiator) for past in pasts])
    made = assessor.verdicts(table)
    tally.by_row.update(assessor.by_row)
    for place, verdict in walked.items():
        agree(matter, seen[place][0].case.number, made[place], verdict)
    return made


def _walked(matter: Matter, seen: Seen, law_day: date | None) -> Verdict:
    past, application, names = seen
    actor = past.case.initiator
    day = law_day or date.fromisoformat(past.case.received_at[:10])
    return verdict_of(matter, assessed(matter, application, actor, names, day).bare, actor, names)
