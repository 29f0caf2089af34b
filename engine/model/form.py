"""The form of a matter: groups of typed fields, each with its condition and bounds."""

from __future__ import annotations

import msgspec

from engine.model.rule import ALWAYS, Rule
from engine.model.types import Type
from engine.model.values import Json


class Option(msgspec.Struct, frozen=True, omit_defaults=True):
    """One choice of a code list; `value` is stored and shown; `note` explains it."""

    value: str
    note: str = ""


class Field(msgspec.Struct, frozen=True, omit_defaults=True):
    """One question of the form.

    `id` is unique in the matter; `kind` a key of the field-kind registry (文本 长文本 数 整数 日期 单选 多选
    是否 人员 统一社会信用代码 身份证号 电话 区街道 地址 表格 承诺). `required` holds only while the field is
    visible. `when` is None for a field that is always visible. Bounds are decimals as text, in `unit`;
    `above`/`below` exclude the bound, `min`/`max` include it; for text kinds `min`/`max` count characters,
    for 表格 rows. `prefill` is the fact path the answer is taken from ("licence.name"); `locked` means that
    it may not be edited then. `text` is the statement of a 承诺. `serves` says what of the delivery the
    answer is: a key of `engine.model.papers.SERVES`.
    """

    id: str
    title: str
    kind: str
    type: Type
    required: bool = True
    when: Rule | None = None
    unit: str = ""
    places: int = 0
    min: str = ""
    max: str = ""
    above: str = ""
    below: str = ""
    pattern: str = ""
    pattern_hint: str = ""
    options: tuple[Option, ...] = ()
    columns: tuple[Field, ...] = ()
    help: str = ""
    placeholder: str = ""
    prefill: str = ""
    locked: bool = False
    sensitive: bool = False
    text: str = ""
    default: Json = None
    serves: str = ""


class Group(msgspec.Struct, frozen=True, omit_defaults=True):
    """A titled section of the form; `when` hides it whole."""

    id: str
    title: str
    fields: tuple[Field, ...]
    when: Rule | None = None
    help: str = ""


class RecordForm(msgspec.Struct, frozen=True):
    """The record 记录表 that staff fill in at a step of the route; its conditions read `step.<step>.<field>`."""

    title: str
    fields: tuple[Field, ...]


class Waiver(msgspec.Struct, frozen=True, omit_defaults=True):
    """One way in which a material need not be handed in: by 数据共享, 电子证照 or 告知承诺.

    `sources` are the titles of what the rule compares with (fact sources, the register of certificates, the
    identity); `say` is the author's own sentence, "" where the words follow from way and sources.
    """

    way: str
    when: Rule
    sources: tuple[str, ...] = ()
    say: str = ""


class MaterialNeed(msgspec.Struct, frozen=True, omit_defaults=True):
    """A material the matter asks for. `need`: 必要 | 情形必要 | 非必要. `accept`: permitted types (pdf jpg png ofd).

    `max_mb` bounds each file, `max_files` their number.
    """

    id: str
    title: str
    need: str
    when: Rule = ALWAYS
    accept: tuple[str, ...] = ("pdf", "jpg", "png")
    max_mb: int = 20
    max_files: int = 5
    source: str = ""
    help: str = ""
    waive: tuple[Waiver, ...] = ()
    basis: str = ""
    sensitive: bool = False
