"""What the desk shows of a case: tasks, actions with why not, materials, facts beside answers. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from engine.model.calendar import workdays_between
from engine.model.case import Case, Finding, StepRecord, Upload
from engine.model.certificate import Certificate
from engine.model.clock import Running
from engine.model.facts import Fact
from engine.model.form import MaterialNeed
from engine.model.matter import Matter
from engine.model.wording import waived_by
from engine.ports.cases import CaseLine, TaskRow
from engine.services.desk_actions import Action
from engine.services.views import CaseView

_WEIGHTS = {"建议不予受理": 4, "转人工": 2, "一次补正": 2, "改办": 2, "当场更正": 1}


class TaskLine(msgspec.Struct, frozen=True):
    """A row of a work list. `days_left` counts working days, negative when overdue; `risk` adds up what was found."""

    case: CaseLine
    task: str
    step: str
    title: str
    due: str
    overdue: bool
    days_left: int | None
    risk: int
    unread: bool
    claimed_by: str = ""
    marks: tuple[str, ...] = ()
    channel: str = ""
    version: int = 0


class WorkPage(msgspec.Struct, frozen=True):
    """A page of a work list, the cursor of the next one, and how many rows each view holds."""

    lines: tuple[TaskLine, ...]
    next: str
    counts: dict[str, int]


class DeskMaterial(msgspec.Struct, frozen=True):
    """A material of the case with its files, and whether and why it was not demanded."""

    need: MaterialNeed
    uploads: tuple[Upload, ...]
    demanded: bool
    waived_by: str = ""


class Compared(msgspec.Struct, frozen=True):
    """An answer held against a fact. `state`: 一致 | 不一致 | 未能核验; `said` is what the source says, in words."""

    state: str
    source: str
    said: str
    at: str = ""


class FactLine(msgspec.Struct, frozen=True):
    """A fact of the case in words. `state`: 已取到 | 无记录 | 未取到 | 不适用 | 待核验."""

    key: str
    title: str
    state: str
    at: str
    reason: str
    rows: tuple[tuple[tuple[str, str], ...], ...]


class DeskView(msgspec.Struct, frozen=True):
    """A case as the desk sees it.

    `version` goes with every action; `related` are the subject's other cases; `hours_left` is for a limit in hours,
    negative when overdue.
    """

    view: CaseView
    tasks: tuple[TaskRow, ...]
    actions: tuple[Action, ...]
    materials: tuple[DeskMaterial, ...]
    compared: dict[str, Compared]
    facts: tuple[FactLine, ...]
    related: tuple[CaseLine, ...]
    holdings: tuple[Certificate, ...]
    open_step: StepRecord | None
    results: tuple[str, ...]
    people: int
    due: str
    days_left: int | None
    hours_left: int | None
    drawn_up: tuple[Finding, ...]
    clocks: tuple[Running, ...] = ()
    estimated: tuple[str, ...] = ()  # years of the limits in which working days are counted provisionally

    @property
    def version(self) -> int:
        """The case version that is shown."""
        return self.view.case.version


def materials_of(matter: Matter, case: Case) -> tuple[DeskMaterial, ...]:
    """Materials in the matter's order: those demanded, waived or handed in."""
    assessment = case.assessment
    waived = assessment.waived if assessment else {}
    demanded = set(assessment.demanded) if assessment else set()
    lines = (
        DeskMaterial(need, case.uploads.get(need.id, ()), need.id in demanded, waived_by(need, waived.get(need.id, "")))
        for need in matter.materials
    )
    return tuple(line for line in lines if line.demanded or line.waived_by or line.uploads)


def compare(matter: Matter, case: Case) -> dict[str, Compared]:
    """Each answer that can be held against a fact or against who signed in, by field id."""
    found = {}
    for field in matter.fields():
        key, _, part = field.prefill.partition(".")
        if not part or field.id not in case.answers or key == "original":
            continue  # what was taken from the certificate acted on is shown with it
        if key == "applicant":
            said = {"code": case.subjects[0].code, "name": case.subjects[0].name}.get(part)
            if said is not None:
                found[field.id] = Compared(_same(case.answers[field.id], said), "登录身份", said)
            continue
        title = next((need.title for need in matter.facts if need.key == key), key)
        found[field.id] = _against(case.answers[field.id], case.facts.get(key), part, title)
    return found


def _against(answer: object, fact: Fact | None, part: str, title: str) -> Compared:
    if fact is None or fact.state in ("unavailable", "pending", "not_applicable"):
        return Compared("未能核验", title, fact.reason if fact else "未向来源核对", fact.fetched_at if fact else "")
    said = fact.value.get(part) if isinstance(fact.value, Mapping) else None
    if fact.state == "empty" or said in (None, ""):
        return Compared("未能核验", title, "来源没有这项记录", fact.fetched_at)
    return Compared(_same(answer, said), title, words(said), fact.fetched_at)


def _same(answer: object, said: object) -> str:
    return "一致" if _plain(answer) == _plain(said) else "不一致"


def _plain(value: object) -> str:
    return "".join(words(value).split()).replace("(", "（").replace(")", "）").upper()


def words(value: object) -> str:
    """A JSON value of a source in words."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, Mapping):
        return " ".join(words(part) for part in value.values() if part not in (None, ""))
    if isinstance(value, list | tuple):
        return "、".join(words(part) for part in value)
    return "" if value is None else str(value)


def facts_of(matter: Matter, case: Case) -> tuple[FactLine, ...]:
    """Every fact the matter asks for, with what its source said, part by part."""
    return tuple(_fact_line(need.title, need.type.parts, case.facts.get(need.key), need.key) for need in matter.facts)


_STATES = {"value": "已取到", "empty": "无记录", "unavailable": "未取到", "not_applicable": "不适用"}


def _fact_line(title: str, parts: Mapping[str, object], fact: Fact | None, key: str) -> FactLine:
    if fact is None:
        return FactLine(key, title, "待核验", "", "", ())
    state = _STATES.get(fact.state, "待核验")
    records = fact.value if isinstance(fact.value, list | tuple) else [fact.value]
    rows = tuple(
        tuple((str(getattr(parts.get(name), "title", name)), words(value)) for name, value in record.items())
        for record in records
        if isinstance(record, Mapping)
    )
    return FactLine(key, title, state, fact.fetched_at, fact.reason, rows if fact.state == "value" else ())


def drawn_up(case: Case) -> tuple[Finding, ...]:
    """The findings a request for supplement is drawn up from."""
    findings = case.assessment.findings if case.assessment else ()
    return tuple(one for one in findings if one.result == "failed" and one.action == "一次补正")


def risk_of(case: Case) -> int:
    """What was found, weighed: 0 nothing, more for what needs a closer look."""
    findings = case.assessment.findings if case.assessment else ()
    return sum(
        1 if one.result == "unknown" else _WEIGHTS.get(one.action, 0)
        for one in findings
        if one.result in ("failed", "unknown") and one.action != "提示"
    )


def hours_left(due: str, now: datetime) -> int | None:
    """Full hours until a limit in hours, negative after it; None for one in days."""
    return int((datetime.fromisoformat(due) - now).total_seconds() // 3600) if "T" in due else None


def days_left(due: str, today: date, calendar: Mapping[str, str]) -> int | None:
    """Working days from today to the due day, 0 on the day itself, negative after it; None without a due day."""
    return workdays_between(today, date.fromisoformat(due[:10]), calendar) if due else None
