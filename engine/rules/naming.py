"""Resolves names inside a rule, where 它 is the row at hand and 外 steps out of it."""

from __future__ import annotations

from engine.model.values import Json
from engine.rules import kinds
from engine.rules.kinds import ANY, DATE, Kind
from engine.rules.nodes import Node, is_outer, is_row
from engine.rules.problems import Notebook
from engine.rules.profile import BY_SPELLING, OPERATORS
from engine.rules.recovery import WORDS_FOR
from engine.rules.scope import SHARED, Found, Scope, written

GIVEN = {"today": DATE, "calendar": ANY}


class Frame:
    """One quantifier's row: the absolute path of its list and the kind of a row."""

    def __init__(self, path: str, kind: Kind) -> None:
        self.path, self.kind = path, kind


class Naming:
    """Names of one compilation, with the quantifiers that are open and the absolute paths read so far."""

    def __init__(self, scope: Scope, notes: Notebook) -> None:
        self.scope, self.notes = scope, notes
        self.frames: list[Frame] = []
        self.hidden = 0  # frames that a shared expression cannot see
        self.reads: set[str] = set()

    def value_word(self, node: Node, wanted: Kind) -> bool:
        """Whether a bare word stands for a permitted value of the wanted kind and not for a name."""
        if node.what != "name" or len(node.value) != 1 or node.quoted or wanted.kind != "enum":
            return False
        if node.value[0] in wanted.values:
            return True
        return not wanted.values and not self.scope.find(node.value) and not is_row(node.value[0])

    def known(self, node: Node) -> bool:
        """Whether the written name can be resolved, without noting a problem."""
        first = node.value[0] if node.what == "name" else ""
        word = not first or is_row(first) or is_outer(first) or (first == SHARED and len(node.value) == 2)
        return word or bool(self.scope.find(node.value))

    def resolve(self, node: Node) -> tuple[Json, Kind]:
        """The stored `var` of a name or stored path, and its kind; notes a problem and gives ANY otherwise."""
        if node.what == "path":
            return self._stored(node)
        segments: tuple[str, ...] = node.value
        ups = 0
        while segments and is_outer(segments[0]):
            segments, ups = segments[1:], ups + 1
        if ups and (ups > len(self.frames) - self.hidden or not segments):
            self.notes.add("R119", "外 只能用在 满足 (…) 之内，后接名称。", "例：外.经营面积。", node.at)
            return {"var": ""}, ANY
        if is_row(segments[0]):
            return self._row(node, segments[1:], ups)
        found = self.scope.find(segments)
        if isinstance(found, tuple):
            self._missing(node, segments, found)
            return {"var": ".".join(segments)}, ANY
        self.reads.add(found.path)
        return {"var": "^." * len(self.frames) + found.path}, found.kind

    def _row(self, node: Node, rest: tuple[str, ...], ups: int) -> tuple[Json, Kind]:
        if ups >= len(self.frames) - self.hidden:
            hint = "例：所有 清单 满足 (它.数量 > 0)。"
            self.notes.add("R119", "它 只能用在 所有/存在 … 满足 (…) 之内。", hint, node.at)
            return {"var": ""}, ANY
        frame = self.frames[-1 - ups]
        path, kind = "", frame.kind
        for key in rest:
            below = kinds.step(kind, key)
            if below is None:
                if kind.kind != "any":
                    choices = "、".join(part.title for part in kind.parts.values()) or "无"
                    self.notes.add("R102", f"清单中没有列“{key}”。", f"可用的列：{choices}。", node.at)
                return {"var": path}, ANY
            path, kind = (f"{path}.{below[0]}" if path else below[0]), below[1]
        self.reads.add(f"{frame.path}.{path}" if path else frame.path)
        return {"var": "^." * ups + path}, kind

    def _stored(self, node: Node) -> tuple[Json, Kind]:
        path: str = node.value
        ups = 0
        while path.startswith("^."):
            path, ups = path[2:], ups + 1
        if ups > len(self.frames):
            self.notes.add("R119", f"路径 {node.value} 的 ^ 超出所在的清单层数。", "每层 满足 用一个 ^。")
            return {"var": path}, ANY
        if ups < len(self.frames):
            segments = tuple(part for part in path.split(".") if part)
            return self._row(Node("name", ("它", *segments)), segments, ups)
        found = self.scope.at(path)
        if found is None and path in GIVEN:
            found = Found(path, None, GIVEN[path])
        if found is None:
            self._missing(node, (path,), ())
            return {"var": path}, ANY
        self.reads.add(found.path)
        return {"var": "^." * ups + found.path}, found.kind

    def list_path(self, logic: Json) -> str:
        """The absolute path of a `var` that names a list."""
        path: str = logic["var"]
        ups = 0
        while path.startswith("^."):
            path, ups = path[2:], ups + 1
        if ups == len(self.frames):
            return path
        base = self.frames[-1 - ups].path
        return f"{base}.{path}" if path else base

    def _missing(self, node: Node, segments: tuple[str, ...], candidates: tuple[object, ...]) -> None:
        spelled = written(segments) if node.what == "name" else ".".join(segments)
        if candidates:
            choices = " 或 ".join(f"{n.group}.{n.title}" if n.group else n.path for n in candidates)  # type: ignore[attr-defined]
            self.notes.add("R103", f"名称“{spelled}”在多处出现。", f"请写 {choices}。", node.at)
            return
        for word in sorted((*BY_SPELLING, *(o.chinese for o in OPERATORS.values()), "满足"), key=len, reverse=True):
            head, found, _ = segments[-1].partition(word)
            if found and not word.isascii() and head and self.scope.find((*segments[:-1], head)):
                hint = f"请写 {head} {word} …，中间留空格。"
                self.notes.add("R116", f"运算词“{word}”与名称连写：“{spelled}”。", hint, node.at)
                return
        for word, sign in sorted(WORDS_FOR.items(), key=lambda pair: -len(pair[0])):
            head, found, rest = segments[-1].partition(word)
            if found and head and len(word) > 1 and self.scope.find((*segments[:-1], head)):
                hint = f"请写 {head} {sign} {rest}".rstrip() + "，中间留空格。"
                self.notes.add("R116", f"“{word}”不是运算符，且与名称连写：“{spelled}”。", hint, node.at)
                return
        for frame in self.frames:
            if kinds.step(frame.kind, segments[0]):
                self.notes.add("R102", f"未知名称“{spelled}”。", f"清单的列请写 它.{spelled}。", node.at)
                return
        near = self.scope.near(segments)
        hint = f"是否想写 {written(near.split('.'))}？" if near else "请核对名称，或先在表单、facts 中定义。"
        self.notes.add("R102", f"未知名称“{spelled}”。", hint, node.at)
