"""The record 记录表 of a step on the page of an action: drawn as a form, read back, kept on the way."""

from __future__ import annotations

from typing import Any

from flask import request

from admin.host import zhunyu
from engine.model.commands import KeepRecord
from engine.services.desk_views import DeskView
from engine.services.step_records import RecordView
from engine.web.forms.build import bind, without_dropped
from engine.web.forms.page import browser_rules, draw, summary
from engine.web.host import signed_in

FINISH = "finish_step"


def recorded(seen: DeskView, name: str) -> RecordView | None:
    """The record that belongs to the action as it stands or as it was sent; None when it has none."""
    if name != FINISH:
        return None
    acting = zhunyu().acting
    view = acting.record(signed_in(), seen.view)
    if view is None or request.method != "POST":
        return view
    return acting.record(signed_in(), seen.view, bind(view.form, formdata=without_dropped(request.form)).answers())


def drawn(record: RecordView | None, told: bool) -> dict[str, Any]:
    """What the template shows of the record; with `told`, what is wrong with it."""
    if record is None:
        return {"record": None, "record_groups": (), "record_rules": {}, "record_lines": ()}
    did, _, argument = request.form.get("_do", "").partition(":")
    form = bind(record.form, record.answers)
    problems = record.problems if told else {}
    form.tell(problems)
    extra = {argument: 1} if did == "add-row" else {}
    groups = draw(record.form, form, record.visible, locked=record.locked, extra_rows=extra)
    return {
        "record": record, "record_groups": groups, "record_rules": browser_rules(record.form, {}),
        "record_lines": summary(record.form, problems),
    }  # fmt: skip


def keep(seen: DeskView, record: RecordView, version: int) -> None:
    """Keep what is filled in so far."""
    step = seen.open_step.step if seen.open_step else ""
    zhunyu().acting.keep_record(signed_in(), seen.view.case.id, KeepRecord(step, record.record), version)
