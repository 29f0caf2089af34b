"""Putting what an inspector wrote offline together with what others wrote meanwhile, field by field. Pure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from engine.model.field_commands import ReportVisit
from engine.model.fieldwork import Attest, Visit
from engine.model.values import Answers, Json

RESULT, OPINION, ATTEST = "=result", "=opinion", "=attest"  # beside the fields of the record, whose ids have no "="
_TITLES = {RESULT: "结论", OPINION: "办理意见", ATTEST: "被核查人签字"}


class Report(msgspec.Struct, frozen=True):
    """What a phone sends under its idempotency key: answers under the ids of the record's form, and `base`, what they
    started from (`base_of`). Fields in `theirs` are to stay as the others wrote them.

    `attest` is 签字 | 拒绝签字 | "" (not asked yet), `picture` the PNG of the signature.
    """

    key: str
    answers: Answers
    base: dict[str, Json]
    theirs: tuple[str, ...] = ()
    result: str = ""
    opinion: str = ""
    attest: str = ""
    name: str = ""
    reason: str = ""
    witness: str = ""
    signed_at: str = ""
    picture: bytes = b""


class Clash(msgspec.Struct, frozen=True):
    """A field two people wrote differently since the same beginning."""

    field: str
    title: str
    mine: Json
    theirs: Json


def mark_of(visit: Visit | None) -> dict[str, Json]:
    """What is noted beside the record, as far as two people may write it differently."""
    said = visit.attest if visit is not None else None
    return {
        RESULT: visit.result if visit is not None else "",
        OPINION: visit.opinion if visit is not None else "",
        ATTEST: f"{said.name} {said.kind} {said.at}" if said is not None else "",
    }


def merged(
    sent: Report, visit: Visit, known: Mapping[str, str], mine: Answers, theirs: Answers, attest: Attest | None
) -> tuple[ReportVisit, tuple[Clash, ...]]:
    """The report to be kept, and where it clashes: what only one of the two changed is taken from that one."""
    noted = mark_of(visit)
    own: dict[str, Json] = {
        RESULT: sent.result, OPINION: sent.opinion,
        ATTEST: f"{attest.name} {attest.kind} {attest.at}" if attest is not None else sent.base.get(ATTEST, ""),
    }  # fmt: skip
    titles = {**known, **_TITLES}
    kept: dict[str, Json] = {}
    clashes = []
    for field, title in titles.items():
        base, here, there = sent.base.get(field), {**mine, **own}.get(field), {**theirs, **noted}.get(field)
        if field in sent.theirs or _same(here, base):
            chosen = there
        elif _same(there, base) or _same(there, here):
            chosen = here
        else:
            clashes.append(Clash(field, title, here, there))
            continue
        if chosen is not None:
            kept[field] = chosen
    record = {field: kept[field] for field in known if field in kept}
    new = attest if attest is not None and ATTEST not in sent.theirs else None
    made = ReportVisit("", sent.key, record, str(kept.get(RESULT, "")), str(kept.get(OPINION, "")), new)
    return made, tuple(clashes)


def _same(one: Json, other: Json) -> bool:
    return one == other or (one in (None, "", []) and other in (None, "", []))
