"""The names that judging a matter reads, cut down to what it reads: the inputs of a receipt, and names from them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.values import Json, Value, value_at
from engine.model.wording import places
from engine.pipeline.typed_json import from_json, to_json

_OF_MATTER = ("code", "param")  # what the matter itself carries
_ALWAYS, _CALENDAR = ("today", "accepted_on"), "calendar"


def rules_judged(matter: Matter) -> Iterator[Rule]:
    """Every rule that `judge` evaluates."""
    for check in matter.precheck:
        yield check.when
        yield check.require
    yield from (row.when for row in matter.decide)
    for need in matter.materials:
        yield need.when
        yield from (waiver.when for waiver in need.waive)


def _of_form(matter: Matter) -> Iterator[Rule]:
    for group in matter.groups:
        yield from (rule for rule in (group.when, *(field.when for field in group.fields)) if rule is not None)


def inputs_of(matter: Matter, names: Mapping[str, Value]) -> dict[str, Json]:
    """What the rules and the messages read, by path, as JSON: records part by part, rows with the columns read."""
    reads = {path for rule in rules_judged(matter) for path in rule.reads} | {*_ALWAYS}
    if any(_CALENDAR in rule.reads for rule in _of_form(matter)):
        reads.add(_CALENDAR)
    filled = {path for check in matter.precheck for path in places(check.message)}
    whole = filled | {_CALENDAR}
    found: dict[str, Json] = {}
    for path in sorted(reads | filled):
        if path.partition(".")[0] not in _OF_MATTER:
            at, value = _reached(path, names)
            columns = {other[len(at) + 1 :].partition(".")[0] for other in reads if other.startswith(at + ".")}
            kept = value if at in whole else _cut(value, columns)
            found[at] = to_json(kept)
    return found


def _reached(path: str, names: Mapping[str, Value]) -> tuple[str, Value]:
    """The value at a path, and how much of the path leads to it: rows and what is missing end the way."""
    parts = path.split(".")
    for length in range(1, len(parts) + 1):
        at = ".".join(parts[:length])
        value = value_at(at, names)
        if not isinstance(value, Mapping):
            return at, value
    return path, value_at(path, names)


def _cut(value: Value, columns: set[str]) -> Value:
    """Rows with the columns that are read; of a record only that it is there: its parts have paths of their own."""
    if isinstance(value, tuple):
        return tuple(
            {key: row[key] for key in row if key in columns} if isinstance(row, Mapping) else row for row in value
        )
    return {} if isinstance(value, Mapping) else value


def names_from(inputs: Mapping[str, Json], of_matter: Mapping[str, Value]) -> dict[str, Value]:
    """Names made from inputs and what the matter carries; ValueError for inputs that are not as `inputs_of` writes."""
    names: dict[str, Value] = dict(of_matter)
    for path in sorted(inputs):
        *above, last = path.split(".")
        at = names
        for part in above:
            below = at.get(part)
            if not isinstance(below, dict):
                below = {}
                at[part] = below
            at = below
        at[last] = from_json(inputs[path])
    return names


def reads_any(rule: Rule, paths: frozenset[str]) -> bool:
    """Whether a rule reads one of the paths, something above or below it."""
    return any(
        read == path or read.startswith(path + ".") or path.startswith(read + ".")
        for read in rule.reads
        for path in paths
    )
