"""回避: who is to keep away from a case."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import OPEN, Case
from engine.model.events import Event, Noted
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.move_events import PersonBarred
from engine.model.moves import AskRecusal, DecideRecusal
from engine.model.moving import APPROVED, REJECTED, Recusal
from engine.pipeline.context import Context, Step
from engine.pipeline.handing import require_words
from engine.pipeline.move_rules import (
    at_of,
    open_recusals,
    require,
    why_not_decide_recusal,
    why_not_recuse,
)
from engine.pipeline.progress import expect


def ask_recusal(matter: Matter, case: Case, command: AskRecusal, facts: Mapping[str, Fact], context: Context) -> Step:
    """Declare that somebody, oneself or another, is to keep away; until it is decided they may go on."""
    expect(case, *OPEN)
    require(why_not_recuse(case, command.person))
    reason = require_words(command.reason, "回避的理由")
    id = f"recusal-{1 + len(case.moves.recusals)}"
    made = Recusal(id, command.person, reason, context.actor, at_of(context))
    own = command.person.id == context.actor.id
    words = f"{context.actor.name}{'申请回避' if own else f'提出{command.person.name}应当回避'}：{reason}"
    return Step(_with(case, (*case.moves.recusals, made)), (Noted("回避", words),))


def decide_recusal(
    matter: Matter, case: Case, command: DecideRecusal, facts: Mapping[str, Fact], context: Context
) -> Step:
    """Approve it: their task goes back to the group, and no task of the case is theirs any more. Or do not."""
    expect(case, *OPEN)
    one = next((item for item in open_recusals(case) if item.id == command.recusal), None)
    if one is None:
        raise ZhunyuError("C001", "这项回避已经决定。", "请刷新后查看最新状态。", status=409)
    require(why_not_decide_recusal(case, one, context.actor), 403)
    opinion = require_words(command.opinion, "决定的理由")
    state = APPROVED if command.approved else REJECTED
    done = msgspec.structs.replace(
        one, state=state, by=context.actor, opinion=opinion, decided_at=at_of(context)
    )  # fmt: skip
    case = _with(case, tuple(done if item is one else item for item in case.moves.recusals))
    words = f"{context.actor.name}决定：{one.person.name}{'回避' if command.approved else '不需要回避'}。{opinion}"
    barred: tuple[Event, ...] = (PersonBarred(one.person.id),) if command.approved else ()
    return Step(case, (Noted("回避", words), *barred))


def _with(case: Case, recusals: tuple[Recusal, ...]) -> Case:
    return msgspec.structs.replace(case, moves=msgspec.structs.replace(case.moves, recusals=recusals))
