"""The application form as a page: reading what was sent, and everything its template shows."""

from __future__ import annotations

from collections.abc import Mapping
from secrets import token_hex
from typing import Any, NamedTuple

import msgspec
from flask import render_template, request

from engine.errors import ZhunyuError
from engine.model.case import Finding
from engine.model.values import Answers, Json
from engine.services.draft_views import MaterialState, Preview
from engine.trust.sm3 import sm3_hex
from engine.web.applying.host import acting, product
from engine.web.forms.build import bind, without_dropped
from engine.web.forms.page import browser_rules, draw, element_id, summary

_FILE = "file."
_WEIGHT = {"当场更正": 0, "改办": 1, "建议不予受理": 2, "一次补正": 3, "转人工": 4, "提示": 5}

_ASKING = {"单选": "请选择", "多选": "请选择", "是否": "请选择是否", "承诺": "请阅读并勾选"}


def typed_answers(draft_id: str) -> Answers:
    """The answers the browser sent for a draft's matter."""
    draft = product().drafts.load(acting(draft_id), draft_id)
    matter = product().shelf.version(draft.matter_hash)
    return bind(matter, formdata=without_dropped(request.form)).answers()


def window() -> str:
    """The token of the browser window the form was drawn in; a new one for a form drawn the first time."""
    return request.form.get("_window", "")[:40] or token_hex(16)


def take_files(draft_id: str) -> dict[str, str]:
    """Keep the files sent with the form; material id → why its file was not taken."""
    refused: dict[str, str] = {}
    for name, files in request.files.lists():
        for file in files:
            if name.startswith(_FILE) and file.filename:
                material_id = name.removeprefix(_FILE)
                try:
                    product().drafts.upload(acting(draft_id), draft_id, material_id, file.filename, file.read())
                except ZhunyuError as error:
                    if error.code != "A007":
                        raise
                    refused[material_id] = f"{file.filename}：{error.told}"
    return refused


def keep_filled(preview: Preview) -> Preview:
    """Store answers that a source gave since; the preview with the draft as stored."""
    if not preview.changed:
        return preview
    draft = preview.draft
    stored = product().drafts.save(acting(draft.id), draft.id, draft.answers, draft.revision, window())
    return msgspec.structs.replace(preview, draft=stored)


def problems_of(preview: Preview) -> dict[str, str]:
    """Everything that stops the applicant from submitting, by answer path or `m-<material>`."""
    titles = titles_of(preview)
    told = dict(preview.errors)
    kinds = {field.id: field.kind for field in preview.matter.fields()}
    for path in preview.missing:
        told[path] = f"{_ASKING.get(kinds.get(path, ''), '请填写')}{titles.get(path, path)}。"
    for finding in preview.assessment.findings:
        if finding.result == "failed" and finding.action == "当场更正":
            told.setdefault((finding.fields or ("",))[0], finding.message)
    told |= {f"m-{state.id}": f"请上传{state.title}。" for state in preview.materials if state.lacking}
    told |= {f"c-{one.sign.id}": f"还没有得到“{one.sign.title}”。" for one in preview.confirmations if one.lacking}
    return told


def titles_of(preview: Preview) -> dict[str, str]:
    """Titles by answer path, parts included."""
    titles: dict[str, str] = {}
    for field in preview.matter.fields():
        titles[field.id] = field.title
        for part, declared in field.type.parts.items():
            titles[f"{field.id}.{part}"] = f"{field.title}的{declared.title}"
    return titles


def page(
    preview: Preview,
    told: Mapping[str, str] | None = None,
    refused: Mapping[str, str] | None = None,
    *,
    extra_rows: Mapping[str, int] | None = None,
    conflict: bool = False,
) -> str:
    """The whole page. `told` are the messages to show with a summary; without, only faults of given answers show.

    `conflict`: the answers are what this window typed, not what is stored.
    """
    messages = dict(preview.errors) if told is None else dict(told)
    form = bind(preview.matter, preview.draft.answers)
    form.tell(messages)
    shown = {path: text for path, text in messages.items() if not path.startswith(("m-", "c-"))}
    lines = [(line.target, line.message) for line in summary(preview.matter, shown)] if told else []
    lines += [(path, text) for path, text in messages.items() if path.startswith(("m-", "c-"))]
    lines += [(f"m-{material}", text) for material, text in (refused or {}).items()]
    return render_template(
        "apply/form.html",
        **context(preview, refused),
        groups=draw(preview.matter, form, preview.visible, locked=preview.locked, extra_rows=extra_rows),
        lines=lines,
        rules=browser_rules(preview.matter, {"code": preview.matter.codes}),
        told=told or {},
        conflict=conflict,
    )


