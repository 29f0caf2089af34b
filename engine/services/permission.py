"""Who may do what: the one place that decides, for every route and every command of staff. Pure.

`resolved` says what a person may do on a day (posts, delegations, deputies, the permission table); `permits` whether
that allows a command on a case as the case stands to them; `may_call` whether it opens a route.
"""

from __future__ import annotations

import msgspec

from engine.model.authority import CITY
from engine.model.people import Actor
from engine.model.permission import (
    BY_DELEGATION,
    DEFAULT_TABLE,
    DISTRICT_LEVEL,
    WHOLE_CITY,
    PermissionRow,
    PermissionTable,
    Power,
)
from engine.ports.accounts import Account
from engine.services.separation import AUDIT, SECURITY, apart

STARTERS = ("窗口", "审查", "核查", "审批")


class Relation(msgspec.Struct, frozen=True, omit_defaults=True):
    """How a case, certificate or archive stands, whoever asks.

    `place` is the district it is of, `places` those of the offices that have done or do one of its steps; `office` the
    name and `office_place` the district of the one that does the open step. `role` and `step` (title) are those of what
    is to be done; `took` the ids of those who took or did one of its tasks, `barred` of those who may not do this one,
    `signed` of those who have signed it.
    """

    place: str = ""
    places: tuple[str, ...] = ()
    office: str = ""
    office_place: str = ""
    matter: str = ""
    role: str = ""
    step: str = ""
    confidential: bool = False
    took: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    signed: tuple[str, ...] = ()

    @property
    def at(self) -> str:
        """The district where the work is done."""
        return self.office_place or self.place


