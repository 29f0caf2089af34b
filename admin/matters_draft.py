"""草案: a draft file is read, checked and compared, and may be set to run beside the live version."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from admin.host import zhunyu
from admin.matters_studio import asked, page
from engine.errors import Problem, ZhunyuError
from engine.model.matter import Matter
from engine.web.access import access
from engine.web.host import option, signed_in
from engine.web.limiting import limited

blueprint = Blueprint("draft", __name__, url_prefix="/studio")


@blueprint.get("/<matter_id>/draft")
@access("role:业务管理")
def form(matter_id: str) -> ResponseReturnValue:
    """Where a draft is handed in."""
    return page("draft", asked(matter_id), checked=None, today=_today())


@blueprint.post("/<matter_id>/draft")
@access("role:业务管理")
@limited("20/minute", by="account")
def check(matter_id: str) -> ResponseReturnValue:
    """Say what is wrong with the draft and how it differs; start its shadow run when that was asked for."""
    from engine.matters.candidate import LARGEST, load_candidate
    from engine.matters.codes import warning
    from engine.matters.compare import compare

    live = asked(matter_id)
    file = request.files.get("draft")
    if file is None or not file.filename:
        raise ZhunyuError("A004", "没有选择草案文件。", "请选择事项的 YAML 文件。", status=422)
    home = Path(str(option("home", "")))
    with file.stream as sent:
        content = sent.read(LARGEST + 1)
    catalogue, problems = load_candidate(home, matter_id, content, "草案")
    draft = catalogue.matters.get(matter_id)
    if draft is not None and request.form.get("_do") == "shadow":
        return _started(draft)
    checked = {
        "name": file.filename[:80], "wrong": [one for one in problems if not warning(one)],
        "warnings": [one for one in problems if warning(one)], "draft": draft,
        "differences": compare(live, draft) if draft is not None else (),
        "failures": _failures(home, catalogue, draft) if draft is not None else (),
    }  # fmt: skip
    return page("draft", live, checked=checked, today=_today()), 200 if draft is not None else 422


def _failures(home: Path, catalogue: object, draft: Matter) -> tuple[tuple[str, Problem], ...]:
    """What would keep the draft from being published, by check."""
    from engine.matters.catalogue import Catalogue
    from engine.services.publishing_checks import publication_checks
    from engine.services.publishing_review import checked

    assert isinstance(catalogue, Catalogue)
    checks = publication_checks(home, zhunyu().clock.now().date())
    return tuple((name, problem) for name, wrong in checked(checks, catalogue, draft) for problem in wrong)


def _started(draft: Matter) -> ResponseReturnValue:
    account = signed_in().account
    until = request.form.get("until", "").strip()
    run = zhunyu().shadows.start(draft, f"{account.name}（{account.login}）", until, account.id)
    flash("草案已开始影子运行。办件不受影响。", "good")
    return redirect(url_for("studio.shadow", matter_id=draft.id, run=run.id), 303)


def _today() -> str:
    return zhunyu().clock.now().date().isoformat()
