"""What is legal beside the steps, in words: the desk shows why not, the commands refuse with the same. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.model.authority import CITY
from engine.model.case import OPEN, UNDER_WAY, Case, Status, StepRecord
from engine.model.events import Event, Noted, TaskClosed
from engine.model.matter import Matter
from engine.model.moving import (
    APPROVED,
    ASKED,
    ASSIGN,
    AWAITED,
    DEPUTY,
    DROPPED,
    GIVE_BACK,
    HAND_OVER,
    SENT_BACK,
    Cosign,
    Person,
    Recusal,
)
from engine.model.people import Actor
from engine.model.route import Step
from engine.pipeline.context import Context
from engine.stages.workflow import (
    ACCEPT_ROLE,
    barred_people,
    open_record,
    recused,
    route_of,
    step_of,
    task_id,
    task_roles,
    waiting_roles,
)

# Who may do what is not the task of a step: a word of permission, and the roles that have it.
ASSIGNS, TERMINATES, RECUSES, CORRECTS, SERVES, TEMPLATES = "委派", "终止", "回避", "更正", "送达", "意见模板"
PERMITTED: dict[str, tuple[str, ...]] = {
    ASSIGNS: ("审批",),
    TERMINATES: ("审批",),
    RECUSES: ("审批",),
    CORRECTS: ("审批", "制发证"),
    SERVES: ("窗口", "制发证", "审批"),
    TEMPLATES: ("审批", "业务管理"),
}
REMINDED_AGAIN = timedelta(hours=1)
KEPT_AWAY = "您已在本办件中回避，不得再办理本办件。"


def require(why: str, status: int = 409) -> None:
    """C004 with the words of why not, unless they are empty."""
    if why:
        raise ZhunyuError("C004", why, "请刷新后查看最新状态。", status=status)


def at_of(context: Context) -> str:
    """The instant of the command, ISO 8601 to the second."""
    return context.now.isoformat(timespec="seconds")


def permitted(word: str, roles: tuple[str, ...]) -> bool:
    """Whether somebody with these roles has a permission."""
    return bool(set(PERMITTED[word]) & set(roles))


def why_no_permission(word: str, case: Case, actor: Actor) -> str:
    """Why the actor has not the permission in the office of the case."""
    if actor.id in recused(case):
        return KEPT_AWAY
    if actor.district not in (CITY, case.district):
        return f"本办件属于{case.district}，您只能办理{actor.district}的办件。"
    if not permitted(word, actor.roles):
        return f"“{word}”由“{'”“'.join(PERMITTED[word])}”岗位办理。"
    return ""


def place_of(case: Case, record: StepRecord) -> str:
    """The district whose people do the step."""
    return record.office.district if record.office is not None and record.office.district else case.district


def open_cosigns(case: Case) -> tuple[Cosign, ...]:
    """The further opinions that are still awaited."""
    return tuple(one for one in case.moves.cosigns if one.state == AWAITED)


def still_asked(case: Case) -> str:
    """Why a step may not be finished: opinions are awaited; "" when none is."""
    waiting = open_cosigns(case)
    if not waiting:
        return ""
    who = "、".join(one.to.name if one.to is not None else f"“{one.role}”岗位" for one in waiting)
    return f"加签还有 {len(waiting)} 项没有表态：{who}。表态或者撤销加签后才能办结本环节。"


def drop_open(case: Case, context: Context, reason: str) -> tuple[Case, tuple[Event, ...]]:
    """The case without awaited opinions, because what they were asked for is over."""
    waiting = open_cosigns(case)
    if not waiting:
        return case, ()
    dropped = tuple(
        msgspec.structs.replace(one, state=DROPPED, words=f"“{reason}”已结束", at=at_of(context))
        if one.state == AWAITED else one
        for one in case.moves.cosigns
    )  # fmt: skip
    moves = msgspec.structs.replace(case.moves, cosigns=dropped)
    events = tuple(TaskClosed(one.task, DROPPED) for one in waiting)
    return msgspec.structs.replace(case, moves=moves), (*events, Noted("加签", "本环节已结束，加签不再需要。"))


def why_not_at_step(matter: Matter, case: Case, actor: Actor) -> str:
    """Why the actor has no part in the open step."""
    record = open_record(case)
    if record is None:
        return "办件现在没有待办的环节。"
    place = place_of(case, record)
    if actor.district not in (CITY, place):
        return f"本环节由{place}办理，您只能办理{actor.district}的办件。"
    if actor.id in recused(case):
        return KEPT_AWAY
    if not set(waiting_roles(record)) & set(actor.roles):
        return f"本环节由“{'”“'.join(waiting_roles(record))}”岗位办理。"
    step = step_of(matter, record.step)
    if step is not None and actor.id in barred_people(case, step):
        return "您办理过本办件的前一环节，依规定不得再办本环节。"
    if any(one.id == actor.id for one in record.signed):
        return "您已签署本环节。"
    return ""


def earlier_steps(matter: Matter, case: Case) -> tuple[Step, ...]:
    """The steps the open one may be sent back to: done by people in this case, before it in the route and after
    acceptance, which no later step undoes."""
    record = open_record(case)
    if record is None or case.status not in UNDER_WAY:
        return ()
    ids = [step.id for step in route_of(matter)]
    if record.step not in ids:
        return ()
    before = route_of(matter)[: ids.index(record.step)]
    done = {one.step for one in case.steps if one.finished_at and one.by is not None and one.by.kind == "staff"}
    after = max((place for place, step in enumerate(before) if step.role == ACCEPT_ROLE), default=-1) + 1
    return tuple(step for step in before[after:] if step.id in done)


def why_not_send_back(matter: Matter, case: Case, actor: Actor) -> str:
    """Why the open step may not be sent back by the actor."""
    if why := why_not_at_step(matter, case, actor):
        return why
    if not earlier_steps(matter, case):
        return "本环节之前没有可以退回的环节；已经受理的，不能退回到受理。"
    return still_asked(case)


def why_not_hand(matter: Matter, case: Case, task: str, way: str, actor: Actor, to: Person) -> str:
    """Why a task of the open step may not go to a person. 转办 is for who may do it, 委派 for who leads."""
    record = open_record(case)
    role = task_roles(record).get(task, "") if record is not None else ""
    if record is None or not role:
        return "这项任务不在待办状态。"
    if way == HAND_OVER and (why := why_not_at_step(matter, case, actor)):
        return why
    if way == ASSIGN and (why := why_no_permission(ASSIGNS, case, actor)):
        return why
    if way == DEPUTY and actor.kind != "system":
        return "只有系统可以把任务交给代理人。"
    if to.id == actor.id and way == HAND_OVER:
        return "不能转办给自己。"
    place = place_of(case, record)
    if role not in to.roles or to.district != place:
        return f"{to.name}不是{place}的“{role}”岗位，不能办理这项任务。"
    step = step_of(matter, record.step)
    if to.id in recused(case) or (step is not None and to.id in barred_people(case, step)):
        return f"{to.name}应当回避，或者办理过前一环节，不得办理这项任务。"
    if any(one.id == to.id for one in record.signed):
        return f"{to.name}已经签署本环节。"
    return ""


def given_to(case: Case, task: str, actor: Actor) -> bool:
    """Whether the task was last given to the actor by somebody."""
    last = next((one for one in reversed(case.moves.handings) if one.task == task), None)
    given = last is not None and last.way not in (GIVE_BACK, SENT_BACK)
    return given and last is not None and last.to is not None and last.to.id == actor.id


def why_not_give_back(case: Case, task: str, actor: Actor) -> str:
    """Why the actor may not give a task back."""
    record = open_record(case)
    if record is None or task not in task_roles(record):
        return "这项任务不在待办状态。"
    return "" if given_to(case, task, actor) else "这项任务不是转办、委派给您的，不需要退还。"


def why_not_ask_cosign(matter: Matter, case: Case, actor: Actor) -> str:
    """Why no further opinion may be asked for by the actor."""
    if case.confidential:
        return "重特事项只有经办人可以查看，不能加签。"
    return why_not_at_step(matter, case, actor)


def cosign_for(case: Case, actor: Actor) -> Cosign | None:
    """The first awaited opinion that the actor may state."""
    return next((one for one in open_cosigns(case) if may_state(case, one, actor)), None)


def may_state(case: Case, cosign: Cosign, actor: Actor) -> bool:
    """Whether the actor is asked, by name or by role, and did not ask themself."""
    if cosign.asked.id == actor.id or actor.id in recused(case):
        return False
    if cosign.to is not None:
        return cosign.to.id == actor.id
    return cosign.role in actor.roles and actor.district in (CITY, case.district)


def why_not_remind(case: Case, actor: Actor, now: datetime) -> str:
    """Why nobody is to be reminded by the actor now."""
    if case.status is Status.SUPPLEMENT:
        return "正在等待申请人补正，现在没有人可以催办。"
    if open_record(case) is None or case.closed_at:
        return "办件现在没有待办的环节。"
    last = next((one for one in reversed(case.moves.reminders) if one.by.id == actor.id), None)
    if last is not None and now - datetime.fromisoformat(last.at) < REMINDED_AGAIN:
        return f"您已在 {last.at[11:16]} 催办过，一小时内只催办一次。"
    return ""


def why_not_terminate(matter: Matter, case: Case, actor: Actor) -> str:
    """Why the case may not be terminated by the actor."""
    if matter.ex_officio or case.items or case.parent:
        return "依职权的办件和批次用“终止办理”的决定结束。"
    if case.status not in OPEN:
        return "办件已经办结，不能终止。"
    if case.deemed_at:
        return "法定时限届满，已经视为准予，不能终止。"
    return why_no_permission(TERMINATES, case, actor)


def open_recusals(case: Case) -> tuple[Recusal, ...]:
    """The recusals that nobody has decided."""
    return tuple(one for one in case.moves.recusals if one.state == ASKED)


def why_not_recuse(case: Case, person: Person) -> str:
    """Why a person's recusal is not to be asked for."""
    if any(one.person.id == person.id and one.state in (ASKED, APPROVED) for one in case.moves.recusals):
        return f"{person.name}的回避已经提出。"
    return ""


def why_not_decide_recusal(case: Case, recusal: Recusal, actor: Actor) -> str:
    """Why the actor does not decide this recusal: never one's own."""
    if recusal.person.id == actor.id:
        return "是否回避不能由本人决定。"
    if recusal.asked.id == actor.id:
        return "提出回避申请的人不能自己批准。"
    return why_no_permission(RECUSES, case, actor)


def main_task(case: Case) -> str:
    """The id of the open step's task, "" when no step is open."""
    record = open_record(case)
    return task_id(record) if record is not None else ""
