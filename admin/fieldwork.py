"""Site inspections and expert panels at the desk: the plan, the invitation, the papers."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.case_watching import taken
from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.field_commands import PlanVisit
from engine.services.desk_views import DeskView
from engine.stages.fieldwork import panel_of, tally, visit_of
from engine.stages.workflow import step_of, task_id
from engine.web.access import access
from engine.web.headers import file_answer
from engine.web.host import signed_in
from engine.web.watching import shown

blueprint = Blueprint("fieldwork", __name__)
_REFUSED = ("C002", "C004")  # told on the page, with what was filled in


def noted(seen: DeskView) -> tuple[str, str]:
    """The result and opinion that a visit or a panel leaves for the step's form: ("", "") where there is none."""
    record, case = seen.open_step, seen.view.case
    if record is None:
        return "", ""
    visit, panel = visit_of(case, task_id(record)), panel_of(case, task_id(record))
    step = step_of(seen.view.matter, record.step)
    if panel is not None and step is not None and step.experts is not None:
        stand = tally(step.experts, panel)
        return (stand.result if step.results else ""), stand.words
    return (visit.result, visit.opinion) if visit is not None else ("", "")


@blueprint.get("/cases/<case_id>/visit")
@access("role:核查")
def visit(case_id: str) -> ResponseReturnValue:
    """The plan of the visit, drawn up from the case."""
    return _plan(case_id, {})


@blueprint.post("/cases/<case_id>/visit")
@access("role:核查")
def plan(case_id: str) -> ResponseReturnValue:
    """Plan the visit, or plan it anew."""
    form = request.form
    seen = zhunyu().visits.view(signed_in(), case_id)
    command = PlanVisit(
        seen.open_step.step, form.get("day", "").strip(), form.get("half", ""), form.get("place", "")[:200],
        form.get("contact", "")[:60], form.get("phone", "")[:40], (),
    )  # fmt: skip
    people = tuple(form.getlist("people"))
    try:
        zhunyu().visits.plan(signed_in(), case_id, command, people, form.get("version", 0, type=int) or 0)
    except ZhunyuError as error:
        return _plan(case_id, {**form.to_dict(), "people": people}, shown(error, _REFUSED)), error.status
    flash("核查已经安排，申请人能看到时间、地点和联系人。", "good")
    return redirect(url_for("case_page.show", case_id=case_id), 303)


def _plan(case_id: str, typed: dict[str, object], told: str = "") -> str:
    host, session = zhunyu(), signed_in()
    seen = host.visits.view(session, case_id)
    now = seen.visit
    given: dict[str, object] = {
        "day": now.day if now else "", "half": now.half if now else "上午", "place": now.place if now else seen.site,
        "contact": now.contact if now else session.account.name, "phone": now.phone if now else "",
        "people": tuple(one.id for one in now.inspectors) if now else (session.account.id,), **typed,
    }  # fmt: skip
    return render_template(
        "admin/fieldwork/plan.html", seen=seen, case=seen.case, given=given, told=told,
        candidates=host.visits.candidates(session, case_id), least=max(2, seen.people),
        today=host.clock.now().date().isoformat(),
    )  # fmt: skip


@blueprint.get("/cases/<case_id>/visits/<task>/record")
@access("staff")
def visit_paper(case_id: str, task: str) -> Response:
    """现场核查笔录."""
    name, data = zhunyu().field_papers.visit(signed_in(), case_id, task)
    taken(case_id, "文书")
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/cases/<case_id>/panel")
@access("staff")
def panel(case_id: str) -> ResponseReturnValue:
    """How the panel stands, and who may still be invited."""
    return _panel(case_id)


@blueprint.post("/cases/<case_id>/panel")
@access("staff")
def invite(case_id: str) -> ResponseReturnValue:
    """Invite experts."""
    people, version = tuple(request.form.getlist("people")), request.form.get("version", 0, type=int) or 0
    try:
        zhunyu().experts.invite(signed_in(), case_id, people, request.form.get("due", "").strip(), version)
    except ZhunyuError as error:
        return _panel(case_id, people, shown(error, _REFUSED)), error.status
    flash("已发出邀请，专家在“专家评审”里接受或回避。", "good")
    return redirect(url_for("fieldwork.panel", case_id=case_id), 303)


def _panel(case_id: str, chosen: tuple[str, ...] = (), told: str = "") -> str:
    host, session = zhunyu(), signed_in()
    view = host.experts.view(session, case_id)
    return render_template(
        "admin/fieldwork/panel.html", view=view, case=view.case, chosen=chosen, told=told,
        due=request.form.get("due", view.due), candidates=host.experts.candidates(session, case_id),
        mine=view.step.experts is not None and view.step.experts.by in session.account.roles,
        today=host.clock.now().date().isoformat(),
    )  # fmt: skip


@blueprint.get("/cases/<case_id>/panels/<task>/opinions")
@access("staff")
def panel_paper(case_id: str, task: str) -> Response:
    """专家评审意见书."""
    name, data = zhunyu().field_papers.panel(signed_in(), case_id, task)
    taken(case_id, "文书")
    return file_answer(name, "application/pdf", data, inline=True)
