"""Which fields of the form a material proves, and which materials prove a field. Pure."""

from __future__ import annotations

from engine.model.form import MaterialNeed
from engine.model.matter import Matter


def proven(matter: Matter) -> dict[str, tuple[str, ...]]:
    """The ids of the fields each material proves, in the order of the form, by material id.

    What the matter says (`proves:`); else what the rules that waive the material compare: the fields they read and
    those filled in from the sources they read.
    """
    return {need.id: need.proves or _compared(matter, need) for need in matter.materials}


def provers(proofs: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """The ids of the materials that prove each field, by field id."""
    found: dict[str, tuple[str, ...]] = {}
    for material, fields in proofs.items():
        for field in fields:
            found[field] = (*found.get(field, ()), material)
    return found


def _compared(matter: Matter, need: MaterialNeed) -> tuple[str, ...]:
    reads = {path for way in need.waive for path in way.when.reads}
    roots = {path.partition(".")[0] for path in reads}
    facts = {one.key for one in matter.facts} & roots
    return tuple(
        field.id
        for field in matter.fields()
        if field.kind != "承诺" and (field.id in roots or field.prefill in reads or _source(field.prefill) in facts)
    )


def _source(prefill: str) -> str:
    return prefill.partition(".")[0]
