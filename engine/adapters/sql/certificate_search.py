"""Finding certificates: the statements of a search, and the values an item of the register is found by."""

from __future__ import annotations

import functools
import unicodedata
from typing import Any

import sqlalchemy as sa

from engine.adapters.sql.tables.certificates import certificate_items, certificates


@functools.lru_cache(maxsize=64)
def search(asked: frozenset[str], by_status: bool) -> sa.Select[Any]:
    """The search for what is asked, newest first; every value is bound when it is run."""
    found = sa.select(certificates)
    if "code" in asked:
        found = found.where(certificates.c.holder_code_index == sa.bindparam("code"))
    if "type" in asked:
        found = found.where(certificates.c.type == sa.bindparam("type"))
    if by_status:
        found = found.where(certificates.c.status.in_(sa.bindparam("statuses", expanding=True)))
    if "valid_on" in asked:
        found = found.where(sa.or_(certificates.c.valid_to == "", certificates.c.valid_to >= sa.bindparam("valid_on")))
    if "district" in asked:
        found = found.where(certificates.c.district == sa.bindparam("district"))
    if "valid_until" in asked:
        found = found.where(certificates.c.valid_to != "", certificates.c.valid_to <= sa.bindparam("valid_until"))
    for place in range(sum(name.startswith("item") for name in asked)):
        found = found.where(
            sa.exists().where(
                certificate_items.c.certificate == certificates.c.id,
                certificate_items.c.name == sa.bindparam(f"item{place}"),
                certificate_items.c.value_index == sa.bindparam(f"index{place}"),
            )
        )
    found = found.order_by(certificates.c.issued_on.desc(), certificates.c.id.desc())
    return found.limit(sa.bindparam("most", type_=sa.Integer))


def plain_values(value: object) -> set[str]:
    """The values an item is found by: itself, each choice of a multiple choice, each text part of a record."""
    if isinstance(value, (list, tuple)):
        return {text for one in value for text in plain_values(one)}
    if isinstance(value, dict):
        return {text for one in value.values() for text in plain_values(one)}
    return set() if value is None or value == "" else {folded(str(value))}


def folded(text: str) -> str:
    """As it is compared: full-width forms folded, blanks left out."""
    return "".join(unicodedata.normalize("NFKC", text).split())
