"""The steps of a route, and the periods a step has to let pass."""

from __future__ import annotations

import msgspec

from engine.model.authority import Authority
from engine.model.form import RecordForm
from engine.model.rule import ALWAYS, Rule

ACCEPTING, DECIDING = "窗口", "审批"  # the roles whose steps have commands of their own
UNOPPOSED, OPPOSED = "无异议", "有异议"  # the results of a publicity step
AVERAGE, MAJORITY, TWO_THIRDS = "平均分", "过半数", "三分之二"  # by what a panel of experts passes
STATEMENT, WAIVER, OBJECTION = "陈述申辩", "放弃", "异议"  # what is said within a period


class Wait(msgspec.Struct, frozen=True, omit_defaults=True):
    """A period a step lets pass before it may be finished: `days` in `unit` (工作日 | 自然日) from its opening.

    `purpose` is what the period is for (陈述申辩): a statement or a waiver that is recorded ends it early.
    """

    days: int
    unit: str = "工作日"
    purpose: str = STATEMENT


class Publicity(msgspec.Struct, frozen=True, omit_defaults=True):
    """公示: what the step shows to everybody for `days` in `unit`; nothing but the values at `shows` (paths) is shown.

    With `excluded` the period does not count towards the limits, by the clause of `basis`.
    """

    days: int
    unit: str = "工作日"
    shows: tuple[str, ...] = ()
    basis: str = ""
    excluded: bool = False


class Experts(msgspec.Struct, frozen=True, omit_defaults=True):
    """专家评审: at least `invite` are invited, `quorum` opinions must be there, and the step `passes` by 平均分 (the
    mean of the record's field `score` is at least `least`, a plain decimal), 过半数 or 三分之二 of the votes.

    `days` working days are left for opinions; `by` is the role that invites and closes; `shows` are the paths experts
    may read (() means: all that is not sensitive).
    """

    invite: int
    quorum: int
    passes: str
    score: str = ""
    least: str = "0"
    days: int = 5
    by: str = "审查"
    shows: tuple[str, ...] = ()


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of the route. `results` maps a result to the next step's id, 结束 or again; () means: go on.

    `role` is the staff role (窗口 审查 核查 专家 审批 制发证); `staff` how many people; `within` working days.
    `auto` finishes the step by itself when the rule is true. `not_same_as` lists steps whose actors are barred.
    `wait` is the period the step lets pass, `publicity` the one it shows the case to everybody. `record` is the title
    of the record; `form` what is filled in for it, where that is declared. `offices` do the step in the place of the
    case's own; `outside` names a body of another house whose reply the step waits for.
    `sign` is 会签 (all must sign) or 或签 (the first signature finishes) by `staff` people or one of each of `signers`
    (roles); the results are then 同意 and 不同意. `opinions` are sentences to start an opinion from.
    case's own; `outside` names a body of another house whose reply the step waits for. With `experts` the step is done
    by its secretary: every expert fills in `form`.
    """

    id: str
    title: str
    role: str
    staff: int = 1
    when: Rule = ALWAYS
    auto: Rule | None = None
    within: int | None = None
    record: str = ""
    results: dict[str, str] = {}
    not_same_as: tuple[str, ...] = ()
    wait: Wait | None = None
    form: RecordForm | None = None
    offices: tuple[Authority, ...] = ()
    outside: str = ""
    publicity: Publicity | None = None
    sign: str = ""
    signers: tuple[str, ...] = ()
    opinions: tuple[str, ...] = ()
    experts: Experts | None = None
