"""What a test says, in one form: to compare tests by, to write them in full, or only as they differ from a file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.matters import merging, names, tree
from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import APPLICANT, MatterTest, recorded_types, resolved
from engine.matters.yaml_reader import ABSENT, UNAVAILABLE, Map, Mark, parse_number
from engine.model.matter import Matter
from engine.model.types import Type
from engine.model.values import Missing

_NOWHERE = Mark()
_TEXT = Type("text")
_ORDER = (
    "at", "accepted_on", "applicant", "given", "materials", "original", "facts", "risk", "records", "confirmations"
)  # fmt: skip


def differences(test: MatterTest, base: Map, matter: Matter, catalogue: Catalogue) -> dict[str, Any]:
    """What a test has to say over the scene of its file."""
    wanted = scene(test, matter, catalogue)
    own: dict[str, Any] = {}
    for key in ("at", "accepted_on"):
        if wanted[key] != tree.text(base, key):
            own[key] = wanted[key]
    for key in ("given", "original", "facts", "risk", "records", "confirmations"):
        written = base.get(key) if isinstance(base.get(key), Map) else Map(_NOWHERE)
        assert isinstance(written, Map)
        renamed = _as_written(wanted[key], written, matter) if key == "facts" else wanted[key]
        types = types_of(key, matter, catalogue)
        found = _changes(renamed, written, types)
        if found:
            own[key] = found
    if list(wanted["materials"]) != list(tree.texts(base, "materials")):
        own["materials"] = wanted["materials"]
    who = _applicant(test, own, base, matter, catalogue)
    return {**({"applicant": who} if who else {}), **own}


def _applicant(
    test: MatterTest, own: Mapping[str, Any], base: Map, matter: Matter, catalogue: Catalogue
) -> dict[str, Any]:
    """What differs from the applicant the loader would take for the scene with the other differences."""
    over = Map(_NOWHERE)
    over.put("name", "", _NOWHERE, _NOWHERE)
    for key, value in own.items():
        over.put(key, mapped(value), _NOWHERE, _NOWHERE)
    taken = resolved(merging.merge(base, over), over, matter, catalogue).applicant
    said = {APPLICANT.get(key, key): key for key in base.get("applicant") or {}}
    return {said.get(key, key): value for key, value in test.applicant.items() if str(taken.get(key, "")) != str(value)}


def mapped(value: Any) -> Any:
    """Plain mappings as mappings of a file, of no place."""
    if not isinstance(value, dict):
        return value
    made = Map(_NOWHERE)
    for key, one in value.items():
        made.put(key, mapped(one), _NOWHERE, _NOWHERE)
    return made


def _as_written(facts: Mapping[str, Any], base: Map, matter: Matter) -> dict[str, Any]:
    """Facts by the keys the file uses for them, which may be titles."""
    titles = {need.key: need.title for need in matter.facts}
    return {titles[key] if titles[key] in base and key not in base else key: one for key, one in facts.items()}


def _changes(wanted: Mapping[str, Any], base: Map, types: Mapping[str, Type]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in wanted.items():
        type_ = types.get(key, _TEXT)
        old = base.get(key)
        if key in base and _canonical(type_, old) == _canonical(type_, value):
            continue
        if key not in base and value is UNAVAILABLE:  # what is not named does not answer
            continue
        if isinstance(value, dict) and isinstance(old, Map):
            parts = {name: part.type for name, part in type_.parts.items()}
            value = _changes(value, old, parts)
        found[key] = value
    found.update({key: ABSENT for key in base if key not in wanted and base[key] is not None})
    return found


def types_of(section: str, matter: Matter, catalogue: Catalogue) -> dict[str, Type]:
    """The types of the names in a section of a scene: given, facts, original or records."""
    if section == "given":
        return {field.id: field.type for field in matter.fields()}
    if section == "facts":
        return {name: need.type for need in matter.facts for name in (need.key, need.title)}
    if section == "original" and matter.acts_on is not None:
        kind = catalogue.reference.certificates[matter.acts_on.type]
        return {key: part.type for key, part in names.original(kind, _TEXT).parts.items()}
    if section == "confirmations":
        return {sign.id: Type("bool") for sign in matter.countersign}
    if section == "records":
        return dict(recorded_types(matter))
    return {}


def scene(test: MatterTest, matter: Matter, catalogue: Catalogue) -> dict[str, Any]:
    """A test as it is written out in full: typed scalars, every fact said."""
    facts = {need.key: test.facts.get(need.key, "unavailable") for need in matter.facts}
    sections = {"given": test.answers, "original": test.original or {}, "facts": facts, "risk": test.risk,
                "records": test.records, "confirmations": test.confirmations}  # fmt: skip
    made: dict[str, Any] = {
        "at": test.at,
        "accepted_on": test.accepted_on,
        "applicant": dict(test.applicant),
        **{
            key: {name: _written(types.get(name, _TEXT), one) for name, one in section.items()}
            for key, section in sections.items()
            for types in (types_of(key, matter, catalogue),)
        },
        "materials": list(test.materials),
    }
    return {key: made[key] for key in _ORDER}


def _written(type_: Type, value: Any) -> Any:
    """A stored value as an author writes it: numbers plainly, what a source left out not at all."""
    if value == "unavailable" and type_.kind in ("record", "rows"):
        return UNAVAILABLE
    if value is None or value is Missing.EMPTY:
        return Missing.EMPTY
    if isinstance(value, dict):
        parts = type_.parts
        kept = {key: one for key, one in value.items() if one is not None and (key in parts or not parts)}
        return {key: _written(parts[key].type, one) if parts else one for key, one in kept.items()}
    if isinstance(value, list | tuple):
        return [_written(type_ if type_.kind == "rows" else _TEXT, one) for one in value]
    if type_.kind == "number":
        return parse_number(str(value))
    return value if isinstance(value, bool) else str(value)


def _canonical(type_: Type, value: Any) -> Any:
    """What a value means, however it is written: to compare by."""
    if value is UNAVAILABLE or value == "unavailable":
        return "unavailable"
    if value is None or value is Missing.EMPTY:
        return Missing.EMPTY
    stored = merging.stored(type_, value)
    if isinstance(stored, dict):
        return {key: _canonical(type_.parts[key].type, one) for key, one in stored.items() if key in type_.parts}
    if isinstance(stored, list) and type_.kind == "rows":
        return [_canonical(Type("record", parts=type_.parts), one) for one in stored]
    return stored if isinstance(stored, bool | list) else str(stored)


def meaning(test: MatterTest, matter: Matter, catalogue: Catalogue) -> Any:
    """Everything a test says, in one form whoever made it."""
    whole = scene(test, matter, catalogue)
    typed = {
        key: {name: _canonical(types.get(name, _TEXT), one) for name, one in whole[key].items()}
        for key in ("given", "original", "facts", "records", "confirmations")
        for types in (types_of(key, matter, catalogue),)
    }
    who = {key: str(value) for key, value in test.applicant.items() if value != ""}
    rest = (test.name, test.at, test.accepted_on, test.unconfirmed, list(test.materials))
    return (*rest, who, typed, tree.bare(test.risk), {} if test.unconfirmed else tree.bare(test.expect))
