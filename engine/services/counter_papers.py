"""The sheets of the counter: the slip of a paper material, and the application that is signed on paper. Pure."""

from __future__ import annotations

from datetime import datetime

import msgspec

from engine.model.counter import Counter, PaperMaterial
from engine.model.form import MaterialNeed
from engine.model.matter import Matter
from engine.model.values import Json
from engine.ports.drafts import Draft
from engine.services.draft_views import Preview
from engine.stages.archive.sheets import answer_parts

_DECLARATION = (
    "以上内容真实、准确，提交的材料与原件一致。申请人知道隐瞒有关情况或者提供虚假材料的，依法不予受理或者不予许可，并承担法律责任。"
)


def slip(
    matter: Matter, draft: Draft, need: MaterialNeed, paper: PaperMaterial, clerk: str, now: datetime
) -> dict[str, Json]:
    """What stands in the place of a scan where the paper itself was taken."""
    rows: list[Json] = [
        ["事项", matter.title], ["申请人", draft.subject.name], ["材料", need.title],
        ["收到的是", paper.seen], ["页数", f"{paper.pages} 页"],
        ["纸质件", "由窗口留存，随办件归档" if paper.kept else "核对后当场退还"],
        ["核对人", clerk], ["核对时间", f"{now:%Y-%m-%d %H:%M}"],
    ]  # fmt: skip
    words = "本材料以纸质形式在窗口提交，没有扫描。以上由窗口人员核对后登记。"
    parts: list[Json] = [{"title": "纸质材料", "rows": rows}, {"title": "说明", "text": words}]
    return {"title": "纸质材料登记单", "foot": "窗口收件", "parts": parts}


def statement(preview: Preview, note: Counter, now: datetime) -> dict[str, Json]:
    """The application as it stands, to be read and signed by who came."""
    matter, draft = preview.matter, preview.draft
    parts: list[Json] = [
        {"title": "申请", "rows": [
            ["事项", matter.title], ["申请人", draft.subject.name], ["申请人代码", draft.subject.code],
            ["经办人", f"{note.agent.name}（{note.agent.right}）"], ["打印时间", f"{now:%Y-%m-%d %H:%M}"],
        ]},
    ]  # fmt: skip
    for group in matter.groups:
        shown = tuple(field for field in group.fields if preview.visible.get(field.id) and field.kind != "承诺")
        parts += answer_parts(msgspec.structs.replace(group, fields=shown), draft.answers)
    for field in matter.fields():
        if field.kind == "承诺" and draft.answers.get(field.id) is True:
            parts.append({"title": field.title, "text": field.text})
    lines: list[Json] = [
        [one.title, f"{len(one.uploads)} 份" if one.uploads else "免交" if one.waived_by else "未交"]
        for one in preview.materials
        if one.shown
    ]
    if lines:
        parts.append({"title": "申请材料", "rows": lines})
    parts.append({"title": "声明", "text": _DECLARATION})
    parts.append({"title": "签名", "rows": [["申请人（盖章）或经办人签名", "\n\n"], ["日期", ""]]})
    return {"title": "申请表", "foot": "请核对后签名，由窗口留存", "parts": parts}