class Demand(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a command demands: one of `roles` (() of whoever handles cases), that the case may be `seen`, read although
    it is `confidential`, that the person does the `step` that is open, or works at its place (`local`)."""

    roles: tuple[str, ...] = ()
    seen: bool = False
    confidential: bool = False
    step: bool = False
    local: bool = False
    else_words: str = ""


COMMANDS: dict[str, Demand] = {
    "case.list": Demand(),
    "case.find": Demand(seen=True),
    "case.read": Demand(seen=True, confidential=True),
    "step.act": Demand(step=True),
    "task.claim": Demand(seen=True, step=True),
    "task.release": Demand(seen=True, step=True),
    "check.read": Demand(seen=True),
    "check.record": Demand(seen=True, step=True),
    "batch.take_out": Demand(("审查", "审批"), local=True),
    "ex_officio.start": Demand(STARTERS, else_words="您的岗位不能依职权立案。"),
    "ex_officio.act_on": Demand(STARTERS, local=True),
    "register.read": Demand(),
    "paper.handle": Demand(("制发证", "窗口"), local=True),
    "paper.print": Demand(("制发证",), local=True, else_words="打印证照由“制发证”岗位办理。"),
    "dispute.act": Demand(("审查", "审批", "监督"), local=True),
    "dispute.decide": Demand(("审批",), local=True, else_words="由“审批”岗位决定。"),
    "counter.file": Demand(("窗口",), else_words="只有窗口岗位可以收件。"),
    "visit.plan": Demand(("核查",), local=True, else_words="您不能安排这次核查。"),
    "template.keep": Demand(("审批", "业务管理")),
    "rating.read": Demand(("监督", "业务管理", "审批", "审计"), else_words="您的岗位不查看评价。"),
    "archive.read": Demand(("档案", AUDIT), else_words="您没有档案管理的权限。"),
    "archive.open": Demand(("档案", AUDIT), local=True),
    "archive.keep": Demand(("档案",), else_words="此操作由档案岗位办理。"),
    "trace.read": Demand((AUDIT, "监督"), else_words="您没有查看这些记录的权限。"),
    "trace.case": Demand((AUDIT, "监督"), seen=True),
    "organisation.read": Demand((SECURITY, AUDIT, "业务管理")),
    "organisation.keep": Demand((SECURITY,), else_words="组织、岗位和权限由安全岗位维护。"),
}
"""Every command that is asked for by a member of staff."""


class Verdict(msgspec.Struct, frozen=True):
    """Why not ("" when it is allowed), the power it rests on, and whether a delegation that is over would have done."""

    why_not: str = ""
    power: Power | None = None
    lapsed: Power | None = None


def powers_of(account: Account) -> tuple[Power, ...]:
    """What a staff account may do: as resolved for today, else its roles in its own district."""
    if account.kind != "staff" or not account.active:
        return ()
    return account.powers or by_roles(account, DEFAULT_TABLE)


def by_roles(account: Account, table: PermissionTable) -> tuple[Power, ...]:
    """The powers of an account without posts: its roles as the table has them for such accounts, else as they are."""
    found: list[Power] = []
    for role in account.roles:
        rows = [row for row in table.rows if not row.post and role in row.roles]
        if not rows and any(role in row.roles for row in DEFAULT_TABLE.rows):
            rows = [row for row in DEFAULT_TABLE.rows if role in row.roles]
        found += [power_by(row, role, account.district) for row in rows]
    return tuple(found)


def power_by(row: PermissionRow, role: str, district: str, post: str = "") -> Power:
    """The power a row of the table gives for one of its roles, to someone who works in a district."""
    places = tuple(CITY if one == WHOLE_CITY else one for one in row.districts) or (district,)
    return Power(
        role, places, row.lines, levels=row.levels, steps=row.steps, actions=row.actions, sees=row.sees, post=post
    )


def reaches(power: Power, place: str, matter: str = "") -> bool:
    """Whether a power reaches a district, and a matter where one is named."""
    if CITY not in power.districts and place not in power.districts:
        return False
    if power.levels and (CITY if place in ("", CITY) else DISTRICT_LEVEL) not in power.levels:
        return False
    return not matter or power.matters is None or matter in power.matters


def sees_place(account: Account, place: str, matter: str = "") -> bool:
    """Whether any power of the account reaches the district."""
    return any(reaches(one, place, matter) for one in powers_of(account))


def heard_of(account: Account) -> tuple[tuple[str, str], ...]:
    """The roles and places whose messages a member of staff is told: as they hold them today, by post, delegation or
    as a deputy; "" is what is told in no place. One who works for the whole city is told of the city's own work."""
    told = dict.fromkeys((one.role, place) for one in powers_of(account) for place in ("", *one.districts))
    return tuple(told)


def permits(account: Account, command: str, relation: Relation = Relation(), action: str = "") -> Verdict:
    """Whether the account may carry the command out, with the words why not; `action` is a name of the desk's."""
    demand = COMMANDS[command]
    verdict = _judge(account, demand, relation, action, powers_of(account))
    if not verdict.why_not or not account.lapsed:
        return verdict
    lapsed = next(
        (one for one in account.lapsed if not _judge(account, demand, relation, action, (one,)).why_not), None
    )
    if lapsed is None:
        return verdict
    return Verdict(f"{lapsed.giver_name}给您的授权已于 {lapsed.until} 到期或收回。{verdict.why_not}", lapsed=lapsed)


def _judge(
    account: Account, demand: Demand, relation: Relation, action: str, powers: tuple[Power, ...]
) -> Verdict:  # fmt: skip
    if account.kind != "staff":
        return Verdict("只有工作人员可以办理。")
    if not account.active:
        return Verdict("账号已经停用。")
    if not demand.roles and apart(account.roles):
        return Verdict("系统和安全岗位不接触办件和证照。")
    if not powers:
        return Verdict("您现在没有安排岗位，或者岗位没有权限。请联系安全岗位。")
    if demand.roles:
        powers = tuple(one for one in powers if one.role in demand.roles)
        if not powers:
            return Verdict(demand.else_words or "您没有办理此事的权限。")
    unseen = _unseen(account, demand, relation, powers)
    if unseen:
        return Verdict(unseen)
    if demand.step:
        return _step(account, relation, action, powers)
    here = tuple(one for one in powers if reaches(one, relation.place, relation.matter)) or powers
    return Verdict(power=min(here, key=lambda one: bool(one.giver)))  # one's own before another's


def _unseen(account: Account, demand: Demand, relation: Relation, powers: tuple[Power, ...]) -> str:
    places = (relation.place, *relation.places) if demand.seen else (relation.place,)
    reached = any(reaches(one, place, relation.matter) for one in powers for place in places)
    if (demand.seen or demand.local) and not reached:
        near = any(reaches(one, place) for one in powers for place in places)
        return "您的岗位不办理这一条线的事项。" if near else f"本办件属于{relation.place}，您没有查看权限。"
    if demand.confidential and relation.confidential and account.id not in relation.took:
        return "重特事项只有经办人可以查看。"
    return ""


def _step(account: Account, relation: Relation, action: str, powers: tuple[Power, ...]) -> Verdict:
    here = tuple(one for one in powers if reaches(one, relation.at))
    if not here:
        whose = f"本环节由{relation.office}办理" if relation.office else f"本办件属于{relation.place}"
        return Verdict(f"{whose}，您只能办理{account.district}的办件。")
    fitting = tuple(one for one in here if one.role == relation.role)
    if not fitting:
        return Verdict(f"本环节由“{relation.role}”岗位办理。")
    for told, keep in (
        ("您的岗位不办理这一条线的事项。", lambda one: reaches(one, relation.at, relation.matter)),
        ("您的岗位不办理这一环节。", lambda one: not one.steps or relation.step in one.steps),
        ("您的岗位不能办理这一操作。", lambda one: not action or not one.actions or action in one.actions),
    ):
        fitting = tuple(filter(keep, fitting))
        if not fitting:
            return Verdict(told)
    if account.id in relation.barred:
        return Verdict("您办理过本办件的前一环节，依规定不得再办本环节。")
    if account.id in relation.signed:
        return Verdict("您已签署，还需要另一名工作人员签署。")
    own = tuple(one for one in fitting if one.giver not in (*relation.barred, *relation.signed) or not one.giver)
    if not own:
        return Verdict(f"{fitting[0].giver_name}办理过或已签署本环节，依规定不得再由其委托的人办理。")
    return Verdict(power=min(own, key=lambda one: bool(one.giver)))


def in_place_of(actor: Actor, power: Power | None) -> Actor:
    """The actor, saying by whose authority when the power is another's: 受张示例委托 or 代张示例履职."""
    if power is None or not power.giver:
        return actor
    words = f"受{power.giver_name}委托" if power.how == BY_DELEGATION else f"代{power.giver_name}履职"
    return msgspec.structs.replace(actor, authority=words)


def holds(account: Account, roles: tuple[str, ...]) -> bool:
    """Whether the account is staff with one of the roles, wherever it reaches."""
    return any(one.role in roles for one in powers_of(account))


def may_call(rule: str, account: Account | None, scopes: tuple[str, ...] = (), *, local: bool = False) -> bool:
    """Whether a route's rule (`engine.web.access`) admits whoever is signed in (None: nobody)."""
    kind, _, argument = rule.partition(":")
    if kind == "public":
        return True
    if kind == "local":
        return local
    if account is None or not account.active:
        return False
    if kind == "api":  # applicants, and other departments by their tokens; staff work at the desk
        return account.kind != "staff" and (argument in scopes if scopes else account.kind == "applicant")
    if scopes:
        return False  # a token opens interfaces, no pages
    if kind == "role":
        return holds(account, tuple(argument.split(",")))
    return account.kind == kind


def sees_of(account: Account, matter: str = "") -> frozenset[str]:
    """How much of people's data the powers of the account let it see, of a matter's cases where one is named."""
    return frozenset(
        one.sees for one in powers_of(account) if not matter or one.matters is None or matter in one.matters
    )
