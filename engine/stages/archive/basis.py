"""Basis files 基础档案: which file of a holder or a product an archived case belongs to."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.matter import Matter
from engine.model.values import Json

HOLDER, PRODUCT = "持证人", "产品"


class Basis(msgspec.Struct, frozen=True):
    """The file: its kind, the key it is kept by, its title; `natural` when the key is a natural person's."""

    kind: str
    key: str
    title: str
    natural: bool = False


def basis_of(matter: Matter, case: Case, original: Certificate | None = None) -> Basis | None:
    """The file of a case on an `original` certificate or none; None where the matter names none, or where the field
    it is kept by is empty."""
    if not matter.archive_file:
        return None
    subject = case.subjects[0]
    key = _text(matter.archive_by, case, original)
    title = _text(matter.archive_called, case, original) if matter.archive_called else ""
    if not key:
        return None
    if not title:
        title = subject.name if matter.archive_file == HOLDER else key
    natural = matter.archive_by == "applicant.code" and subject.kind == "自然人"
    return Basis(matter.archive_file, key, title, natural)


def _text(path: str, case: Case, original: Certificate | None) -> str:
    """The text at a path of the form, of the applicant, or of the certificate acted on."""
    subject, (head, *rest) = case.subjects[0], path.split(".")
    value: Json = case.answers.get(head)
    if head == "applicant":
        value = {"code": subject.code, "name": subject.name}
    elif head == "original":
        value = {**original.item, "number": original.number, "holder_code": original.holder_code,
                 "holder_name": original.holder_name} if original else None  # fmt: skip
    for part in rest:
        value = value.get(part) if isinstance(value, Mapping) else None
    return "" if value is None or isinstance(value, Mapping | list) else str(value).strip()
