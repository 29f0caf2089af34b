"""Strict YAML: every key and value keeps its place, and nothing is guessed.

A plain scalar is a number only when written as one (`8`, `0.5`; never octal or base 60), a truth value only as
`true` or `false`, nothing only when left out; all else stays text, so codes, dates and times keep their digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from engine.errors import Problem
from engine.matters import yaml_words
from engine.matters.codes import MEANINGS
from engine.matters.yaml_spans import Span, spans
from engine.model.values import Missing

LARGEST = 1024 * 1024  # bytes
DEEPEST = 40
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]*)\Z")
_DECIMAL = re.compile(r"-?(?:0|[1-9][0-9]*)\.[0-9]+\Z")
_TAG_AT_END = re.compile(r"(!(?:unavailable|empty|absent))(?=[}\]])")


@dataclass(frozen=True, slots=True)
class Mark:
    """A place in a file; line and column count from 1, 0 where unknown. `spans` are a text's pieces (yaml_spans)."""

    file: str = ""
    line: int = 0
    column: int = 0
    spans: tuple[Span, ...] = field(default=(), compare=False, repr=False)


class Map(dict[str, Any]):
    """A YAML mapping with the places of its keys and values."""

    __slots__ = ("flow", "key_at", "mark", "value_at")

    def __init__(self, mark: Mark, flow: bool = False) -> None:
        super().__init__()
        self.mark, self.flow = mark, flow
        self.key_at: dict[str, Mark] = {}
        self.value_at: dict[str, Mark] = {}

    def put(self, key: str, value: Any, key_at: Mark, value_at: Mark) -> None:
        """Add a key with its places."""
        self[key] = value
        self.key_at[key], self.value_at[key] = key_at, value_at


class Seq(list[Any]):
    """A YAML sequence with the places of its items."""

    __slots__ = ("item_at", "mark")

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self.mark = mark
        self.item_at: list[Mark] = []

    def add(self, value: Any, mark: Mark) -> None:
        """Append an item with its place."""
        self.append(value)
        self.item_at.append(mark)


@dataclass(frozen=True, slots=True)
class Special:
    """A tag of test files: `!unavailable` (a source that does not answer) or `!absent` (take the key away)."""

    name: str


UNAVAILABLE, ABSENT = Special("unavailable"), Special("absent")
_TAGS: dict[str, Any] = {"!unavailable": UNAVAILABLE, "!absent": ABSENT, "!empty": Missing.EMPTY}


def read(path: Path, file: str, *, tags: bool = False) -> tuple[Any, tuple[Problem, ...]]:
    """The tree of a file and what is wrong with it; the tree is None when it cannot be read at all."""
    try:
        data = path.read_bytes()
    except OSError as error:
        return None, (Problem("M100", f"读不出文件：{error.strerror}。", "请检查路径和权限。", file),)
    return parse(data, file, tags=tags)


def parse(data: bytes, file: str, *, tags: bool = False) -> tuple[Any, tuple[Problem, ...]]:
    """The tree of YAML bytes: Map, Seq, str, int, Decimal, bool, None, and with `tags` Special and Missing.EMPTY."""
    if len(data) > LARGEST:
        return None, (Problem("M100", f"文件超过 {LARGEST // 1024} KB。", "请拆成片段。", file),)
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        return None, (Problem("M100", "文件不是 UTF-8 编码。", "请另存为 UTF-8。", file, line),)
    if tags:
        text = closed_tags(text)
    builder = _Builder(text, file, tags)
    try:
        tree = builder.document()
    except yaml.MarkedYAMLError as error:
        return None, (*builder.problems, yaml_words.explain(error, text, file))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        return None, (Problem("M101", "含有不可见的控制字符。", "请删去该字符。", file, line),)
    except _Stop:
        return None, tuple(builder.problems)
    return tree, tuple(builder.problems)


def closed_tags(text: str) -> str:
    """The text with a space between a tag of a test file and a closing bracket, which the parser wants there."""
    return _TAG_AT_END.sub(r"\1 ", text)


def parse_number(text: str) -> int | Decimal | str:
    """The number that plain text is written as; the very text when it is none."""
    if _INTEGER.match(text):
        return int(text) if len(text) <= 15 else text  # longer digits are a code, and must survive JSON
    return Decimal(text) if _DECIMAL.match(text) else text


class _Stop(Exception):
    """The rest of the file cannot be read; the reason is in `problems`."""


