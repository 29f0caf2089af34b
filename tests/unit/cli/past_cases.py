"""An installation with past cases of a real matter, filed by the pipeline from the matter's own tests."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path

import msgspec

from engine.adapters.clock import FixedClock
from engine.bootstrap import Zhunyu
from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.tests_file import load_tests
from engine.model.case import Case
from engine.model.commands import Accept, Command, FinishStep, Grant, Refuse, Submit
from engine.model.events import Reserved
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.pipeline.context import Context, Step
from engine.pipeline.filing import submit
from engine.services.committing import Committing
from engine.services.matter_tests import Scene, scene
from engine.services.projection import Commit, commit_step

SHANGHAI = timezone(timedelta(hours=8))
FIRST = datetime(2026, 11, 2, 9, 30, tzinfo=SHANGHAI)
CLERK = Actor("staff", "st-0", "周窗口", roles=("窗口",), district="黄浦区")
WINDOW = Actor("staff", "st-1", "王核查", roles=("核查",), district="黄浦区")
SECOND = Actor("staff", "st-2", "李核查", roles=("核查",), district="黄浦区")
APPROVER = Actor("staff", "st-3", "赵审批", roles=("审批",), district="黄浦区")


class Nobody:
    """Wakes nobody."""

    def wake(self) -> None:
        return


def past_cases(zhunyu: Zhunyu, home: Path, matter_id: str, times: int = 1) -> tuple[Matter, list[Case]]:
    """Publish the matters, file what the tests of one of them describe, `times` over, a day apart."""
    catalogue, _ = load_catalogue(home)
    zhunyu.publishing.publish(catalogue, "测试")
    matter = catalogue.matters[matter_id]
    path = next((home / "matters").rglob(f"{matter_id}.tests.yaml"))
    scenes = [scene(matter, test) for test in load_tests(path, catalogue)[0]]
    cases = []
    for number, (day, one) in enumerate((day, one) for day in range(times) for one in scenes):
        made = _filed(zhunyu, catalogue, one, number, FIRST + timedelta(days=day))
        cases += [made] if made is not None else []
    return matter, cases


def _filed(zhunyu: Zhunyu, catalogue: Catalogue, one: Scene, number: int, now: datetime) -> Case | None:
    context = Context(
        now=now, actor=one.actor, calendar=catalogue.reference.calendar, case_id=zhunyu.ids.new(),
        case_number=f"WSJ{now:%Y%m%d}{number:06d}", authority=one.application.authority,
        certificate_ids=tuple(zhunyu.ids.new() for _ in one.matter.certificates),
    )  # fmt: skip
    command = Submit(one.application.answers, one.application.uploads, one.application.subject, insist=True)
    try:
        step = submit(one.matter, command, one.application.facts, context)
    except ZhunyuError:
        return None  # what would not have been filed is no past case
    case = msgspec.structs.replace(step.case, reservations=())  # the scenes share one address
    events = tuple(event for event in step.events if not isinstance(event, Reserved))
    with zhunyu.store.write() as tx:
        return commit_step(tx, Step(case, events), Commit(one.matter, one.actor, now, None, zhunyu.ids))


def decide(zhunyu: Zhunyu, case: Case, refused: bool) -> Case:
    """Take a case that went to people through all its steps; each takes three hours."""
    clock = FixedClock(datetime.fromisoformat(case.received_at))
    committing = Committing(store=zhunyu.store, clock=clock, ids=zhunyu.ids, shelf=zhunyu.shelf, waker=Nobody())
    inspectors: Iterator[Actor] = iter((WINDOW, SECOND) * 2)
    while case.decision is None:
        record = next(one for one in reversed(case.steps) if not one.finished_at)
        clock.move(timedelta(hours=3))
        if record.role == "窗口":
            command: Command = Accept()
        elif record.role == "审批":
            command = Refuse("现场与所报不符。", ("条例第八条",)) if refused else Grant("同意")
        else:
            step = next(step for step in zhunyu.shelf.version(case.matter_hash).route if step.id == record.step)
            command = FinishStep(record.step, [*step.results, ""][-2 if refused and step.results else 0], "见记录")
        actor = {"窗口": CLERK, "审批": APPROVER}.get(record.role) or next(inspectors)
        case = committing.carry_out(case, command, actor)
    return case
