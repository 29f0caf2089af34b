"""`zhunyu backtest`: past cases judged again under a draft, on the terminal, as a page and as JSON."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters.catalogue import files, load_catalogue, tree_path
from engine.matters.codes import warning
from engine.model.matter import Matter
from engine.services.backtest_impact import Impact
from engine.services.backtest_past import Span
from engine.services.backtesting import Progress, Worked
from engine.settings import Settings, load

_ENDINGS = ("人工准予", "不予许可", "不予受理", "自动准予", "在办", "已撤回", "已终止")


class Wanted(msgspec.Struct, frozen=True):
    """What to replay and where to write it; dates are ISO days or ""."""

    draft: Path | None = None
    since: str = ""
    until: str = ""
    limit: int = 0
    law_day: str = ""
    hours: float | None = None
    seed: int = 0
    here: bool = False
    html: Path | None = None
    json: Path | None = None


def backtest(matter_id: str, wanted: Wanted, terminal: Terminal) -> int:
    """Replay and tell; 0 whatever flips. ZhunyuError A003 for an unknown matter or no case, A004 for a bad date or a
    draft with errors (all of them told), S020 when two evaluators disagree."""
    from engine.bootstrap import ready

    span, settings = _span(wanted), load()
    draft = read_draft(settings.home, matter_id, wanted.draft)
    with ready(settings) as zhunyu, _progress(terminal) as progress:
        old = zhunyu.shelf.current(matter_id)
        impact = zhunyu.backtesting.run(
            old, draft, span, law_day=wanted.law_day, hours=wanted.hours, seed=wanted.seed, progress=progress,
            work=_workers(settings, wanted),
        )  # fmt: skip
    tell(impact, terminal)
    if wanted.json is not None:
        wanted.json.write_bytes(msgspec.json.format(msgspec.json.encode(as_json(impact)), indent=2))
    if wanted.html is not None:
        from engine.commands.backtest_page import page

        wanted.html.write_text(page(as_json(impact)), encoding="utf-8")
    return 0


def read_draft(home: Path, matter_id: str, draft: Path | None) -> Matter:
    """The matter of the working tree, or of a draft file read in its place; ZhunyuError A004 with all its faults."""
    paths = files(home)
    if draft is None:
        return _linked(home, matter_id, str(tree_path(home, paths[matter_id])) if matter_id in paths else "")
    place = paths.get(matter_id, home / "matters" / "draft" / f"{matter_id}.yaml")
    with tempfile.TemporaryDirectory(prefix="zhunyu-draft-") as folder:
        root = Path(folder)
        shutil.copytree(home / "matters", root / "matters", ignore=shutil.ignore_patterns("*.tests.yaml"))
        (root / "rules").symlink_to(home / "rules", target_is_directory=True)
        target = root / place.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(draft.read_bytes())
        return _linked(root, matter_id, str(draft))


def _linked(root: Path, matter_id: str, shown: str) -> Matter:
    catalogue, problems = load_catalogue(root, matter_id)
    found = catalogue.matters.get(matter_id)
    if found is not None:
        return found
    wrong = tuple(
        dataclasses.replace(one, file=shown) if one.file.endswith(f"/{matter_id}.yaml") else one
        for one in problems
        if not warning(one)
    )
    raise ZhunyuError(
        "A004", f"草案 {shown or matter_id} 有 {len(wrong)} 个错误，不能推演。", "请先改正以上错误。", problems=wrong
    )


def _span(wanted: Wanted) -> Span:
    for text in filter(None, (wanted.since, wanted.until, wanted.law_day)):
        try:
            good = date.fromisoformat(text).isoformat() == text
        except ValueError:
            good = False
        if not good:
            raise ZhunyuError("A004", f"“{text}”不是日期。", "请写成 YYYY-MM-DD，例如 2026-01-31。")
    if wanted.since and wanted.until and wanted.since > wanted.until:
        raise ZhunyuError("A004", f"起日 {wanted.since} 晚于止日 {wanted.until}。", "请对调 --since 和 --until。")
    return Span(wanted.since, wanted.until, wanted.limit)


def _workers(settings: Settings, wanted: Wanted) -> Worked | None:
    if settings.worker != "celery" or wanted.here:
        return None
    from engine.worker.backtest_spread import spread

    return spread


@contextlib.contextmanager
def _progress(terminal: Terminal) -> Iterator[Progress]:
    """A bar on a terminal; nothing when piped."""
    if not terminal.coloured:
        yield lambda done, of: None
        return
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("推演"), BarColumn(), MofNCompleteColumn(), TextColumn("件  剩余"), TimeRemainingColumn())
    with Progress(*columns, console=terminal.console, transient=True) as bar:
        task = bar.add_task("推演", total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def as_json(impact: Impact) -> dict[str, Any]:
    """The report as plain data: the fields of `Impact`, with `flipped` and `work.hours_more` worked out."""
    made: dict[str, Any] = msgspec.to_builtins(impact)
    made["flipped"] = impact.flipped
    made["work"]["hours_more"] = round(impact.work.hours_more, 1)
    return made


def tell(impact: Impact, terminal: Terminal) -> None:
    """The report on the terminal."""
    terminal.say(f"{impact.title}（{impact.matter}）：推演 {impact.judged} 件，结论改变 {impact.flipped} 件。", "bold")
    outcomes = dict.fromkeys([*impact.before, *impact.after])
    rows = [(name, str(impact.before.get(name, 0)), str(impact.after.get(name, 0))) for name in outcomes]
    terminal.say("各种结论的件数（现行、草案）", "bold")
    terminal.table(("结论", "现行", "草案"), rows)
    for flip in impact.flips:
        terminal.say(f"{flip.before} → {flip.after}　{flip.count} 件", "yellow")
        for share in flip.rules:
            terminal.say(f"  {share.title}（{share.key}）　{share.count} 件")
            for one in share.examples:
                terminal.say(f"    {one.number}　{one.became}　{' '.join(one.words)}".rstrip(), "dim")
    _tell_staff(impact, terminal)
    work = impact.work
    basis = f"按历史 {work.measured} 件的环节用时（含等待）" if work.measured else "按所给或假定的用时"
    terminal.say(
        f"人工办理 {work.manual_before} → {work.manual_after} 件，工作量{work.hours_more:+,.1f} 小时"
        f"（每件 {work.hours_each:g} 小时，{basis}）。"
    )
    terminal.say(f"在办 {impact.open_cases} 件，其中 {impact.open_changed} 件结论会改变。")
    for why, count in impact.unread.items():
        terminal.say(f"{count} 件读不出：{why}。", "red")
    if impact.undecided:
        asked = "、".join(f"{title} {count} 件" for title, count in impact.waiting.items())
        terminal.say(f"{impact.undecided} 件无法推演：没有草案新要的内容（{asked}）。", "yellow")
    terminal.say(f"已逐条复算 {impact.checked} 件，独立复核 {impact.confirmed} 次规则判断，全部一致。", "green")
    for rule, why in impact.by_row.items():
        terminal.say(f"  {rule}：{why}", "dim")


def _tell_staff(impact: Impact, terminal: Terminal) -> None:
    table = impact.staff.table
    ends = [end for end in _ENDINGS if any(end in row for row in table.values())]
    rows = [(name, *(str(row.get(end, 0)) for end in ends)) for name, row in table.items()]
    terminal.say(f"与实际结果对照（{'、'.join(ends)}）", "bold")
    terminal.table(("草案结论", *ends), rows)
    if impact.staff.risky:
        numbers = "、".join(one.number for one in impact.staff.risky_examples)
        terminal.say(f"草案会当场准予、而工作人员没有准予的：{impact.staff.risky} 件（{numbers}）。", "red")
