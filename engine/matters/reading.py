"""Which paths a matter reads: in its rules, in the {names} of its texts, and by name."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from engine.model.authority import Authority, AuthorityRule
from engine.model.confirming import Countersign
from engine.model.form import Field
from engine.model.matter import FactNeed, Matter, Validity
from engine.model.rule import Rule
from engine.model.types import Type

_IN_TEXT = re.compile(r"\{([^{}\s:]+)\}")


def reads(value: Any) -> Iterator[str]:
    """Every path read anywhere in a frozen value."""
    if isinstance(value, (Type, Authority)):
        return
    if isinstance(value, Rule):
        yield from value.reads
        yield from _variables(value.logic)
    elif isinstance(value, msgspec.Struct):
        yield from _named(value)
        for name in value.__struct_fields__:
            yield from reads(getattr(value, name))
    elif isinstance(value, dict):
        for one in value.values():
            yield from reads(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from reads(one)
    elif isinstance(value, str) and "{" in value:
        yield from _IN_TEXT.findall(value)


def _named(value: msgspec.Struct) -> Iterator[str]:
    if isinstance(value, Field):
        yield value.prefill
    elif isinstance(value, FactNeed):
        yield from value.args.values()
        yield value.each
    elif isinstance(value, Countersign):
        yield value.by
    elif isinstance(value, Validity):
        yield value.start
        yield value.until
    elif isinstance(value, AuthorityRule):
        yield value.by
    elif isinstance(value, Matter):
        yield from (*value.unique, value.authority_by)


def _variables(logic: Any) -> Iterator[str]:
    if isinstance(logic, dict):
        for operator, operand in logic.items():
            if operator == "var" and isinstance(operand, str):
                yield operand
            yield from _variables(operand)
    elif isinstance(logic, list):
        for one in logic:
            yield from _variables(one)
