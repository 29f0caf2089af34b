"""Commands over the safeguards of instant approval: recall, freeze, and repeating a draw."""

from __future__ import annotations

import getpass
import re

from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.ports.recalls import BasisQuery
from engine.settings import load

_SPELT = re.compile(r"\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?")
_STATES = {
    "opening": "正在逐件立案", "opened": "待确认", "confirmed": "已确认", "undoing": "正在撤回", "undone": "已撤回"
}  # fmt: skip
_PAGE = 200


def question(kind: str, key: str, matter: str, district: str, since: str, until: str) -> BasisQuery:
    """The question, with instants of Shanghai filled up to the second; A004 for one that is misspelt."""
    return BasisQuery(
        kind=kind, key=key, matter=matter, district=district, since=_instant(since, "00:00:00"),
        until=_instant(until, "23:59:59"),
    )  # fmt: skip


def _instant(text: str, rest: str) -> str:
    if not text:
        return ""
    if not _SPELT.fullmatch(text):
        raise ZhunyuError("A004", f"“{text}”不是时间。", "请写成 2026-02-10 或 2026-02-10T09:30。")
    day, _, clock = text.partition("T")
    return f"{day}T{(clock + rest[len(clock):]) if clock else rest}+08:00"


def find_grants(query: BasisQuery, terminal: Terminal) -> None:
    """List every grant that rested on a basis."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        page = zhunyu.recalls.find(query, limit=_PAGE)
        total, lines = page.total, list(page.lines)
        while page.next:
            page = zhunyu.recalls.find(query, page.next, _PAGE)
            lines += page.lines
    rows = [
        (one.number, one.subject_name, one.certificate_number or "—", one.at[:16].replace("T", " "),
         "秒批" if one.automatic else "人工", one.detail or "读取", one.status)
        for one in lines
    ]  # fmt: skip
    if rows:
        terminal.table(("办件", "申请人", "证照", "准予时间", "方式", "依据怎样", "状态"), rows)
    terminal.say(f"共 {total} 件准予以此为依据。")


def freeze_basis(kind: str, key: str, matter: str, reason: str, terminal: Terminal) -> None:
    """Stop instant approval on a basis at once."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        freeze = zhunyu.guarding.freeze(getpass.getuser(), "system", kind, matter, key, reason)
    terminal.say(f"已冻结（{freeze.id}）：以此为依据的申请自现在起转人工。", "green")


def lift_freeze(freeze: str, reason: str, terminal: Terminal) -> None:
    """Let a basis carry instant approval again."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        zhunyu.guarding.lift(getpass.getuser(), "system", freeze, reason)
    terminal.say("已解除冻结。", "green")


def open_recall(query: BasisQuery, reason: str, terminal: Terminal) -> None:
    """Open a recall over every grant found, and make all its self-corrections."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        recall = zhunyu.recalls.open(getpass.getuser(), "system", query, reason)
        terminal.say(f"召回 {recall.id}：{recall.total} 件。")
        zhunyu.recalls.work(recall.id, recall.total)
    terminal.say(f"已逐件准备，尚未生效。确认：zhunyu recall confirm {recall.id}；撤回：zhunyu recall undo {recall.id}")


def resume_recall(id: str, terminal: Terminal) -> None:
    """Go on with a recall that was interrupted."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        progress = zhunyu.recalls.progress(id)
        zhunyu.recalls.work(id, progress.recall.total)
        progress = zhunyu.recalls.progress(id)
    terminal.say(f"{_STATES[progress.recall.state]}，{progress.done} / {progress.recall.total} 件。")


def undo_recall(id: str, terminal: Terminal) -> None:
    """Take a recall back that was not confirmed."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        zhunyu.recalls.undo(getpass.getuser(), "system", id)
        zhunyu.recalls.work(id, zhunyu.recalls.progress(id).recall.total)
    terminal.say("已整批撤回。", "green")


def confirm_recall(id: str, terminal: Terminal) -> None:
    """Show all self-corrections of a recall to staff."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        shown = zhunyu.recalls.confirm(getpass.getuser(), "system", id)
    terminal.say(f"已确认，{shown} 件复核任务已分到各区审批岗位。", "green")


def list_recalls(terminal: Terminal) -> None:
    """Recalls with how far they are."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        found = zhunyu.recalls.recalls()
    rows = [
        (one.recall.id, f"{one.recall.query.kind} {one.recall.query.key[:24]}", f"{one.done} / {one.recall.total}",
         _STATES[one.recall.state], "，".join(f"{name} {count}" for name, count in one.outcomes.items()) or "—")
        for one in found
    ]  # fmt: skip
    terminal.table(("召回", "依据", "件数", "状态", "复核"), rows) if rows else terminal.say("没有召回。")


def verify_draw(day: str, terminal: Terminal) -> int:
    """Repeat the draw of a day; 1 when it does not agree with the seed made public."""
    from engine.bootstrap import ready

    with ready(load()) as zhunyu:
        draw = zhunyu.sampling.verify(day)
    terminal.say(f"种子 {draw.seed.seed.hex()}")
    terminal.say(f"摘要 {draw.seed.digest}")
    terminal.say(f"参加抽取 {draw.counted} 件，抽中 {draw.drawn} 件。")
    for fault in draw.faults:
        terminal.say(f"不符：{fault}", "red")
    if not draw.faults:
        terminal.say("重算一致。", "green")
    return 1 if draw.faults else 0
