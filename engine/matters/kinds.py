"""The field kinds 字段种类: which keys each permits, how its answer is stored, and which type rules see."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Map
from engine.model.types import Part, Type

COMMON = frozenset(
    {
        "id", "title", "kind", "required", "when", "help", "placeholder", "prefill", "locked", "sensitive", "default",
        "serves",
    }
)  # fmt: skip
DISTRICTS = "区"  # the code list of district names
PLACES = 2
Codes = Mapping[str, tuple[str, ...]]
Build = Callable[[Mapping[str, Any], Codes], Type]


@dataclass(frozen=True, slots=True)
class Kind:
    """One field kind: the keys it permits beside COMMON, its stored JSON in words, and its type for rules."""

    name: str
    keys: frozenset[str]
    shape: str
    build: Build
    sensitive: bool = False


KINDS: dict[str, Kind] = {}


def kind(name: str, shape: str, *keys: str, sensitive: bool = False) -> Callable[[Build], Build]:
    """Register the decorated type builder under a Chinese kind name; a name given twice raises ValueError."""

    def enter(build: Build) -> Build:
        if name in KINDS:
            raise ValueError(f"field kind {name} is registered twice")
        KINDS[name] = Kind(name, frozenset(keys), shape, build, sensitive)
        return build

    return enter


def choices(declared: Mapping[str, Any], codes: Codes) -> tuple[str, ...]:
    """The permitted values of `of:`: a code list by name, or the inline values."""
    of = declared.get("of")
    if isinstance(of, str):
        return codes.get(of.removeprefix("代码."), ())
    return tuple(str(one["value"] if isinstance(one, dict) else one) for one in of or ())


@kind("文本", "文字", "min", "max", "pattern", "pattern_hint")
@kind("长文本", "文字", "min", "max")
@kind("统一社会信用代码", "18 位文字")
@kind("身份证号", "18 位文字", sensitive=True)
@kind("电话", "文字", sensitive=True)
@kind("地址", "文字", "min", "max")
def _text(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("text")


@kind("数", '十进制数的文字，例如 "85.50"', "unit", "places", "min", "max", "above", "below")
def _number(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("number", str(declared.get("unit", "")), int(declared.get("places", PLACES)))


@kind("整数", "整数", "unit", "min", "max", "above", "below")
def _integer(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("number", str(declared.get("unit", "")), 0)


@kind("金额", "十进制数的文字，单位不写为元", "unit", "places", "min", "max", "above", "below")
def _money(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("number", str(declared.get("unit", "元")), int(declared.get("places", PLACES)))


@kind("日期", "YYYY-MM-DD")
def _date(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("date")


@kind("单选", "选中的文字", "of")
def _choice(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("enum", values=choices(declared, codes))


@kind("多选", "选中文字的列表", "of", "min", "max")
def _choices(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("multi", values=choices(declared, codes))


@kind("是否", "true 或 false")
@kind("承诺", "true 或 false", "text")
def _truth(declared: Mapping[str, Any], codes: Codes) -> Type:
    return Type("bool")


@kind("人员", "{name, id_no, phone}")
def _person(declared: Mapping[str, Any], codes: Codes) -> Type:
    text = Type("text")
    return Type(
        "record", parts={"name": Part("姓名", text), "id_no": Part("证件号", text), "phone": Part("电话", text)}
    )


@kind("区街道", "{district, street}")
def _district(declared: Mapping[str, Any], codes: Codes) -> Type:
    district = Type("enum", values=codes.get(DISTRICTS, ()))
    return Type("record", parts={"district": Part("区", district), "street": Part("街道", Type("text"))})


@kind("表格", "行的列表，每行按列 id", "columns", "min", "max")
def _rows(declared: Mapping[str, Any], codes: Codes) -> Type:
    columns = declared.get("columns") or {}
    named = columns.items() if isinstance(columns, dict) else ((str(one["id"]), one) for one in columns)
    return Type("rows", parts={id: part(one, codes) for id, one in named})


def part(declared: Mapping[str, Any], codes: Codes) -> Part:
    """A part of a record or a column of a table, as declared with `title` and `kind`."""
    return Part(str(declared["title"]), type_of(declared, codes))


def type_of(declared: Mapping[str, Any], codes: Codes) -> Type:
    """The type that rules see of a declared field, part, column or parameter."""
    made = KINDS[str(declared["kind"])].build(declared, codes)
    optional = declared.get("required", True) in (False, "否")
    return Type(made.kind, made.unit, made.places, made.values, made.parts, True) if optional else made


def check(node: Map, codes: Codes) -> tuple[Problem, ...]:
    """What is wrong with the keys of a declared field or part: keys its kind has not, lists that do not exist."""
    found: list[Problem] = []
    known = KINDS[str(node["kind"])]
    elsewhere = {key for one in KINDS.values() for key in one.keys}  # what no kind has, the schema tells
    for key in node:
        if key in elsewhere and key not in known.keys:
            advice = f"{known.name}可用：{'、'.join(sorted(known.keys))}。" if known.keys else ""
            found.append(tree.at("M115", tree.key_place(node, key), f"{known.name}没有“{key}”。", advice))
    for key in ("of", "columns", "text"):
        if key in known.keys and key not in node:
            found.append(
                tree.at("M115", node.mark, f"{known.name}“{node.get('title')}”没有写 {key}。", f"请补上 {key}:。")
            )
    of = node.get("of")
    if isinstance(of, str) and of.removeprefix("代码.") not in codes:
        advice = tree.near(of.removeprefix("代码."), codes) or "请检查 rules/codes。"
        found.append(tree.at("M171", tree.place(node, "of"), f"没有{of}。", advice))
    columns = node.get("columns") or ()
    for column in columns.values() if isinstance(columns, dict) else columns:
        found += check(column, codes)
    return tuple(found)
