"""The scalars of a YAML text with their exact places, and replacing some of them without touching anything else."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import yaml

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Scalar:
    """One scalar: its path (keys and indexes; a key's own path ends in the key), value, YAML style and offsets.

    `text` is how it stands in the file, quotes and block header included. `key` tells keys from values, `flow`
    whether it stands inside {…} or […].
    """

    path: Path
    value: str
    style: str
    start: int
    end: int
    text: str
    key: bool = False
    flow: bool = False


def scalars(text: str) -> tuple[Scalar, ...]:
    """All scalars of a readable YAML text in order; yaml.YAMLError when it cannot be read."""
    starts = [0]
    for line in text.split("\n"):
        starts.append(starts[-1] + len(line) + 1)
    return tuple(_Walk(text, starts).node((), False))


class _Walk:
    def __init__(self, text: str, starts: list[int]) -> None:
        self.text, self.starts = text, starts
        events = yaml.parse(text, Loader=yaml.CSafeLoader)
        self.events = (one for one in events if not isinstance(one, (yaml.StreamStartEvent, yaml.DocumentStartEvent)))

    def node(self, path: Path, flow: bool, event: Any = None) -> Iterator[Scalar]:
        event = event or next(self.events)
        if isinstance(event, yaml.ScalarEvent):
            yield self._scalar(event, path, flow, False)
        elif isinstance(event, yaml.SequenceStartEvent):
            index = 0
            while not isinstance(one := next(self.events), yaml.SequenceEndEvent):
                yield from self.node((*path, index), flow or bool(event.flow_style), one)
                index += 1
        elif isinstance(event, yaml.MappingStartEvent):
            within = flow or bool(event.flow_style)
            while not isinstance(one := next(self.events), yaml.MappingEndEvent):
                inner = (*path, str(getattr(one, "value", "")))
                if isinstance(one, yaml.ScalarEvent):
                    yield self._scalar(one, inner, within, True)
                yield from self.node(inner, within)

    def _scalar(self, event: Any, path: Path, flow: bool, key: bool) -> Scalar:
        start, end = self._offset(event.start_mark), self._offset(event.end_mark)
        if event.tag is not None:  # the mark of a tagged scalar is that of its tag
            start = end
        if event.style in ("|", ">"):
            end = start + len(self.text[start:end].rstrip())
        return Scalar(path, event.value, event.style or "", start, end, self.text[start:end], key, flow)

    def _offset(self, mark: Any) -> int:
        return int(self.starts[mark.line] + mark.column)


def replaced(text: str, edits: Iterable[tuple[Scalar, str]]) -> str:
    """The text with each scalar's own text exchanged."""
    for scalar, new in sorted(edits, key=lambda edit: -edit[0].start):
        text = text[: scalar.start] + new + text[scalar.end :]
    return text


def spelled(scalar: Scalar, value: str) -> str:
    """A new single-line value in the style of the scalar; one that cannot stand plain is quoted."""
    if scalar.style == "'":
        return "'" + value.replace("'", "''") + "'"
    if scalar.style == '"' or not _plain(value, scalar.flow):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'
    return value


def edited(scalar: Scalar, change: Callable[[str], str]) -> str:
    """How a scalar stands after its text is changed; as it was where its style leaves no room for the change."""
    if scalar.style in ("|", ">"):
        header, _, body = scalar.text.partition("\n")
        indent = body[: len(body) - len(body.lstrip(" "))]
        return f"{header}\n{indent}{change(body.strip())}" if body.strip() else scalar.text
    if scalar.style:
        return scalar.text if "\n" in scalar.text else spelled(scalar, change(scalar.value))
    made = change(scalar.text)
    return made if "\n" in made else spelled(scalar, made)


def _plain(value: str, flow: bool) -> bool:
    try:
        found = yaml.load(f"[{value}]" if flow else f"k: {value}", Loader=yaml.BaseLoader)
    except yaml.YAMLError:
        return False
    return bool(found == ([value] if flow else {"k": value}))
