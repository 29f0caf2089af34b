"""`zhunyu shadow`: run a draft beside the live version of its matter, and read what came of it."""

from __future__ import annotations

from pathlib import Path

import msgspec

from engine.bootstrap import Zhunyu, ready
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters.candidate import load_candidate
from engine.matters.codes import warning
from engine.model.matter import Matter
from engine.ports.shadows import Shadow
from engine.services.publishing_review import Review
from engine.services.shadow import Report, percent, verdict_in_words
from engine.settings import load

STATES = {"running": "运行中", "stopped": "已停止", "published": "草案已发布", "expired": "已到期"}


def start(matter: str, draft: Path, by: str, until: str, terminal: Terminal) -> None:
    """Begin; the problems of a draft that cannot be read are told with their places."""
    settings = load()
    made = _draft(settings.home, matter, draft)
    with ready(settings) as zhunyu:
        keeper = Review(store=zhunyu.store, checks={}).keeper(by)
        shadow = zhunyu.shadows.start(made, f"{keeper.name}（{keeper.login}）", until, keeper.id)
    terminal.say(f"{matter} 的草案 {shadow.hash[:12]} 开始影子运行{f'，到 {until} 为止' if until else ''}。", "green")
    terminal.say("办件不受影响。看结果：zhunyu shadow report " + matter)


def list_all(matter: str, terminal: Terminal) -> None:
    """All shadow runs, or those of one matter."""
    with ready(load()) as zhunyu:
        found = zhunyu.shadows.list(matter)
        rows = [_row(zhunyu, one) for one in found]
    if not rows:
        terminal.say("没有影子运行。")
        return
    terminal.table(("事项", "草案", "状态", "开始", "截止", "一致", "不同", "失败"), rows)


def stop(matter: str, by: str, terminal: Terminal) -> None:
    """Stop the run of a matter; A003 when none runs."""
    with ready(load()) as zhunyu:
        keeper = Review(store=zhunyu.store, checks={}).keeper(by)
        running = next((one for one in zhunyu.shadows.list(matter) if one.state == "running"), None)
        if running is None:
            what = f"事项 {matter} 没有正在进行的影子运行。"
            raise ZhunyuError("A003", what, "请看 zhunyu shadow list。", status=404)
        zhunyu.shadows.stop(running.id, f"{keeper.name}（{keeper.login}）", keeper.id)
    terminal.say(f"{matter} 的影子运行已停止。", "green")


def report(matter: str, as_json: bool, terminal: Terminal) -> None:
    """The newest run of a matter; A003 when there was none."""
    with ready(load()) as zhunyu:
        newest = next(iter(zhunyu.shadows.list(matter)), None)
        if newest is None:
            raise ZhunyuError("A003", f"事项 {matter} 没有影子运行。", "请先 zhunyu shadow start。", status=404)
        found = zhunyu.shadows.report(newest.id)
    if as_json:
        terminal.say(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
    else:
        _tell(found, terminal)


def _draft(home: Path, matter: str, file: Path) -> Matter:
    catalogue, problems = load_candidate(home, matter, file.read_bytes(), str(file))
    wrong = tuple(one for one in problems if not warning(one))
    if matter not in catalogue.matters:
        raise ZhunyuError("A004", f"草案 {file} 有 {len(wrong)} 处错误。", "请先改正以上错误。", problems=wrong)
    return catalogue.matters[matter]


def _row(zhunyu: Zhunyu, one: Shadow) -> tuple[str, ...]:
    counts = zhunyu.shadows.counts(one.id)
    figures = (str(counts.get(name, 0)) for name in ("agreed", "differed", "failed"))
    return one.matter, one.hash[:12], STATES[one.state], one.started_at[:16], one.until or "—", *figures


def _tell(found: Report, terminal: Terminal) -> None:
    shadow = found.shadow
    terminal.say(f"{found.title}（{shadow.matter}）草案 {shadow.hash[:12]}　{STATES[shadow.state]}", "bold")
    for words in found.differences:
        terminal.say(f"  · {words}")
    shares = f"完全一致 {percent(found.agreement)}，结论一致 {percent(found.outcome_agreement)}"
    terminal.say(f"比较 {found.compared} 件，{shares}；没有评成 {found.failures} 件。")
    for flip in found.flips:
        terminal.say(f"  {flip.count} 件　{verdict_in_words(flip.live)} → {verdict_in_words(flip.draft)}")
        terminal.say(f"      例：{'、'.join(flip.examples)}")
    for result in found.failed:
        terminal.say(f"  ✗ {result.number} {result.error}", "red")
