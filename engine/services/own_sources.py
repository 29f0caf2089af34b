"""Fact sources that are answered from our own database: valid certificates, open cases, bans."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec

from engine.model.case import OPEN
from engine.model.certificate import CertificateStatus
from engine.model.values import Json
from engine.ports.cases import CaseQuery
from engine.ports.certificates import CertificateQuery
from engine.ports.store import Transaction
from engine.ports.world import Answer

_MOST = 200


class Asking(msgspec.Struct, frozen=True):
    """Who asks: `lines` maps matter ids to their business line; `case` is left out of the answer."""

    now: datetime
    lines: Mapping[str, str]
    case: str = ""


def certificates(tx: Transaction, arguments: Mapping[str, Json], asking: Asking) -> Answer:
    """Valid certificates of a type at an address whose items intersect."""
    wanted = {str(one) for one in arguments.get("types") or ()}
    query = CertificateQuery(
        type=str(arguments["type"]),
        statuses=(CertificateStatus.VALID, CertificateStatus.ISSUING),
        valid_on=asking.now.date().isoformat(),
        items={"site": str(arguments["site"])},
        limit=_MOST,
    )
    rows = [
        {
            "number": found.number,
            "site": found.item.get("site"),
            "types": found.item.get("types"),
            "status": found.status.value,
            "holder_code": found.holder_code,
            "valid_to": found.valid_to or None,
        }
        for found in tx.certificates.find(query)
        if not wanted or wanted & {str(one) for one in _several(found.item.get("types"))}
    ]
    return _rows(rows)


def cases(tx: Transaction, arguments: Mapping[str, Json], asking: Asking) -> Answer:
    """Open cases of a subject in a line at an address."""
    site, line = plain(str(arguments["site"])), str(arguments["line"])
    rows = []
    for found in tx.cases.lines(CaseQuery(subject_code=str(arguments["code"]), limit=_MOST)):
        if found.id == asking.case or found.status not in _OPEN or asking.lines.get(found.matter) != line:
            continue
        if site in _places(tx, found.id):
            rows.append(
                {"number": found.number, "matter": found.matter_title, "status": found.status,
                 "received_on": found.received_at[:10]}
            )  # fmt: skip
    return _rows(rows)


def bans(tx: Transaction, arguments: Mapping[str, Json], asking: Asking) -> Answer:
    """Bans on applying that hold today."""
    found = tx.facts.bans(str(arguments["code"]), str(arguments["line"]), asking.now.date().isoformat())
    return _rows([{"ground": ban.ground, "since": ban.since, "until": ban.until or None} for ban in found])


OWN_SOURCES: dict[str, Callable[[Transaction, Mapping[str, Json], Asking], Answer]] = {
    "own.bans": bans,
    "own.cases": cases,
    "own.certificates": certificates,
}
_OPEN = frozenset(status.value for status in OPEN)


def plain(text: str) -> str:
    """An address as it is compared: full-width forms folded, blanks left out."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def _places(tx: Transaction, case: str) -> set[str]:
    whole = tx.cases.load(case)
    if whole is None:
        return set()
    original = tx.certificates.load(whole.acts_on) if whole.acts_on else None
    values = [*whole.answers.values(), *(original.item.values() if original else ())]
    return {plain(value) for value in values if isinstance(value, str)}


def _several(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, (list, tuple)) else () if value is None else (value,)


def _rows(rows: list[dict[str, Json]]) -> Answer:
    return Answer(state="value", value=rows) if rows else Answer(state="empty")
