"""窗口收件: search the matter, say who applies and who came, fill in the same form as on the portal, file, print."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from admin.case_watching import taken
from admin.host import zhunyu
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.counter import AGENT, LEGAL, OWN, SEEN, Agent, PaperMaterial
from engine.model.people import Subject
from engine.services.accounts import Session
from engine.services.counter import RIGHTS_OF
from engine.services.id_reading import read_line
from engine.web.access import access
from engine.web.applying import supplementing
from engine.web.applying.host import Applying
from engine.web.applying.routes import blueprints
from engine.web.headers import file_answer
from engine.web.host import signed_in
from engine.web.limiting import limited
from engine.web.watching import shown

CLERKS = "role:窗口"
blueprint = Blueprint("window", __name__, url_prefix="/window")
apply, files = blueprints(CLERKS, "/window")
_FIELDS = ("kind", "name", "code", "right", "agent_name", "agent_id", "phone", "letter", "read", "certificate")
_SUPPLEMENT = "admin/window/supplement.html"
_TOLD = ("A002", "A003", "A004", "A008", "A010", "C003", "C005")


def submitted(session: Session, draft_id: str, key: str, insist: bool, secret: str) -> Case:
    """File what was filled in, with who signed the declaration on paper."""
    return zhunyu().counter.submit(signed_in(), draft_id, key, insist, request.form.get("declared", ""))


APPLYING = Applying(
    acting=lambda draft_id: zhunyu().counter.acting(signed_in(), draft_id), submit=submitted,
    base="admin/window/base.html", mine="window.home", mine_title="窗口收件", filed="window.filed",
    form_part="admin/window/form_part.html", review_part="admin/window/review_part.html",
    moved=lambda session, old, new: zhunyu().counter.moved(session, old, new),
)  # fmt: skip


@blueprint.get("")
@access(CLERKS)
def home() -> ResponseReturnValue:
    """Search for the matter; what was begun before."""
    session, text = signed_in(), request.args.get("text", "").strip()[:60]
    desk = zhunyu().counter
    found, begun = desk.search(session, text), desk.begun(session)
    return render_template("admin/window/home.html", text=text, cards=found, begun=begun)


@blueprint.get("/start/<matter_id>")
@access(CLERKS)
def begin(matter_id: str) -> ResponseReturnValue:
    """Who applies, who came, and on which certificate."""
    matter = zhunyu().counter.matter(signed_in(), matter_id)
    kind = matter.applicant[0] if matter.applicant else "法人"
    return _begin(matter_id, {"kind": kind, "right": RIGHTS_OF[kind][0]})


@blueprint.post("/start/<matter_id>")
@access(CLERKS)
@limited("60/minute", by="account")
def start(matter_id: str) -> ResponseReturnValue:
    """Take what the reader typed, look for certificates, or begin the form."""
    typed = {name: request.form.get(name, "").strip()[:100] for name in _FIELDS}
    kind = typed["kind"] = "自然人" if typed["kind"] == "自然人" else "法人"
    did = request.form.get("_do", "read")
    if did == "read":
        return _read(matter_id, typed)
    session, desk, subject = signed_in(), zhunyu().counter, Subject(kind, typed["code"], typed["name"])
    agent = Agent(
        typed["agent_name"], typed["agent_id"], typed["right"], typed["phone"], typed["letter"], typed["read"] == "是"
    )
    try:
        matter = desk.matter(session, matter_id)
        if matter.acts_on is not None and not typed["certificate"]:
            told = "" if did == "look" else "请先查找并选择要办理的证照。"
            return _begin(matter_id, typed, told=told, looked=True), 422 if told else 200
        draft = desk.start(session, matter_id, subject, agent, typed["certificate"])
    except ZhunyuError as error:
        wrong = {problem.file: problem.what for problem in error.problems}
        return _begin(matter_id, typed, wrong, shown(error, _TOLD)), error.status
    return redirect(url_for("apply.form", draft_id=draft.id), 303)


def _read(matter_id: str, typed: dict[str, str]) -> ResponseReturnValue:
    """What the reader typed goes to the applicant or to who came; it is not kept."""
    whose = request.form.get("whose", "applicant")
    try:
        found = read_line(request.form.get("line", ""), zhunyu().clock.now().date())
    except ZhunyuError as error:
        return _begin(matter_id, typed, {"line": error.told}, whose=whose), error.status
    if whose == "agent":
        typed |= {"agent_name": found.name, "agent_id": found.code, "read": "是"}
    else:
        right = typed["right"] if typed["right"] in RIGHTS_OF[found.kind] else RIGHTS_OF[found.kind][0]
        typed |= {"kind": found.kind, "name": found.name, "code": found.code, "right": right}
        typed |= {"agent_name": found.legal} if found.legal and right == LEGAL and not typed["agent_name"] else {}
        typed |= {"read": "是"} if right == OWN else {}
    said = f"已读入{'经办人' if whose == 'agent' else '申请人'}：{found.name}（{found.format}）。请与证件核对。"
    return _begin(matter_id, typed, read=said, whose="agent" if typed["right"] != OWN else whose)


def _begin(
    matter_id: str, typed: dict[str, str], wrong: dict[str, str] | None = None, told: str = "", *, looked: bool = False,
    read: str = "", whose: str = "applicant",
) -> str:  # fmt: skip
    session, desk = signed_in(), zhunyu().counter
    matter = desk.matter(session, matter_id)
    subject = Subject(typed["kind"], typed.get("code", "").upper(), typed.get("name", ""))
    looked = looked or bool(typed.get("certificate"))
    choices = desk.certificates(session, matter_id, subject) if matter.acts_on and looked and subject.code else ()
    return render_template(
        "admin/window/start.html", matter=matter, typed=typed, wrong=wrong or {}, told=told, choices=choices,
        looked=looked, read=read, whose=whose, rights=RIGHTS_OF[typed["kind"]], own=OWN, agent=AGENT,
        kinds=matter.applicant or ("法人", "自然人"),
    )  # fmt: skip


@blueprint.get("/papers/<draft_id>")
@access(CLERKS)
def papers(draft_id: str) -> ResponseReturnValue:
    """What was handed in on paper."""
    return _papers(draft_id)


@blueprint.post("/papers/<draft_id>")
@access(CLERKS)
@limited("60/minute", by="account")
def paper(draft_id: str) -> ResponseReturnValue:
    """Record one material handed in on paper."""
    taken_in = PaperMaterial(
        request.form.get("material", ""), request.form.get("seen", ""),
        request.form.get("pages", default=0, type=int), request.form.get("kept") == "是",
    )  # fmt: skip
    try:
        zhunyu().counter.paper(signed_in(), draft_id, taken_in)
    except ZhunyuError as error:
        if error.code not in ("A003", "A004", "A007"):
            raise
        return _papers(draft_id, {taken_in.material: error.told}), error.status
    flash("纸质材料已登记。", "good")
    return redirect(url_for("window.papers", draft_id=draft_id) + f"#m-{taken_in.material}", 303)


def _papers(draft_id: str, wrong: dict[str, str] | None = None) -> str:
    acting, note = zhunyu().counter.acting(signed_in(), draft_id), zhunyu().counter.note(signed_in(), draft_id)
    preview = zhunyu().drafts.preview(acting, draft_id)
    return render_template(
        "admin/window/papers.html", preview=preview, draft=preview.draft, matter=preview.matter, note=note,
        ways=SEEN, wrong=wrong or {}, noted={one.material: one for one in note.papers},
        materials=[state for state in preview.materials if state.shown],
    )  # fmt: skip


@blueprint.get("/apply/<draft_id>/sheet.pdf")
@access(CLERKS)
def sheet(draft_id: str) -> Response:
    """The application to be signed on paper."""
    name, data = zhunyu().counter.statement(signed_in(), draft_id)
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/filed/<case_id>")
@access(CLERKS)
def filed(case_id: str) -> ResponseReturnValue:
    """The case that was just filed, with its receipt ready to be printed."""
    case = zhunyu().desk.view(signed_in(), case_id).case
    flash(f"已收件，办件编号 {case.number}。请打印收件凭证交给经办人。", "good")
    return redirect(url_for("case_page.show", case_id=case.id) + "#counter", 303)


@blueprint.get("/receipt/<case_id>")
@access(CLERKS)
def receipt(case_id: str) -> Response:
    """收件凭证 with number, materials, limits and enquiry code; 受理通知书 once the case is accepted."""
    name, data = zhunyu().documents.letter(signed_in(), case_id, "receipt")
    taken(case_id, "收件凭证")
    return file_answer(name, "application/pdf", data, inline=True)


@blueprint.get("/cases/<case_id>/supplement")
@access(CLERKS)
def supplement(case_id: str) -> ResponseReturnValue:
    """What was asked for of a case filed at the counter."""
    return supplementing.asked(zhunyu().counter.for_case(signed_in(), case_id), case_id, _SUPPLEMENT)


@blueprint.post("/cases/<case_id>/supplement")
@access(CLERKS)
@limited("30/minute", by="account")
def answer_supplement(case_id: str) -> ResponseReturnValue:
    """Take what the applicant brought."""
    refused = supplementing.answered(zhunyu().counter.for_case(signed_in(), case_id), case_id, _SUPPLEMENT)
    if refused is not None:
        return refused
    flash("补正内容已提交。", "good")
    return redirect(url_for("case_page.show", case_id=case_id), 303)


@blueprint.get("/cases/<case_id>/withdraw")
@access(CLERKS)
def ask_withdrawal(case_id: str) -> ResponseReturnValue:
    """Whose name is on the withdrawal that was handed in, and once more whether it is meant."""
    return _withdrawal(case_id)


@blueprint.post("/cases/<case_id>/withdraw")
@access(CLERKS)
@limited("30/minute", by="account")
def withdraw(case_id: str) -> ResponseReturnValue:
    """Withdraw for who came."""
    signed, reason = request.form.get("signed", ""), request.form.get("reason", "")[:500]
    try:
        zhunyu().counter.withdraw(signed_in(), case_id, signed, reason)
    except ZhunyuError as error:
        return _withdrawal(case_id, told=shown(error, ("A004", "C001"))), error.status
    flash("已代申请人撤回，办件终止。", "good")
    return redirect(url_for("case_page.show", case_id=case_id), 303)


def _withdrawal(case_id: str, told: str = "") -> str:
    view = zhunyu().counter.view(signed_in(), case_id)
    return render_template("admin/window/withdraw.html", view=view, told=told, given=request.form)
