"""A matter as published: linked, compiled, immutable. Built only by `engine.matters`."""

from __future__ import annotations

import msgspec

from engine.model.confirming import Countersign
from engine.model.form import Field, Group, MaterialNeed, RecordForm
from engine.model.guard import Guard
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.model.values import Json

CITY = "市级"


class Duration(msgspec.Struct, frozen=True, omit_defaults=True):
    """A limit: `days` counted in `unit` (工作日 | 自然日 | 小时) from `start` (收到 | 受理 | 决定).

    `days` None means the law names none (无规定); 0 means on the spot (当场).
    """

    days: int | None
    unit: str = "工作日"
    start: str = "受理"


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """All limits of a matter. `promised` maps 秒批 and 转人工 to days; a value marked 待业务确认 is in `confirm`."""

    legal: Duration
    promised: dict[str, int] = {}
    extend_days: int = 0
    extend_by: str = ""
    tell: int = 5
    untold: str = "视为受理"
    answer: int = 30
    unanswered: str = "终止"
    stops: tuple[str, ...] = ()


class FactNeed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact the matter asks a source for.

    `args` maps the source's parameters to paths (form field or context) or, after "=", to a literal;
    `max_age` and `retry` are seconds.
    `each` names a table field: the source is asked once per row. `via`, `path`, `timeout` (seconds), `asks`
    (申请人 | 核验 | 公开) and `many` are the source's own, copied so that a published matter stands alone.
    """

    key: str
    title: str
    source: str
    args: dict[str, str] = {}
    type: Type = Type("record")
    max_age: int = 86400
    retry: int = 1800
    each: str = ""
    authoritative: bool = False
    via: str = "peer"
    path: str = ""
    timeout: float = 2.0
    asks: str = "申请人"
    many: bool = False


class Check(msgspec.Struct, frozen=True, omit_defaults=True):
    """One pre-check. `on_fail`: 当场更正 | 一次补正 | 转人工 | 改办 | 建议不予受理 | 提示.

    `message` is a template with {names}; `mend` says what to do; `fields` are the field ids it is about;
    `to` the other matter of a 改办.
    """

    id: str
    require: Rule
    message: str
    on_fail: str
    when: Rule = ALWAYS
    title: str = ""
    mend: str = ""
    basis: str = ""
    to: str = ""
    auto: bool = False
    fields: tuple[str, ...] = ()


class Row(msgspec.Struct, frozen=True, omit_defaults=True):
    """One decide row. `outcome`: 秒批 | 转人工. `commitment` lifts the demand for an authoritative fact.

    Rows with the same `unique` (the id of the first of them; they stand together) are judged as one: only one of them
    may hold. Where more do, or another cannot be judged, the table stops at a person.
    """

    id: str
    when: Rule
    outcome: str
    reason: str = ""
    suggest: str = ""
    commitment: bool = False
    basis: str = ""
    unique: str = ""


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step of the route. `results` maps a result to the next step's id, 结束 or again; () means: go on.

    `role` is the staff role (窗口 审查 核查 专家 审批 制发证); `staff` how many people; `within` working days.
    `auto` finishes the step by itself when the rule is true. `not_same_as` lists steps whose actors are barred.
    `record` is the title of the record; `form` what is filled in for it, where that is declared. `offices` do the step
    in the place of the case's own; `outside` names a body of another house whose reply the step waits for.
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
    form: RecordForm | None = None
    offices: tuple[Authority, ...] = ()
    outside: str = ""


class Validity(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long a certificate holds: `start` a path or 决定日, plus `years`/`months`/`days`; `kept` means unchanged.

    `kept` is 不变 for a change that leaves the term alone; all zero and not kept means 长期.
    """

    start: str = "决定日"
    years: int = 0
    months: int = 0
    days: int = 0
    kept: bool = False


class Numbering(msgspec.Struct, frozen=True, omit_defaults=True):
    """The certificate number: a template of names ({年} {区简称} {序号:05d}) and what restarts the counter.

    `kept` means that the number of the certificate acted on stays.
    """

    text: str = ""
    restart: tuple[str, ...] = ()
    kept: bool = False


class CertificateDef(msgspec.Struct, frozen=True, omit_defaults=True):
    """The certificate a granted case yields. `action`: 新发 变更 延续 补证 注销 撤销 加注.

    `face` lists the titles on the face in order; `lines` maps those the matter gives to rules; `item` the ids
    the register keeps with the certificate (see `Certificate.item`) to rules; `layout` names a registered layout.
    `also` are lines and items under conditions of their own.
    """

    type: str
    title: str
    action: str
    valid: Validity = Validity()
    number: Numbering = Numbering()
    face: tuple[str, ...] = ()
    lines: dict[str, Rule] = {}
    item: dict[str, Rule] = {}
    media: tuple[str, ...] = ("电子",)
    layout: str = "licence"
    seal: str = "行政审批专用章"
    part: str = "正本"
    also: tuple[AlsoLines, ...] = ()


