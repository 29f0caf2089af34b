"""Matters as clients read them: catalogue cards, and the declaration a client can build its own form from."""

from __future__ import annotations

from typing import Any

from pydantic import Field

from portal.api.shape import Asked, Shown


class MatterSearch(Asked):
    """How the catalogue is searched; everything given must fit."""

    text: str = Field(default="", max_length=100, description="名称、常用说法、拼音或拼音首字母")
    line: str = Field(default="", max_length=50, description="条线")
    applicant: str = Field(default="", max_length=20, description="申请人类型：法人、自然人")
    situation: str = Field(default="", max_length=100, description="办理情形")


class MatterCard(Shown):
    """A matter in the catalogue."""

    id: str
    title: str
    kind: str
    line: str
    applicant: list[str]
    labels: list[str]
    situations: list[str]
    summary: str
    promised: str = Field(description="承诺时限，文字")
    instant: bool = Field(description="是否可能当场准予（秒批）")
    action: str = Field(description="业务类型：新办、变更、延续……")
    main_item: str


class MatterList(Shown):
    """Matters found."""

    items: list[MatterCard]


class RuleShape(Shown):
    """A compiled expression: as people read it, and as typed JsonLogic over field ids."""

    text: str
    logic: Any
    reads: list[str] = []


class OptionShape(Shown):
    """A choice."""

    value: str
    note: str = ""


class FieldShape(Shown):
    """One question of the form."""

    id: str
    title: str
    kind: str = Field(
        description="文本 长文本 数 整数 日期 单选 多选 是否 人员 统一社会信用代码 身份证号 电话 区街道 地址 表格 承诺"
    )
    required: bool = True
    when: RuleShape | None = Field(default=None, description="何时出现；空表示总是出现")
    unit: str = ""
    places: int = 0
    min: str = ""
    max: str = ""
    above: str = ""
    below: str = ""
    pattern: str = ""
    pattern_hint: str = ""
    options: list[OptionShape] = []
    columns: list[FieldShape] = []
    help: str = ""
    placeholder: str = ""
    prefill: str = Field(default="", description="可由哪一项共享数据带入")
    locked: bool = Field(default=False, description="带入后不能修改")
    sensitive: bool = False
    text: str = Field(default="", description="承诺书正文")
    default: Any = None


class GroupShape(Shown):
    """A section of the form."""

    id: str
    title: str
    fields: list[FieldShape]
    when: RuleShape | None = None
    help: str = ""


class WaiverShape(Shown):
    """A way in which a material need not be handed in."""

    way: str
    when: RuleShape
    sources: list[str] = Field(default=[], description="由哪些来源核验")
    say: str = Field(default="", description="事项自己写明的话，接在“免交：”后面")


class MaterialShape(Shown):
    """A material the matter asks for."""

    id: str
    title: str
    need: str = Field(description="必要、情形必要、非必要")
    when: RuleShape = RuleShape(text="总是", logic=True)
    accept: list[str] = ["pdf", "jpg", "png"]
    max_mb: int = 20
    max_files: int = 5
    source: str = ""
    help: str = ""
    basis: str = ""
    waive: list[WaiverShape] = []


class FactShape(Shown):
    """A fact the matter asks a source for; `asks` 核验 needs the applicant's explicit consent."""

    key: str
    title: str
    asks: str = "申请人"


class DurationShape(Shown):
    """A limit: `days` null where the law names none, 0 on the spot."""

    days: int | None
    unit: str = Field(default="工作日", description="工作日、自然日、小时")
    start: str = Field(default="受理", description="从何时起算：收到、受理、决定")


class LimitsShape(Shown):
    """Statutory and promised limits in days."""

    legal: DurationShape
    promised: dict[str, int] = {}


class ActsOnShape(Shown):
    """The certificate the matter acts on."""

    type: str
    status: str = "有效"


class CertificateKind(Shown):
    """A certificate a granted application yields."""

    type: str
    title: str
    action: str


class QuestionShape(Shown):
    """A frequent question."""

    ask: str
    answer: str


class MatterShape(Shown):
    """The declaration of a matter in the version that is in force; `hash` names the version."""

    id: str
    title: str
    hash: str
    kind: str
    line: str
    business: str = ""
    applicant: list[str]
    labels: list[str] = []
    situations: list[str] = []
    summary: str = ""
    basis: list[str]
    effective: str
    limits: LimitsShape
    conditions: list[str] = Field(default=[], description="准予条件")
    fees: str = "不收费"
    questions: list[QuestionShape] = []
    groups: list[GroupShape]
    materials: list[MaterialShape] = []
    facts: list[FactShape] = []
    acts_on: ActsOnShape | None = None
    certificates: list[CertificateKind] = []
    route: list[str] = Field(default=[], description="转人工时的环节")