def context(preview: Preview, refused: Mapping[str, str] | None = None) -> dict[str, Any]:
    """What the panel, the materials and the review show."""
    findings = preview.assessment.findings
    failed = sorted((one for one in findings if one.result == "failed"), key=lambda one: _WEIGHT.get(one.action, 9))
    blocking = [one for one in failed if one.action == "当场更正"]
    titles = titles_of(preview)
    moves = {one.to for one in failed if one.action == "改办" and one.to}
    return {
        "preview": preview,
        "matter": preview.matter,
        "draft": preview.draft,
        "window": window(),
        "visible_ids": [key for key, visible in preview.visible.items() if visible],
        "failed": [one for one in failed if one.action != "提示"],
        "brief": brief_of(preview, len(blocking), bool(moves)),
        "hints": [one for one in failed if one.action == "提示"],
        "blocking": blocking,
        "unknown": [(one.title, _doubt(preview, one.check)) for one in findings if one.result == "unknown"],
        "passed": [one for one in findings if one.result == "passed"],
        "waiting": [one for one in findings if one.result == "pending"],
        "missing": [(element_id(first_control(preview, path)), titles.get(path, path)) for path in preview.missing],
        "lacking": [state for state in preview.materials if state.lacking],
        "materials": [state for state in preview.materials if state.shown],
        "materials_digest": materials_digest(preview.materials),
        "materials_changed": request.form.get("_materials", "") != materials_digest(preview.materials),
        "refused": dict(refused or {}),
        "target": target_of,
        "titles": titles,
        "state": browser_state(preview),
        "explanation": product().explaining.of_preview(acting(preview.draft.id), preview),
        "moves": [(to, _title(to)) for to in sorted(moves)],
    }


def _doubt(preview: Preview, check_id: str) -> str:
    """Why a check cannot be made yet, in the applicant's words: which register has not answered."""
    check = next((one for one in preview.matter.precheck if one.id == check_id), None)
    read = {path.split(".")[0] for path in (*check.require.reads, *check.when.reads)} if check is not None else set()
    open_facts = [fact.title for fact in preview.facts if fact.key in read and fact.state != "已取到"]
    if open_facts:
        return f"还没有查到{'、'.join(open_facts)}，查到以后会再核对；提交时仍查不到的，由工作人员核实。"
    return "现有的内容还不够核对，由工作人员核实。"


class Brief(NamedTuple):
    """The pre-check in one line: its tone, what it says, and what that means."""

    tone: str
    title: str
    words: str


def brief_of(preview: Preview, blocking: int, moves: bool) -> Brief:
    """Where the application stands, in one line."""
    wrong = len(preview.errors) + blocking
    open_items = len(preview.missing) + sum(state.lacking for state in preview.materials)
    if not open_items and not wrong and any(one.lacking for one in preview.confirmations):
        return Brief("quiet", "还要对方确认", "送请对方确认，对方确认后就能提交。")
    reason = preview.assessment.reason
    if wrong:
        return Brief("bad", f"有 {wrong} 处需要更正", "更正后才能提交。")
    if moves:
        return Brief("bad", "应改办另一事项", reason)
    if preview.instant:
        return Brief("good", "可以当场办结", "提交后系统核对无误即准予，马上领证。")
    if preview.ready and preview.assessment.outcome == "建议不予受理":
        return Brief("bad", "不符合受理条件", reason)
    if preview.ready:
        return Brief("info", "可以提交，由工作人员办理", reason)
    return Brief("quiet", f"还有 {open_items} 项没有填完", "填完一组就会自动核对。")


def first_control(preview: Preview, path: str) -> str:
    """The path of the control that takes the focus for a missing answer."""
    kinds = {field.id: field.kind for field in preview.matter.fields()}
    part = {"人员": "name", "区街道": "district"}.get(kinds.get(path, ""), "")
    return f"{path}.{part}" if part else path


def target_of(finding: Finding) -> str:
    """The HTML id of the first field a finding is about, "" when it is about none."""
    return element_id(finding.fields[0]) if finding.fields else ""


def browser_state(preview: Preview) -> dict[str, Json]:
    """What the script in the form takes over from the server's judgement."""
    return {
        "visible": preview.visible,
        "errors": preview.errors,
        "locked": list(preview.locked),
        "answers": {
            field.id: preview.draft.answers.get(field.id)
            for field in preview.matter.fields()
            if field.prefill and isinstance(preview.draft.answers.get(field.id), str)
        },
    }


def materials_digest(materials: tuple[MaterialState, ...]) -> str:
    """Changes whenever the list of materials would look different."""
    return sm3_hex(msgspec.json.encode(materials))[:16]


def _title(matter_id: str) -> str:
    try:
        return product().shelf.current(matter_id).title
    except ZhunyuError:
        return matter_id
