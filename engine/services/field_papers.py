"""现场核查笔录 and 专家评审意见书 as PDF: drawn anew while the step is open, kept as they are once it is over."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping
from functools import partial

from engine.errors import ZhunyuError
from engine.model.case import Case, StepRecord
from engine.model.fieldwork import GIVEN, RECUSED, Attest, Panel, Photo, Visit
from engine.model.form import Field
from engine.model.matter import Matter
from engine.model.values import Json
from engine.model.wording import answer_in_words
from engine.ports.world import FileStore, Renderer
from engine.services.accounts import Session
from engine.services.upload_place import upload_key
from engine.services.views import CaseView
from engine.stages.fieldwork import panel_of, tally, visit_of
from engine.stages.workflow import step_of, task_id

VISIT, PANEL = "现场核查笔录", "专家评审意见书"
_LAYOUTS = {VISIT: "visit", PANEL: "panel"}


class FieldPapers:
    """Makes the papers of visits and panels, as (file name, PDF)."""

    def __init__(
        self, *, files: FileStore, renderer: Renderer, staff_view: Callable[[Session, str], CaseView]
    ) -> None:
        self._files, self._renderer, self._view = files, renderer, staff_view

    def visit(self, session: Session, case_id: str, task: str) -> tuple[str, bytes]:
        """The record of a visit with its photos and signatures; A003 where none was planned."""
        return self._asked(session, case_id, task, VISIT)

    def panel(self, session: Session, case_id: str, task: str) -> tuple[str, bytes]:
        """The opinions of a panel with their sum; A003 where nobody was invited."""
        return self._asked(session, case_id, task, PANEL)

    def of_case(self, view: CaseView) -> Iterator[tuple[str, Callable[[], bytes]]]:
        """The papers of a case as they are kept, by title; each is made when it is asked for. KeyError then for a
        picture that is gone."""
        for record in view.case.steps:
            visit = visit_of(view.case, task_id(record))
            begun = bool(record.finished_at or (visit is not None and visit.result))
            later = f"（第{record.round}次）" if record.round > 1 else ""
            for title in (VISIT, PANEL) if begun else (PANEL,):
                if (page := self._page(view, record, title)) is not None:
                    yield title + later, partial(self._drawn, view, record, title, page)

    def _asked(self, session: Session, case_id: str, task: str, title: str) -> tuple[str, bytes]:
        view = self._view(session, case_id)
        record = _record(view.case, task)
        page = self._page(view, record, title) if record is not None else None
        if record is None or page is None:
            raise _none()
        return f"{title}-{view.case.number}.pdf", self._drawn(view, record, title, page)

    def _page(self, view: CaseView, record: StepRecord, title: str) -> Callable[[], Mapping[str, Json]] | None:
        """What makes the page of a paper; None where there is nothing to write."""
        task = task_id(record)
        if title == VISIT:
            visit = visit_of(view.case, task)
            return partial(self._visit_page, view, visit, record) if visit is not None else None
        panel = panel_of(view.case, task)
        return partial(_panel_page, view, panel, record) if panel is not None else None

    def _drawn(
        self, view: CaseView, record: StepRecord, title: str, page: Callable[[], Mapping[str, Json]]
    ) -> bytes:
        case, layout = view.case, _LAYOUTS[title]
        if not record.finished_at:
            return self._renderer.render(layout, {**page(), "draft": True})
        key = f"documents/{case.id.lower()}/{layout}-{task_id(record).lower()}.pdf"
        try:
            return self._files.get(key)
        except KeyError:
            made = self._renderer.render(layout, page())
            self._files.put(key, made, case.id)
            return made

    def _visit_page(self, view: CaseView, visit: Visit, record: StepRecord) -> dict[str, Json]:
        step = step_of(view.matter, record.step)
        fields = step.form.fields if step is not None and step.form is not None else ()
        return {
            **_head(view, record), "place": visit.place, "day": visit.day, "half": visit.half,
            "inspectors": [[one.name, one.number] for one in visit.inspectors],
            "rows": _rows(fields, record.answers), "result": record.result or visit.result,
            "opinion": record.opinion or visit.opinion, "attest": _attest(visit.attest),
            "signed": [one.name for one in record.signed],
            "photos": [{"at": one.taken_at, "place": one.place, "by": one.by} for one in visit.photos],
            "pictures": [self._picture(one) for one in visit.photos],
            "signature": [self._picture(visit.attest.picture)] if visit.attest and visit.attest.picture else [],
        }  # fmt: skip

    def _picture(self, photo: Photo) -> str:
        return base64.b64encode(self._files.get(upload_key(photo.id))).decode("ascii")


def _attest(said: Attest | None) -> Json:
    if said is None:
        return None
    return {"kind": said.kind, "name": said.name, "at": said.at, "reason": said.reason, "witness": said.witness}


def _panel_page(view: CaseView, panel: Panel, record: StepRecord) -> dict[str, Json]:
    step = step_of(view.matter, record.step)
    fields = step.form.fields if step is not None and step.form is not None else ()
    stand = tally(step.experts, panel) if step is not None and step.experts is not None else None
    return {
        **_head(view, record), "due": panel.due, "sum": stand.words if stand is not None else "",
        "result": record.result, "opinion": record.opinion, "signed": [one.name for one in record.signed],
        "experts": [
            {
                "name": one.name, "state": one.state, "at": one.answered_at, "vote": one.vote, "opinion": one.opinion,
                "reason": one.reason if one.state == RECUSED else "", "rows": _rows(fields, one.answers),
            }
            for one in panel.experts if one.state in (GIVEN, RECUSED)
        ],
    }  # fmt: skip


def _head(view: CaseView, record: StepRecord) -> dict[str, Json]:
    case: Case = view.case
    matter: Matter = view.matter
    return {
        "issuer": record.office.name if record.office is not None else case.authority_name,
        "case_number": case.number, "matter": matter.title, "subject": case.subjects[0].name,
        "step": record.title, "round": record.round, "opened_at": record.opened_at, "finished_at": record.finished_at,
    }  # fmt: skip


def _rows(fields: tuple[Field, ...], answers: Mapping[str, Json]) -> list[Json]:
    return [[field.title, answer_in_words(field, answers[field.id])] for field in fields if field.id in answers]


def _record(case: Case, task: str) -> StepRecord | None:
    return next((one for one in case.steps if task_id(one) == task), None)


def _none() -> ZhunyuError:
    return ZhunyuError("A003", "没有这份文书。", "请从办件页面重新打开。", status=404)
