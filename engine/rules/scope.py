"""The names a rule may use, and how an author's spelling of a name is resolved to its stored path."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

import msgspec

from engine.model.rule import Rule
from engine.model.types import Type
from engine.rules import kinds
from engine.rules.profile import RESERVED
from engine.rules.units import SCALE

_WORD = re.compile(r"[^\W\d]\w*\Z|\d+[^\W\d]\w*\Z")
_UNITS = "|".join(sorted(SCALE, key=len, reverse=True))
_NUMBER_LIKE = re.compile(rf"[0-9]+(?:{_UNITS})|[0-9]{{4}}年[0-9]+月[0-9]+日|满[0-9]+年")
_WIDE_DIGIT = re.compile("[０-９]")  # the reader makes them narrow outside 「」
_UNWRITABLE = re.compile("[」\n]")  # ends or breaks a name in 「」: such a name goes by its id
SHARED = "表达式"
ALIASES = (("参数.", "param."), ("代码.", "code."))


class Name(msgspec.Struct, frozen=True):
    """One name of a scope.

    `path` is the stored id path ("area", "param.business_threshold", "code.住宿类"), `title` what an author
    writes; a title that occurs in two groups must be written with its `group`. `guard` is the visibility
    condition of a conditional field. `authoritative` marks facts from an authoritative source, `sensitive`
    values that no trace may show.
    """

    path: str
    title: str
    type: Type
    group: str = ""
    guard: Rule | None = None
    authoritative: bool = False
    sensitive: bool = False
    asked: bool = False  # a yes-or-no that may stand as a condition by itself


class Expression(msgspec.Struct, frozen=True):
    """A shared expression 表达式.名称: its rule text, what it says and rests on, and where its text stands."""

    name: str
    rule: str
    title: str = ""
    basis: str = ""
    file: str = ""
    line: int = 0
    column: int = 0
    spans: tuple[tuple[int, int, int], ...] = ()


class Titles(dict[str, str]):
    """Titles by path, parts and columns included, with the units of the numbers beside them."""

    units: dict[str, str]

    def __init__(self, base: Titles | None = None) -> None:
        super().__init__(base or {})
        self.units = dict(base.units) if base else {}


class Found(msgspec.Struct, frozen=True):
    """A resolved path, the name it lies under and its kind."""

    path: str
    name: Name | None
    kind: kinds.Kind


def is_word(text: str) -> bool:
    """Whether a text can be written as a name without 「」."""
    if not _WORD.match(text) or text in RESERVED or _WIDE_DIGIT.search(text):
        return False
    return not _NUMBER_LIKE.fullmatch(text)


def written(segments: Iterable[str]) -> str:
    """Segments of a name as rule text, each in 「」 where it is not a plain word."""
    return ".".join(part if is_word(part) else f"「{part}」" for part in segments)


class Scope:
    """Resolves ids, titles, group.title and nested parts; ValueError when two names share a path.

    A scope may stand over another, `base`: it has the names of both, and costs no more than its own.
    """

    def __init__(
        self,
        names: Iterable[Name],
        expressions: Mapping[str, Expression] = MappingProxyType({}),
        base: Scope | None = None,
    ) -> None:
        own = tuple(names)
        self.names: tuple[Name, ...] = (*own, *base.names) if base else own
        self.expressions = expressions
        self._paths: dict[str, Name] = dict(base._paths) if base else {}
        self._titles: dict[str, tuple[Name, ...]] = dict(base._titles) if base else {}
        for name in own:
            if name.path in self._paths:
                raise ValueError(f"the path {name.path} is given twice")
            self._paths[name.path] = name
        fresh: dict[str, tuple[Name, ...]] = {}
        for name in own:
            for key in {name.title, f"{name.group}.{name.title}" if name.group else name.title}:
                fresh[key] = (*fresh.get(key, ()), name)
        again = {one.path: one for key in fresh for one in self._titles.get(key, ())}  # these are ambiguous now
        for key, found in fresh.items():
            self._titles[key] = (*found, *self._titles.get(key, ()))
        self.titles: Titles = Titles(base.titles if base else None)
        self.choices: set[str] = set(base.choices) if base else set()
        for name in (*again.values(), *own):
            self._enter(name.path, self.title_of(name.path), name.type)

    def _enter(self, path: str, title: str, type: Type) -> None:
        self.titles[path] = title
        self.choices.update(type.values)
        if type.unit:
            self.titles.units[path] = type.unit
        for id, part in type.parts.items():
            self._enter(f"{path}.{id}", f"{title}.{part.title}", part.type)

    def find(self, segments: tuple[str, ...]) -> Found | tuple[Name, ...]:
        """What the written segments name; a tuple of candidates when ambiguous, () when nothing is found."""
        for length in range(len(segments), 0, -1):
            key = ".".join(segments[:length])
            for chinese, stored in ALIASES:
                if key.startswith(chinese) and key not in self._titles:
                    key = stored + key[len(chinese) :]
            found = [self._paths[key]] if key in self._paths else self._titles.get(key, ())
            if not found:
                continue
            reached = [(name, end) for name in found if (end := self._descend(name, segments[length:])) is not None]
            if len(reached) > 1:
                return tuple(name for name, _ in reached)
            if reached:
                return reached[0][1]
        return ()

    def at(self, path: str) -> Found | None:
        """What a stored path names; None when it names nothing."""
        segments = path.split(".")
        for length in range(len(segments), 0, -1):
            name = self._paths.get(".".join(segments[:length]))
            if name is not None:
                return self._descend(name, tuple(segments[length:]), ids=True)
        return None

    def _descend(self, name: Name, rest: tuple[str, ...], ids: bool = False) -> Found | None:
        listed = name.path.startswith(("code.", "param."))
        kind, path = kinds.of(name.type, listed=listed), name.path
        if rest and kind.listed and kind.many:
            return None
        for key in rest:
            below = kinds.step(kind, key)
            if below is None or (ids and below[0] != key):
                return None
            path, kind = f"{path}.{below[0]}", below[1]
        return Found(path, name, kind)

    def name_at(self, path: str) -> Name | None:
        """The name that a stored path lies under."""
        found = self.at(path)
        return found.name if found else None

    def title_of(self, path: str) -> str:
        """How an author writes a stored path; the path itself when it names nothing here."""
        found = self.at(path)
        if found is None or found.name is None:
            return path
        name = found.name
        rest = path[len(name.path) + 1 :]
        titles, kind = [], kinds.of(name.type)
        for key in rest.split(".") if rest else ():
            below = kinds.step(kind, key)
            titles.append(kind.parts[key].title)
            kind = below[1] if below else kind
        for start in (name.title, f"{name.group}.{name.title}" if name.group else name.title, name.path):
            segments = (*start.split("."), *titles)
            hit = self.find(segments)
            if isinstance(hit, Found) and hit.path == path and not any(_UNWRITABLE.search(one) for one in segments):
                return str.join(".", segments)
        return path

    def near(self, segments: tuple[str, ...]) -> str:
        """The most similar name that exists, or "" when none is similar."""
        wanted = ".".join(segments)
        known = [*self.titles.values(), *self.titles, *self._titles]
        for candidates, text in ((known, wanted), (known, segments[-1])):
            close = difflib.get_close_matches(text, candidates, n=1, cutoff=0.5)
            if close:
                return str(close[0])
        return ""


__all__ = ["Expression", "Found", "Name", "Scope", "Titles", "is_word", "written"]
