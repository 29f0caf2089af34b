"""A matter as published: linked, compiled, immutable. Built only by `engine.matters`."""

from __future__ import annotations

import msgspec

from engine.model.authority import Authority, AuthorityRule
from engine.model.batch import Batch
from engine.model.certificate import Annex, Overprint
from engine.model.confirming import Countersign
from engine.model.form import Field, Group, MaterialNeed
from engine.model.guard import Guard
from engine.model.route import Step
from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.model.values import Json

ON_APPLICATION, EX_OFFICIO, HANDED_IN = "申请", "依职权", "转入"  # how the cases of a matter start


class Duration(msgspec.Struct, frozen=True, omit_defaults=True):
    """A limit: `days` counted in `unit` (工作日 | 自然日 | 小时) from `start` (收到 | 受理 | 决定).

    `days` None means the law names none (无规定); 0 means on the spot (当场).
    """

    days: int | None
    unit: str = "工作日"
    start: str = "受理"


class Limits(msgspec.Struct, frozen=True, omit_defaults=True):
    """All limits of a matter.

    `promised` maps 秒批 and 转人工 to days; a value marked 待业务确认 is in `confirm`. `undecided` is what the law says
    when the legal limit passes without a decision (视为准予延续 | 视为准予 | 可先行开展, "" nothing), by which clause.
    """

    legal: Duration
    promised: dict[str, int] = {}
    extend_days: int = 0
    extend_by: str = ""
    tell: int = 5
    untold: str = "视为受理"
    answer: int = 30
    unanswered: str = "终止"
    stops: tuple[str, ...] = ()
    undecided: str = ""
    undecided_basis: str = ""


class FactNeed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A fact the matter asks a source for.

    `args` maps the source's parameters to paths (form field or context) or, after "=", to a literal;
    `max_age` and `retry` are seconds.
    `each` names a table field: the source is asked once per row. `via`, `path`, `timeout` (seconds), `asks`
    (申请人 | 核验 | 公开) and `many` are the source's own, copied so that a published matter stands alone. Where
    `when` is certainly false the source is not asked, and the fact is not applicable.
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
    when: Rule | None = None


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


class Validity(msgspec.Struct, frozen=True, omit_defaults=True):
    """How long a certificate holds: `start` a path or 决定日, plus `years`/`months`/`days`; `kept` means unchanged.

    `kept` is 不变 for a change that leaves the term alone; all zero and not kept means 长期. `until` is the path of
    a date the term never goes beyond ("" none). One that is not the last of several counts only where `when` holds.
    """

    start: str = "决定日"
    years: int = 0
    months: int = 0
    days: int = 0
    kept: bool = False
    until: str = ""
    when: Rule = ALWAYS


class Numbering(msgspec.Struct, frozen=True, omit_defaults=True):
    """The certificate number: a template of names ({年} {区简称} {序号:05d}) and what restarts the counter.

    `kept` means that the number of the certificate acted on stays.
    """

    text: str = ""
    restart: tuple[str, ...] = ()
    kept: bool = False


class CertificateDef(msgspec.Struct, frozen=True, omit_defaults=True):
    """The certificate a granted case yields. `action`: 新发 变更 延续 补证 注销 撤销 加注.

    `duplicate` says that a 副本 is made with it, with annexes of its own; `note` is what is added to that.
    `annexes` are its tables; `kept_columns` the columns the register keeps of each item that is a table.
    `valid_when` are the terms that go before `valid`, each under its condition; the first that holds counts.

    `face` lists the titles on the face in order; `lines` maps those the matter gives to rules; `item` the ids
    the register keeps with the certificate (see `Certificate.item`) to rules; `layout` names a registered layout.
    `also` are lines and items under conditions of their own. `overprint` says that the paper certificate is printed on
    numbered blank forms, and where.
    `labels` are the face's own words for 编号 发证机关 发证日期 有效期限; `named` is the line of the holder's name
    ("" the usual ones); `photo` is the id of the material that is the holder's picture, "" where the face bears none.
    """

    type: str
    title: str
    action: str
    valid: Validity = Validity()
    valid_when: tuple[Validity, ...] = ()
    number: Numbering = Numbering()
    face: tuple[str, ...] = ()
    lines: dict[str, Rule] = {}
    item: dict[str, Rule] = {}
    media: tuple[str, ...] = ("电子",)
    layout: str = "licence"
    seal: str = "行政审批专用章"
    part: str = "正本"
    photo: str = ""
    labels: dict[str, str] = {}
    named: str = ""
    annexes: tuple[Annex, ...] = ()
    kept_columns: dict[str, tuple[str, ...]] = {}
    duplicate: bool = False
    duplicate_annexes: tuple[Annex, ...] = ()
    note: str = ""
    also: tuple[AlsoLines, ...] = ()
    overprint: Overprint | None = None


class AlsoLines(msgspec.Struct, frozen=True, omit_defaults=True):
    """Lines and items that stand in the place of the certificate's own where `when` is true."""

    when: Rule
    lines: dict[str, Rule] = {}
    item: dict[str, Rule] = {}


class ActsOn(msgspec.Struct, frozen=True, omit_defaults=True):
    """The existing certificate a matter acts on: its type, required status, who holds it, whether it is locked.

    `items`: the type of each item the register keeps with such a certificate, so that rules read dates as dates.
    """

    type: str
    status: str = "有效"
    holder: str = "申请单位"
    lock: bool = True
    items: dict[str, Type] = {}


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
    `stopped` says why a matter that is 停用 cannot be applied for, "" for one in use.
    Where `publish_within` (working days) is given, results are shown to everybody but for `publish_hide`.
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
    publish_within: int | None = None
    batch: Batch | None = None
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
    stopped: str = ""

    @property
    def ex_officio(self) -> bool:
        """Whether the agency starts its cases itself (依职权)."""
        return self.starts == EX_OFFICIO

    @property
    def granting(self) -> str:
        """What a case is decided for: 准予, or what an ex-officio matter does to the certificate (注销, 撤销)."""
        if not self.ex_officio:
            return "准予"
        return self.certificates[0].action if self.certificates else "处理"

    def fields(self) -> tuple[Field, ...]:
        """All fields of the form in order, without the columns of tables."""
        return tuple(field for group in self.groups for field in group.fields)
