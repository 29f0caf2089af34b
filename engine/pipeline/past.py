"""A case at an earlier version: the fold of what each commit changed. Pure."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.decoding import converted
from engine.model.case import Case
from engine.ports.audit import PastChange


def change_of(before: Case | None, case: Case, salt: str) -> PastChange:
    """What leads from one version to the next, field by field; the whole case when there is none before."""
    now = msgspec.to_builtins(case)
    if before is None:
        return PastChange(set=now, whole=True, salt=salt)
    was = msgspec.to_builtins(before)
    changed = {name: value for name, value in now.items() if name not in was or was[name] != value}
    return PastChange(set=changed, gone=tuple(sorted(was.keys() - now.keys())), salt=salt)


def written(change: PastChange) -> bytes:
    """The one way a change is written down; the SM3 of these bytes names it in the history."""
    return msgspec.json.encode(change, order="deterministic")


def fold(changes: Iterable[PastChange]) -> Case | None:
    """The case after the last change; None when the first of them is not whole, or there is none."""
    fields: dict[str, object] | None = None
    for change in changes:
        if change.whole:
            fields = dict(change.set)
        elif fields is None:
            return None
        else:
            fields = {name: value for name, value in fields.items() if name not in change.gone} | change.set
    return None if fields is None else converted(fields, Case)
