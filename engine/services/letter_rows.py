"""Rows of the letters of an ex-officio case: whom and which certificate it is about, and what was found. Pure."""

from __future__ import annotations

from engine.model.case import Case
from engine.model.matter import Matter
from engine.model.values import Json
from engine.services.desk_views import words
from engine.services.views import CaseView

_LONGEST = 400


def subject_rows(view: CaseView) -> list[list[str]]:
    """The subject and the certificate acted on."""
    subject, original = view.case.subjects[0], view.original
    if view.case.items:
        return [["办理范围", f"共 {len(view.annex)} 户，见附件"]]
    rows = [["当事人", subject.name]]
    if subject.kind == "法人":
        rows.append(["统一社会信用代码", subject.code])
    if original is not None:
        rows += [["证照", original.title], ["证照编号", original.number]]
    return rows


def answer_rows(matter: Matter, case: Case) -> list[list[str]]:
    """What the officer put on record when the case was started; nothing sensitive, no tables."""
    rows = []
    for field in matter.fields():
        value: Json = case.answers.get(field.id)
        if value in (None, "", [], {}) or field.sensitive or field.locked or field.kind in ("表格", "承诺"):
            continue
        rows.append([field.title, words(value)[:_LONGEST]])
    return rows


def annex_rows(view: CaseView) -> list[list[str]]:
    """The list of a batch: a row of titles, then a row for each certificate; empty for other cases."""
    if not view.annex:
        return []
    titles = list(dict.fromkeys(title for row in view.annex for title, _ in row))
    rows = [[str(place), *(dict(row).get(title, "") for title in titles)] for place, row in enumerate(view.annex, 1)]
    return [["序号", *titles], *rows]
