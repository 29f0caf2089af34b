"""What the desk may do about the clocks of a case and a hearing in it: in the field's words, or why not. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.model import hearing as h
from engine.model.case import UNDER_WAY, Case
from engine.model.clock import approving_role, standing
from engine.model.clock_commands import (
    AskHearing,
    CallHearing,
    EndHearing,
    Extend,
    ProposeExtension,
    RecordHearing,
    RefuseExtension,
    Resume,
    Suspend,
    TellHearing,
)
from engine.model.matter import Matter
from engine.pipeline.hearings import why_no_hearing
from engine.pipeline.suspending import why_no_extension, why_no_stop
from engine.ports.accounts import Account
from engine.services.permission import holds

TITLES = {
    "suspend": "中止计时", "resume": "恢复计时", "propose_extension": "报请延长办理期限", "extend": "批准延长办理期限",
    "refuse_extension": "不批准延长", "tell_hearing": "告知听证", "ask_hearing": "登记听证申请",
    "call_hearing": "通知听证时间地点", "record_hearing": "登记听证笔录", "end_hearing": "结束听证程序",
}  # fmt: skip
COMMANDS: dict[type, str] = {
    Suspend: "suspend", Resume: "resume", ProposeExtension: "propose_extension", Extend: "extend",
    RefuseExtension: "refuse_extension", TellHearing: "tell_hearing", AskHearing: "ask_hearing",
    CallHearing: "call_hearing", RecordHearing: "record_hearing", EndHearing: "end_hearing",
}  # fmt: skip
SIGNED: dict[type, str] = {command: TITLES[name] for command, name in COMMANDS.items()}
OF_HEAD = ("extend", "refuse_extension")
_OF_STATE = {
    "": ("tell_hearing",), h.TOLD: ("ask_hearing", "end_hearing"), h.ASKED: ("call_hearing", "end_hearing"),
    h.CALLED: ("record_hearing", "call_hearing", "end_hearing"), h.HELD: (), h.ENDED: ("tell_hearing",),
}  # fmt: skip


class ClockAction(msgspec.Struct, frozen=True):
    """An action of the clock or the hearing: its name, and why it may not be taken ("" when it may)."""

    name: str
    why_not: str = ""


def clock_actions(
    matter: Matter, case: Case, account: Account, of_step: str, now: datetime, calendar: dict[str, str]
) -> tuple[ClockAction, ...]:
    """The actions that fit the case as it stands. `of_step` is why the account may not act on the open step: who may,
    may stop the clocks and conduct a hearing; only the head approves an extension."""
    if case.status not in UNDER_WAY:
        return ()
    stands, proposal = standing(case.timing) is not None, case.timing.proposal
    found = [ClockAction("resume", of_step)] if stands else []
    if not stands and matter.limits.stops:
        found.append(ClockAction("suspend", of_step or why_no_stop(matter, case, now, calendar)))
    if matter.limits.extend_days and case.timing.extension is None:
        why, head = why_no_extension(matter, case, now, calendar), _why_not_head(matter, account)
        waits = proposal is not None and not proposal.refused
        if waits or not head:
            found.append(ClockAction("extend", head or why))
        if waits:
            found.append(ClockAction("refuse_extension", head))
        elif head:
            found.append(ClockAction("propose_extension", of_step or why))
    state = case.hearing.state if case.hearing is not None else ""
    found += [ClockAction(name, of_step or _why_no_telling(name, case)) for name in _OF_STATE[state]]
    return tuple(found)


def _why_no_telling(name: str, case: Case) -> str:
    return why_no_hearing(case) if name == "tell_hearing" else ""


def _why_not_head(matter: Matter, account: Account) -> str:
    role = approving_role(matter.limits.extend_by)
    return "" if holds(account, (role,)) else f"延长办理期限由“{role}”岗位批准。"


