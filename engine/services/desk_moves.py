"""The acts beside the steps that the desk may take on a case now, each allowed or with why not. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

import msgspec

from engine.model.case import OPEN, Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.matter import Matter
from engine.model.moves import (
    AskCosign,
    AskRecusal,
    CorrectCertificate,
    CorrectLetter,
    DecideRecusal,
    DropCosign,
    GiveBack,
    HandOver,
    Move,
    RecordService,
    Remind,
    SendBack,
    SendCopy,
    StateCosign,
    TakeBack,
    Terminate,
)
from engine.model.moving import ASSIGN
from engine.model.people import Actor
from engine.pipeline.correcting import why_not_correct
from engine.pipeline.move_rules import (
    ASSIGNS,
    CORRECTS,
    RECUSES,
    SERVES,
    TERMINATES,
    earlier_steps,
    given_to,
    may_state,
    open_cosigns,
    open_recusals,
    permitted,
    why_no_permission,
    why_not_ask_cosign,
    why_not_at_step,
    why_not_decide_recusal,
    why_not_remind,
    why_not_send_back,
    why_not_terminate,
)
from engine.pipeline.serving import why_not_serve
from engine.pipeline.taking_back import why_not_take_back
from engine.ports.cases import TaskRow
from engine.stages.workflow import open_record, recused, task_roles

MOVES = {
    "send_back": "退回",
    "hand_over": "转办",
    "assign": "委派",
    "give_back": "退还任务",
    "ask_cosign": "加签",
    "state_cosign": "加签表态",
    "drop_cosign": "撤销加签",
    "send_copy": "抄送",
    "remind": "催办",
    "take_back": "撤回",
    "terminate": "终止办理",
    "correct_letter": "更正文书",
    "correct_certificate": "更正证照",
    "ask_recusal": "提出回避",
    "decide_recusal": "决定回避",
    "record_service": "登记送达",
}
NAMES: dict[type, str] = {
    SendBack: "send_back", HandOver: "hand_over", GiveBack: "give_back", AskCosign: "ask_cosign",
    StateCosign: "state_cosign", DropCosign: "drop_cosign", SendCopy: "send_copy", Remind: "remind",
    TakeBack: "take_back", Terminate: "terminate", CorrectLetter: "correct_letter",
    CorrectCertificate: "correct_certificate", AskRecusal: "ask_recusal", DecideRecusal: "decide_recusal",
    RecordService: "record_service",
}  # fmt: skip
FIRST = frozenset({"state_cosign", "decide_recusal", "give_back"})  # somebody waits for them: shown as buttons


class DeskMove(msgspec.Struct, frozen=True):
    """An act beside the steps: `target` is what it is about (a task, a recusal, a certificate), "" for the case."""

    name: str
    title: str
    why_not: str = ""
    target: str = ""

    @property
    def allowed(self) -> bool:
        """Whether this person may do it now."""
        return not self.why_not

    @property
    def first(self) -> bool:
        """Whether somebody waits for it."""
        return self.allowed and self.name in FIRST


def name_of(command: Move) -> str:
    """The name of the act a command is."""
    return "assign" if isinstance(command, HandOver) and command.way == ASSIGN else NAMES[type(command)]


def target_of(command: Move) -> str:
    """What a command is about, as `DeskMove.target`."""
    if isinstance(command, DecideRecusal):
        return command.recusal
    if isinstance(command, CorrectCertificate):
        return command.certificate
    if isinstance(command, HandOver | GiveBack | StateCosign | DropCosign):
        return command.task
    return ""


def moves_of(
    matter: Matter, case: Case, actor: Actor, tasks: tuple[TaskRow, ...], certificates: tuple[Certificate, ...],
    now: datetime,
) -> tuple[DeskMove, ...]:  # fmt: skip
    """What is offered to this person: nothing that is none of their business."""
    if actor.id in recused(case):
        return ()
    made: list[DeskMove] = []
    if case.status in OPEN:
        made += [*_with_step(matter, case, actor, tasks), *_cosigns(matter, case, actor), *_open(case, actor, now)]
        made += _taken_back(case, actor, tasks)
    if not case.confidential:
        made.append(_move("send_copy"))
    made += _leading(matter, case, actor)
    made += _afterwards(matter, case, actor, certificates)
    return tuple(made)


def _move(name: str, why_not: str = "", target: str = "", suffix: str = "") -> DeskMove:
    return DeskMove(name, MOVES[name] + suffix, why_not, target)


def _with_step(matter: Matter, case: Case, actor: Actor, tasks: tuple[TaskRow, ...]) -> Iterator[DeskMove]:
    record = open_record(case)
    if record is None:
        return
    held = {one.task: one.claimed_by for one in tasks if one.state == "open"}
    roles = task_roles(record)
    for task, role in roles.items():
        if task not in held:
            continue
        suffix = f"（{role}）" if len(roles) > 1 else ""
        if given_to(case, task, actor) and held[task] == actor.id:
            yield _move("give_back", target=task, suffix=suffix)
        if role in actor.roles:
            other = "这项任务由他人领取，只能由其转办。" if held[task] not in ("", actor.id) else ""
            yield _move("hand_over", why_not_at_step(matter, case, actor) or other, task, suffix)
        if permitted(ASSIGNS, actor.roles):
            yield _move("assign", why_no_permission(ASSIGNS, case, actor), task, suffix)
    if set(roles.values()) & set(actor.roles) and earlier_steps(matter, case):
        yield _move("send_back", why_not_send_back(matter, case, actor))


def _cosigns(matter: Matter, case: Case, actor: Actor) -> Iterator[DeskMove]:
    for one in open_cosigns(case):
        if may_state(case, one, actor):
            yield _move("state_cosign", target=one.task)
        if one.asked.id == actor.id:
            whom = one.to.name if one.to is not None else f"“{one.role}”岗位"
            yield _move("drop_cosign", target=one.task, suffix=f"（{whom}）")
    record = open_record(case)
    if record is not None and set(task_roles(record).values()) & set(actor.roles):
        yield _move("ask_cosign", why_not_ask_cosign(matter, case, actor))


def _open(case: Case, actor: Actor, now: datetime) -> Iterator[DeskMove]:
    if open_record(case) is not None:
        yield _move("remind", why_not_remind(case, actor, now))
    yield _move("ask_recusal")


def _taken_back(case: Case, actor: Actor, tasks: tuple[TaskRow, ...]) -> Iterator[DeskMove]:
    last = case.moves.last
    if last is not None and last.by == actor.id:
        yield _move("take_back", why_not_take_back(case, actor, holder_of(case, tasks)))


def holder_of(case: Case, tasks: tuple[TaskRow, ...]) -> str:
    """The account that holds the task which came of the last act."""
    opened = case.moves.last.opened if case.moves.last is not None else ""
    return next((one.claimed_by for one in tasks if one.task == opened and one.state == "open"), "")


def _leading(matter: Matter, case: Case, actor: Actor) -> Iterator[DeskMove]:
    if case.status not in OPEN:
        return
    for one in open_recusals(case):
        if permitted(RECUSES, actor.roles):
            why = why_not_decide_recusal(case, one, actor)
            yield _move("decide_recusal", why, one.id, f"（{one.person.name}）")
    if permitted(TERMINATES, actor.roles) and not matter.ex_officio and not case.items and not case.parent:
        yield _move("terminate", why_not_terminate(matter, case, actor))


def _afterwards(
    matter: Matter, case: Case, actor: Actor, certificates: tuple[Certificate, ...]
) -> Iterator[DeskMove]:
    told = bool(case.accepted_at or case.supplement or case.decision or case.moves.termination)
    if told and permitted(CORRECTS, actor.roles):
        yield _move("correct_letter", why_not_correct(matter, case, actor))
        for one in certificates:
            if one.case == case.id and one.status is CertificateStatus.VALID:
                busy = "这张证照正由另一件办件办理。" if one.locked_by else ""
                suffix = f"（{one.number}）" if len(certificates) > 1 else ""
                yield _move("correct_certificate", why_not_correct(matter, case, actor) or busy, one.id, suffix)
    if told and permitted(SERVES, actor.roles):
        yield _move("record_service", why_not_serve(matter, case, actor))