class AlsoLines(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines and items that stand in the place of the certificate's own where `when` is true."""

    when: Rule
    lines: dict[str, Rule] = {}
    item: dict[str, Rule] = {}


class ActsOn(msgspec.Struct, frozen=True, omit_defaults=True):
    """The existing certificate a matter acts on: its type, required status, who holds it, whether it is locked."""

    type: str
    status: str = "有效"
    holder: str = "申请单位"
    lock: bool = True


class Parameter(msgspec.Struct, frozen=True, omit_defaults=True):
    """One dated parameter: the entries in force from their days on, newest last, each with its reference."""

    id: str
    title: str
    type: Type
    entries: tuple[ParameterEntry, ...]


class ParameterEntry(msgspec.Struct, frozen=True, omit_defaults=True):
    """A parameter's value from `since` (ISO date) on, with the clause it rests on and the day it was recorded."""

    since: str
    value: Json
    basis: str = ""
    recorded: str = ""


class Authority(msgspec.Struct, frozen=True, omit_defaults=True):
    """One office that may handle the matter: who, for which district, and its short names in numbers."""

    code: str
    name: str
    district: str = ""
    short: str = ""
    district_short: str = ""
    since: str = ""


class AuthorityRule(msgspec.Struct, frozen=True):
    """Who handles the cases for which `when` holds: one of `offices`, by the district at the path `by`, if any."""

    when: Rule
    by: str
    offices: tuple[Authority, ...]


class PushDef(msgspec.Struct, frozen=True):
    """Where status changes go: a peer (`to`) and the events it is told of (收件 受理 进展 决定 发证)."""

    to: str
    events: tuple[str, ...]


class Question(msgspec.Struct, frozen=True):
    """A frequent question and its answer, for the guide page."""

    ask: str
    answer: str


class Duty(msgspec.Struct, frozen=True, omit_defaults=True):
    """A duty after the decision (承诺事项核查): within which time, how many staff, what its results lead to.

    `results` maps a result to 结束, to "→" and the id of a matter, or to the words of a measure; the duty falls
    due only where `when` was true at the decision.
    """

    title: str
    within: Duration
    staff: int = 1
    results: dict[str, str] = {}
    when: Rule = ALWAYS


class Report(msgspec.Struct, frozen=True, omit_defaults=True):
    """A report the holder owes after the decision: which matter files it, within which time, every how many months.

    `every_months` 0 means once; it is owed only where `when` was not false at the decision.
    """

    title: str
    matter: str
    within: Duration
    when: Rule = ALWAYS
    every_months: int = 0


class Watch(msgspec.Struct, frozen=True, omit_defaults=True):
    """An anomaly rule of `rules/` this matter is watched by, with its arguments; `holds` makes it a fact 风险.*."""

    use: str
    args: dict[str, Json] = {}
    holds: bool = False


class Matter(msgspec.Struct, frozen=True, omit_defaults=True):
    """A published matter: everything the engine needs to handle a case of it, and nothing else.

    `authorities` are all offices that may handle it; where which of them depends on the application,
    `authority_rules` say so, the first that holds, the last always.
    `hash` is the SM3 (hex) of the effective matter with its fragments, code lists and compiled rules;
    it is "" only while the matter is being built. `codes` are the code lists, `parameters` the dated
    parameters it reads. `confirm` lists what waits for 业务确认. `archive_file` is the kind of basis file (持证人 |
    产品) that gathers its cases, `archive_by` the path it is kept by, `archive_called` that of its title.
    `together` are the ids of the matters this one is put together of.
    `titles` and `units` are those of the paths its rules read, for the words of a trace.
    """

    id: str
    title: str
    kind: str
    line: str
    applicant: tuple[str, ...]
    basis: tuple[str, ...]
    effective: str
    limits: Limits
    groups: tuple[Group, ...]
    decide: tuple[Row, ...]
    hash: str = ""
    main_item: str = ""
    business: str = ""
    code: str = ""
    labels: tuple[str, ...] = ()
    situations: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    summary: str = ""
    starts: str = "申请"
    law_at: str = "决定日"
    authority_by: str = ""
    authorities: tuple[Authority, ...] = ()
    authority_rules: tuple[AuthorityRule, ...] = ()
    conditions: tuple[str, ...] = ()
    fees: str = "不收费"
    questions: tuple[Question, ...] = ()
    facts: tuple[FactNeed, ...] = ()
    unique: tuple[str, ...] = ()
    acts_on: ActsOn | None = None
    materials: tuple[MaterialNeed, ...] = ()
    precheck: tuple[Check, ...] = ()
    never: tuple[Rule, ...] = ()
    route: tuple[Step, ...] = ()
    certificates: tuple[CertificateDef, ...] = ()
    after: tuple[Duty, ...] = ()
    push: tuple[PushDef, ...] = ()
    watch: tuple[Watch, ...] = ()
    publish_hide: tuple[str, ...] = ()
    archive_class: str = ""
    archive_retain: str = ""
    archive_file: str = ""
    archive_by: str = ""
    archive_called: str = ""
    document_prefix: str = ""
    document_seal: str = "行政审批专用章"
    sign: tuple[str, ...] = ()
    daily_cap: int | None = None
    sample: str = ""
    guard: Guard = Guard()
    codes: dict[str, tuple[str, ...]] = {}
    parameters: tuple[Parameter, ...] = ()
    titles: dict[str, str] = {}
    units: dict[str, str] = {}
    sensitive: tuple[str, ...] = ()
    confirm: tuple[str, ...] = ()
    confidential: bool = False
    countersign: tuple[Countersign, ...] = ()
    reports: tuple[Report, ...] = ()
    together: tuple[str, ...] = ()

    def fields(self) -> tuple[Field, ...]:
        """All fields of the form in order, without the columns of tables."""
        return tuple(field for group in self.groups for field in group.fields)
