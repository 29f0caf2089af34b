"""The certificate register: one certificate with its versions; a version per action on it."""

from __future__ import annotations

import enum

import msgspec

DUPLICATE = "副本"


class CertificateStatus(str, enum.Enum):
    """Where a certificate stands in law."""

    ISSUING = "制证中"
    VALID = "有效"
    CANCELLED = "注销"
    REVOKED = "撤销"
    VOIDED = "作废"  # its file could not be made; the number is never used again


class Photo(msgspec.Struct, frozen=True):
    """The holder's picture on the face: the SM3 (hex) of the file as it was handed in, and the upload it came as."""

    digest: str
    upload: str


class Annex(msgspec.Struct, frozen=True):
    """A table that belongs to a certificate: the rows of one of its items, by these columns (id → title) in order."""

    title: str
    item: str
    columns: dict[str, str]


class Overprint(msgspec.Struct, frozen=True):
    """套打: where face lines are printed on a blank form of `width` × `height` mm; by title: x, y in mm from the upper
    left corner, and the size of the letters in points."""

    width: float
    height: float
    lines: dict[str, tuple[float, float, float]]


class Note(msgspec.Struct, frozen=True):
    """What was added to the 副本 on an ISO day."""

    day: str
    text: str


class Certificate(msgspec.Struct, frozen=True, omit_defaults=True):
    """One certificate as it stands.

    Dates are ISO; `valid_to` "" means 长期. `version` counts from 1 and is compared and set by every
    action; `locked_by` is the id of the case that acts on it. `face` maps face titles to printed text in
    order. `labels` are what it calls 编号 发证机关 发证日期 有效期限 where it calls them otherwise. One that is
    `confidential` is in no public search. `item` holds the answers later matters need (address, types, district …)
    by field id; `annexes` print those of its items that are tables.
    Where it has a `duplicate` (副本), that is a second document with annexes of its own and the `notes`; `part` is 副本
    for the document itself, never in the register.
    """

    id: str
    number: str
    type: str
    title: str
    holder_code: str
    holder_name: str
    authority: str
    authority_name: str
    district: str
    status: CertificateStatus
    version: int
    issued_on: str
    valid_from: str
    valid_to: str
    face: dict[str, str]
    matter: str
    case: str
    item: dict[str, object] = {}
    locked_by: str = ""
    layout: str = "licence"
    seal: str = ""
    confidential: bool = False
    photo: Photo | None = None
    labels: dict[str, str] = {}
    annexes: tuple[Annex, ...] = ()
    duplicate: bool = False
    duplicate_annexes: tuple[Annex, ...] = ()
    notes: tuple[Note, ...] = ()
    part: str = ""

    def as_duplicate(self) -> Certificate:
        """The 副本 of this licence: the same number and version, its own annexes, and the notes."""
        return msgspec.structs.replace(self, part=DUPLICATE, annexes=self.duplicate_annexes)

    def annex_rows(self, annex: Annex) -> tuple[tuple[str, ...], ...]:
        """The rows of an annex as they are printed."""
        rows = self.item.get(annex.item)
        listed = rows if isinstance(rows, list | tuple) else ()
        return tuple(tuple(cell(row.get(id)) for id in annex.columns) for row in listed if isinstance(row, dict))

    def signed_face(self) -> dict[str, str]:
        """What the seal covers by title: the face, and each annex that has rows as one text."""
        printed = {f"附表：{one.title}": self.annex_rows(one) for one in self.annexes}
        texts = {title: "；".join("，".join(row) for row in rows) for title, rows in printed.items() if rows}
        if self.part:
            texts["正副本"] = self.part
            texts |= {"加注": "；".join(f"{one.day} {one.text}" for one in self.notes)} if self.notes else {}
        return {**self.face, **texts}


def cell(value: object) -> str:
    """A value of an annex as it is printed."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, dict):
        return " ".join(cell(one) for one in value.values() if one not in (None, ""))
    if isinstance(value, list | tuple):
        return "、".join(map(cell, value))
    return "" if value is None else str(value)
