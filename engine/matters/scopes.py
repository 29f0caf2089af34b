"""The names a linked matter's rules read, with their types: what a proof, a column or a spreadsheet must know."""

from __future__ import annotations

from collections.abc import Iterator

from engine.matters import kinds, names
from engine.matters.reference import Reference
from engine.model.form import Field, Group
from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.types import Part
from engine.rules.scope import Name, Scope


def scope_of(matter: Matter, reference: Reference) -> Scope:
    """The scope in which the matter's rules were compiled, made again from the linked matter.

    `reference` gives the type of the certificate acted on. The words of `never:` and of a step's `auto:` (秒批, 转人工,
    预审全部通过) are in it too.
    """
    found = [*_fields(matter), *_facts(matter), *_contexts(matter, reference), *names.VERDICTS, names.ALL_PASSED]
    steps = names.recorded(
        (step.id, step.title, {one.id: Part(one.title, one.type) for one in step.form.fields})
        for step in matter.route
        if step.form is not None
    )
    said = names.confirmations({one.id: one.title for one in matter.countersign})
    found += [one for one in (steps, said) if one is not None]
    found += [Name(f"code.{name}", f"代码.{name}", names.listed(values)) for name, values in matter.codes.items()]
    found += [Name(f"param.{one.id}", matter.titles.get(f"param.{one.id}", one.title), one.type)
              for one in matter.parameters]  # fmt: skip
    return Scope({name.path: name for name in reversed(found)}.values())


def _fields(matter: Matter) -> Iterator[Name]:
    hidden = frozenset(matter.sensitive)
    for group in matter.groups:
        for field in group.fields:
            yield Name(field.id, field.title, field.type, group.title, _guard(group, field),
                       sensitive=field.id in hidden)  # fmt: skip


def _guard(group: Group, field: Field) -> Rule | None:
    """The condition under which a field is visible: its group's and its own."""
    rules = [rule for rule in (group.when, field.when) if rule is not None]
    if len(rules) < 2:
        return rules[0] if rules else None
    reads = tuple(sorted({path for rule in rules for path in rule.reads}))
    return Rule(" 且 ".join(f"({rule.text})" for rule in rules), {"and": [rule.logic for rule in rules]}, reads)


def _facts(matter: Matter) -> Iterator[Name]:
    for fact in matter.facts:
        yield Name(fact.key, fact.title, fact.type, guard=fact.when, authoritative=fact.authoritative)


def _contexts(matter: Matter, reference: Reference) -> Iterator[Name]:
    certificate = reference.certificates.get(matter.acts_on.type) if matter.acts_on is not None else None
    yield from names.contexts(
        districts=reference.codes.get(kinds.DISTRICTS, ()),
        materials={need.id: need.title for need in matter.materials},
        risks=tuple(watch.use for watch in matter.watch if watch.holds),
        certificate=certificate,
    )