class _Builder:
    def __init__(self, text: str, file: str, tags: bool) -> None:
        self.file, self.tags = file, tags
        self.problems: list[Problem] = []
        self.lines = text.split("\n")
        self.events: Iterator[Any] = iter(yaml.parse(text, Loader=yaml.CSafeLoader))

    def document(self) -> Any:
        tree: Any = None
        first = True
        for event in self.events:
            if isinstance(event, yaml.DocumentStartEvent):
                if not first:
                    self.fault("M106", event, "一个文件只能有一份文档。", "请删去多余的“---”。")
                    raise _Stop
                first = False
                tree = self.node(next(self.events), 1)[0]
        return tree

    def at(self, event: Any) -> Mark:
        mark = event.start_mark
        return Mark(self.file, mark.line + 1, mark.column + 1)

    def fault(self, code: str, event: Any, what: str, next: str = "") -> None:
        mark = self.at(event)
        self.problems.append(Problem(code, what or MEANINGS[code] + "。", next, mark.file, mark.line, mark.column))

    def node(self, event: Any, depth: int) -> tuple[Any, Mark]:
        if depth > DEEPEST:
            self.fault("M107", event, f"嵌套超过 {DEEPEST} 层。", "请拆成片段。")
            raise _Stop
        if getattr(event, "anchor", None) is not None:
            kind = "别名 *" if isinstance(event, yaml.AliasEvent) else "锚点 &"
            self.fault(
                "M106",
                event,
                f"不能使用{kind}{event.anchor}。",
                "相同的内容请写成片段，用 use: 引用；星号开头的文字请加引号。",
            )
            if isinstance(event, yaml.AliasEvent):
                return None, self.at(event)
        if isinstance(event, yaml.ScalarEvent):
            return self.scalar(event), self.text_at(event)
        if event.tag is not None:
            self.fault("M106", event, f"不能使用标签 {event.tag}。", "请删去标签。")
        if isinstance(event, yaml.SequenceStartEvent):
            return self.sequence(event, depth), self.at(event)
        return self.mapping(event, depth), self.at(event)

    def text_at(self, event: Any) -> Mark:
        """Where the text itself begins: after a quote, or on the line below `|` and `>`."""
        mark = self.at(event)
        start, end = event.start_mark, event.end_mark
        if event.style in ("|", ">"):
            below = self.lines[mark.line] if mark.line < len(self.lines) else ""
            pieces = spans(event.value, self.lines, (start.line + 1, 0), (end.line, end.column))
            return Mark(mark.file, mark.line + 1, len(below) - len(below.lstrip()) + 1, pieces)
        broken = start.line != end.line or (event.style and end.column - start.column != len(event.value) + 2)
        first = start.column + bool(event.style)
        pieces = spans(event.value, self.lines, (start.line, first), (end.line, end.column)) if broken else ()
        return Mark(mark.file, mark.line, first + 1, pieces)

    def sequence(self, start: Any, depth: int) -> Seq:
        items = Seq(self.at(start))
        for event in self.events:
            if isinstance(event, yaml.SequenceEndEvent):
                break
            items.add(*self.node(event, depth + 1))
        return items

    def mapping(self, start: Any, depth: int) -> Map:
        found = Map(self.at(start), bool(start.flow_style))
        before = ""
        for event in self.events:
            if isinstance(event, yaml.MappingEndEvent):
                break
            key, key_at = self.key(event), self.at(event)
            value_event = next(self.events)
            value, value_at = self.node(value_event, depth + 1)
            left_out = value is None and value_event.start_mark.index == value_event.end_mark.index
            if found.flow and left_out and (not yaml_words.NAME.match(key) or len(key) > 30):
                self.cut(event, key, before)
            elif key in found:
                line = found.key_at[key].line
                self.fault("M102", event, f"键“{key}”重复，第 {line} 行已经给过。", "请删去一处。")
            else:
                found.put(key, value, key_at, value_at)
            before = key
        return found

    def cut(self, event: Any, key: str, before: str) -> None:
        if "：" in key:
            self.fault("M103", event, f"“{key}”里的全角标点不是 YAML 标点。", "请改成半角的“: ”和“, ”。")
            return
        cause = f"“{before}”的内容在逗号处断开" if before else "内容在逗号处断开"
        self.fault(
            "M105",
            event,
            f"{cause}，“{key}”被当成了键。",
            "花括号里的文字不能含逗号：请改为块式，一个键一行，或给整段文字加引号。",
        )

    def key(self, event: Any) -> str:
        if isinstance(event, yaml.ScalarEvent) and event.anchor is None and event.tag is None:
            return str(event.value)
        self.fault("M106", event, "键只能是一个词，不能有锚点或标签。", "若要写含 {…} 的文字，请加引号。")
        raise _Stop

    def scalar(self, event: Any) -> Any:
        text: str = event.value
        if event.tag is not None:
            if self.tags and event.tag in _TAGS and not text:
                return _TAGS[event.tag]
            known = "只有测试文件可以用 !unavailable、!empty、!absent。"
            self.fault("M106", event, f"不能使用标签 {event.tag}。", known)
        if event.style:
            return text
        number = parse_number(text)
        return number if number is not text else {"true": True, "false": False, "": None}.get(text, text)
