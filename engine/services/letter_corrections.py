"""Letters beside those of the steps, and what a correction makes of a letter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import msgspec

from engine.model.authority import CITY
from engine.model.case import Case
from engine.model.matter import Matter
from engine.model.moving import Correction, Service, Termination
from engine.model.values import Json
from engine.pipeline.correcting import corrections_of, letters_of

# What the engine puts into a letter and no correction touches.
_FIXED = frozenset({
    "issuer", "series", "seal", "date", "number", "case_number", "received_at", "accepted_at", "outcome", "due",
    "until", "told_at", "qr", "qr_label",
})  # fmt: skip
# How the pages call the letters that the register of letters knows by another name.
DOCUMENTS = {
    "accepted": "receipt", "received": "receipt", "granted": "decision", "refused": "decision",
    "not-accepted": "decision", "determination": "decision", "terminated": "termination",
}  # fmt: skip


class Sheet(msgspec.Struct, frozen=True):
    """A letter that is to be drawn: its kind in the register of letters, its title, layout and data."""

    case: Case
    kind: str
    title: str
    layout: str
    page: Mapping[str, Json]

    def name(self, mark: str = "") -> str:
        """The name to save it under."""
        return f"{self.title}{mark}-{self.case.number}.pdf"


def document_of(kind: str) -> str:
    """How the pages call a letter of the register."""
    return DOCUMENTS.get(kind, kind)


def corrected_page(
    page: Mapping[str, Json], corrections: tuple[Correction, ...], number: str = ""
) -> dict[str, Json]:
    """The data of a letter with its corrections, dated on the last; `number` is that of the version before it."""
    if not corrections:
        return dict(page)
    made = {key: value if key in _FIXED else _put_right(value, corrections) for key, value in page.items()}
    last = corrections[-1]
    told = f"原文书（{number}）中的“{last.was}”有笔误，更正为“{last.now}”。原文书同时失效，以本文书为准。"
    return {**made, "date": last.at[:10], "corrected": told}


def texts_of(value: Json, key: str = "") -> Iterator[str]:
    """The texts of a letter's data in which a slip of the pen may be."""
    if key in _FIXED:
        return
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield from texts_of(one, str(name))
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts_of(one)


def _put_right(value: Json, corrections: tuple[Correction, ...]) -> Json:
    if isinstance(value, str):
        for one in corrections:
            value = value.replace(one.was, one.now)
        return value
    if isinstance(value, dict):
        return {key: _put_right(one, corrections) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_put_right(one, corrections) for one in value]
    return value


def earlier_letters(matter: Matter, case: Case) -> dict[str, bool]:
    """The versions of letters that were corrected, as `Documents.made` calls them."""
    return {
        f"{document_of(kind)}~{version}": True
        for kind, _ in letters_of(matter, case)
        for version in range(len(corrections_of(case, kind)))
    }


def termination_page(case: Case, made: Termination) -> dict[str, Json]:
    """What 终止办理决定书 says beside what every letter says."""
    return {"accepted_at": case.accepted_at, "ground": made.ground, "reason": made.reason, "basis": list(made.basis)}


def service_page(made: Service) -> dict[str, Json]:
    """What 送达回证 says beside what every letter says."""
    return {
        "items": [[one.title, one.number] for one in made.items], "to": made.to, "how": made.how, "day": made.day,
        "place": made.place, "taker": made.taker, "refused": made.refused, "witness": made.witness, "note": made.note,
        "by": made.recorded.name,
    }  # fmt: skip


def review_body(district: str) -> dict[str, Json]:
    """Who hears the administrative review (行政复议法第二十四条): the people's government of the office's own level.

    Nothing where the district does not tell; the letter then names it in general words.
    待业务确认：实行垂直领导的机关，复议机关是上一级主管部门。
    """
    if district == CITY:
        return {"review": "上海市人民政府"}
    return {"review": f"上海市{district}人民政府"} if district.endswith(("区", "县")) else {}
