"""现场核查 on the phone: one page without anybody's data, and what it fetches, keeps on the phone and sends back."""

from __future__ import annotations

import base64
import binascii
from typing import Any

import msgspec
from flask import Blueprint, Response, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import generate_csrf
from werkzeug.datastructures import MultiDict

from admin.case_watching import shown
from admin.host import zhunyu
from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.model.wording import answer_in_words
from engine.services.visit_merging import Report
from engine.services.visit_views import Taken, VisitView, base_of
from engine.web.access import access
from engine.web.forms.build import bind
from engine.web.forms.page import browser_rules, draw
from engine.web.host import signed_in
from engine.web.limiting import limited

blueprint = Blueprint("field", __name__)
_POLICY = "camera=(self), microphone=(), geolocation=(self), payment=()"  # a photo may say where it was taken


class _Attest(msgspec.Struct, frozen=True):
    kind: str = ""
    name: str = ""
    reason: str = ""
    witness: str = ""
    at: str = ""
    picture: str = ""


class _Sent(msgspec.Struct, frozen=True):
    """A report as the phone sends it: `pairs` are the names and values of the form, `picture` a data URL."""

    key: str
    pairs: tuple[tuple[str, str], ...] = ()
    base: dict[str, Any] = {}
    theirs: tuple[str, ...] = ()
    result: str = ""
    opinion: str = ""
    attest: _Attest = _Attest()


@blueprint.get("/field")
@access("public")
def page() -> Response:
    """The page that phones keep: it holds nothing of anybody, and shows what the phone has."""
    response = Response(render_template("admin/field/page.html"), mimetype="text/html")
    response.headers["Permissions-Policy"] = _POLICY
    return response


@blueprint.get("/field/session")
@access("staff")
def session() -> ResponseReturnValue:
    """Who is signed in, and the token under which to send."""
    account = signed_in().account
    return {"account": account.id, "name": account.name, "csrf": generate_csrf()}


@blueprint.get("/field/visits")
@access("role:核查")
def coming() -> ResponseReturnValue:
    """The visits one is sent to."""
    found = zhunyu().visits.coming(signed_in())
    return {"visits": [{**msgspec.structs.asdict(one), "page": _page_of(one.case)} for one in found]}


@blueprint.get("/field/visits/<case_id>")
@access("role:核查")
def along(case_id: str) -> ResponseReturnValue:
    """A visit to be taken along: its form, what is written so far, and nothing sensitive."""
    view = zhunyu().visits.along(signed_in(), case_id)
    shown(zhunyu().desk.case(signed_in(), case_id))
    return _bundle(view)


@blueprint.post("/field/visits/<case_id>/photos")
@access("role:核查")
@limited("240/minute", by="account")
def photo(case_id: str) -> ResponseReturnValue:
    """Keep a photo, once for its key."""
    file = request.files.get("photo")
    if file is None:
        raise ZhunyuError("A007", "没有收到照片。", "请重新拍摄。", status=422)
    new, kept = zhunyu().visits.add_photo(
        signed_in(), case_id, request.form.get("key", ""), file.filename or "现场照片.jpg", file.read(),
        request.form.get("at", ""), request.form.get("place", ""),
    )  # fmt: skip
    return {"again": not new, "photos": kept}


@blueprint.post("/field/visits/<case_id>/report")
@access("role:核查")
@limited("240/minute", by="account")
def report(case_id: str) -> ResponseReturnValue:
    """Keep what was written down; 409 with every clash where somebody else wrote otherwise, and nothing is kept."""
    sent = _sent()
    visits, who = zhunyu().visits, signed_in()
    view = visits.view(who, case_id)
    answers = bind(view.record.form, formdata=MultiDict(sent.pairs)).answers() if view.record is not None else {}
    said = sent.attest
    taken = visits.report(
        who, case_id,
        Report(
            sent.key, answers, sent.base, sent.theirs, sent.result, sent.opinion[:4000], said.kind, said.name,
            said.reason, said.witness, said.at, _picture(said.picture),
        ),
    )  # fmt: skip
    if taken.clashes:
        return _clashed(view, taken), 409
    now = visits.along(who, case_id)
    return {"again": taken.again, "base": base_of(now)}


def _bundle(view: VisitView) -> dict[str, Any]:
    case, visit, record = view.case, view.visit, view.record
    assert visit is not None
    html, rules = "", {}
    if record is not None:
        groups = draw(record.form, bind(record.form, record.answers), record.visible, locked=record.locked)
        html, rules = render_template("admin/field/record.html", groups=groups), browser_rules(record.form, {})
    said = visit.attest
    return {
        "case": case.id, "number": case.number, "matter": case.matter_title, "holder": case.subjects[0].name,
        "title": view.title, "day": visit.day, "half": visit.half, "place": visit.place,
        "inspectors": [f"{one.name}（{one.number}）" for one in visit.inspectors], "html": html, "rules": rules,
        "results": list(view.results), "result": visit.result, "opinion": visit.opinion,
        "attest": {"kind": said.kind, "name": said.name} if said is not None else None,
        "photos": len(visit.photos), "base": base_of(view), "page": _page_of(case.id),
        "finish": url_for("acting.begin", case_id=case.id, name="finish_step"),
    }  # fmt: skip


def _clashed(view: VisitView, taken: Taken) -> dict[str, Any]:
    fields = {one.id.removeprefix("R_"): one for one in view.record.form.fields()} if view.record is not None else {}

    def words(field: str, value: Any) -> str:
        if value in (None, "", []):
            return "（未填）"
        return answer_in_words(fields[field], value) if field in fields else str(value)

    return {
        "by": taken.by, "at": taken.at,
        "clashes": [
            {"field": one.field, "title": one.title, "mine": words(one.field, one.mine),
             "theirs": words(one.field, one.theirs), "now": one.theirs}
            for one in taken.clashes
        ],
    }  # fmt: skip


def _sent() -> _Sent:
    try:
        return decoded(request.get_data(cache=False), _Sent)
    except msgspec.MsgspecError as error:
        raise ZhunyuError("A012", "提交的内容不符合约定。", "请从现场核查页面提交。", status=400) from error


def _picture(url: str) -> bytes:
    if not url:
        return b""
    try:
        return base64.b64decode(url.removeprefix("data:image/png;base64,"), validate=True)
    except binascii.Error as error:
        raise ZhunyuError("A007", "签名图片不能识别。", "请重新签名。", status=422) from error


def _page_of(case: str) -> str:
    return url_for("case_page.show", case_id=case)
