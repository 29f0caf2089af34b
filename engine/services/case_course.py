"""The whole course of a case: events, opinions and signatures in one line of time. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from engine.model.case import Case
from engine.model.events import Happened, Noted
from engine.ports.cases import RecordedEvent
from engine.services.signing_review import INVALID, ActLine
from engine.trust.acts import ROLES

OPINION, SYSTEM = "意见", "系统"
_STEP_KINDS = frozenset({"环节", "受理", "不予受理", "决定", "补正告知"})
_BY_ITSELF = frozenset({"预审"})
_SIGNED_AS = {"申请": "收件", "准予": "决定", "不予许可": "决定"}  # the milestone of an act by another name
_OFFICER = ROLES["officer"]
SHOWN = (("", "全部"), (OPINION, "办理意见"), (SYSTEM, "系统记录"))


class Entry(msgspec.Struct, frozen=True):
    """One thing that happened. `of`: 意见 (a person's act) | 系统 | "" (an applicant's, or a notice).

    `signature` is how a signature over it stands now ("" unsigned), `sound` whether it holds; `round` counts the passes
    of a step.
    """

    at: str
    kind: str
    words: str
    who: str
    of: str
    opinion: str = ""
    result: str = ""
    round: int = 1
    signature: str = ""
    sound: bool = True


def course_of(case: Case, events: tuple[RecordedEvent, ...], acts: tuple[ActLine, ...]) -> tuple[Entry, ...]:
    """Everything that happened, newest first: milestones with who did them, steps with opinions, signatures with what
    they were put to; a signature of nothing that is shown stands by itself."""
    left = list(acts)
    entries = list(_steps(case, left))
    entries += _milestones(events, left)
    entries += [
        Entry(one.at, one.act, "电子签名", one.signer, _whose(one), one.opinion, "", 1, one.state, one.state != INVALID)
        for one in left
    ]
    return tuple(sorted(entries, key=lambda one: one.at, reverse=True))


def filtered(entries: tuple[Entry, ...], of: str) -> tuple[Entry, ...]:
    """Those of a kind (see `SHOWN`); all for ""."""
    return tuple(one for one in entries if not of or one.of == of)


def _steps(case: Case, left: list[ActLine]) -> Iterator[Entry]:
    """The steps that are done; takes out of `left` the signatures put to them."""
    for step in case.steps:
        if not step.finished_at:
            continue
        signed = [one for one in left if one.role == _OFFICER and step.opened_at <= one.at <= step.finished_at]
        left[:] = [one for one in left if one not in signed]
        people = "、".join(one.name for one in step.signed) or (step.by.name if step.by is not None else "系统")
        own = OPINION if step.signed or (step.by is not None and step.by.kind == "staff") else SYSTEM
        yield Entry(
            step.finished_at, step.title, step.role, people, own, step.opinion, step.result or "已完成", step.round,
            *_standing(signed),
        )  # fmt: skip


def _milestones(events: tuple[RecordedEvent, ...], left: list[ActLine]) -> Iterator[Entry]:
    for one in events:
        if not isinstance(one.event, Happened | Noted) or one.event.kind == "环节":
            continue  # steps are told with their opinions
        said = one.event.detail if isinstance(one.event, Happened) else ""
        own = one.actor.kind == "system" or isinstance(one.event, Noted) or one.event.kind in _BY_ITSELF
        of = SYSTEM if own else OPINION if one.actor.kind == "staff" and one.event.kind in _STEP_KINDS else ""
        signed = [act for act in left if _SIGNED_AS.get(act.act, act.act) == one.event.kind and act.at <= one.at]
        left[:] = [act for act in left if act not in signed]
        who = "系统" if own else one.actor.name
        yield Entry(one.at, one.event.kind, one.event.words, who, of, said, "", 1, *_standing(signed))


def _standing(signed: list[ActLine]) -> tuple[str, bool]:
    """How signatures stand, in words, and whether all hold."""
    sound = all(one.state != INVALID for one in signed)
    return (f"{len(signed)} 个签名{'核验有效' if sound else '有无效的'}" if signed else "", sound)


def _whose(act: ActLine) -> str:
    return OPINION if act.role == _OFFICER else SYSTEM if act.role == ROLES["agency"] else ""
