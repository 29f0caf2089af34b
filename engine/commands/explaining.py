"""`zhunyu explain`, `receipt`, `replay`: account for a decision in words, in a signed file, by doing it again."""

from __future__ import annotations

import os
from pathlib import Path

import msgspec

from engine.commands.assessing import read_application
from engine.commands.private_file import write_private
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.matters.encoding import encode
from engine.model.explanation import Explanation, Point
from engine.model.matter import Matter
from engine.model.trace import Trace
from engine.pipeline.explaining import Subject
from engine.pipeline.explaining import explain as explained
from engine.pipeline.proposing import propose
from engine.pipeline.receipt import unpacked
from engine.pipeline.replaying import Replay, matter_of
from engine.pipeline.replaying import replay as replayed
from engine.services.matter_tests import form_faults, judge_scene, scene
from engine.trust.keys import read_trusted
from engine.trust.receipt import LARGEST, read_receipt

_STATES = {
    "passed": "通过", "failed": "未通过", "unknown": "无法核实", "not_applicable": "不适用", "pending": "待填",
    "matched": "成立", "not_matched": "不成立", "not_reached": "未用到",
}  # fmt: skip
_STYLES = {"passed": "green", "matched": "green", "failed": "red", "unknown": "yellow"}
_TRUTH = {"true": "真", "false": "假", "unknown": "未知"}


def explain(
    home: Path, subject: str, answers: Path | None, reader: str, as_json: bool, html: Path | None, terminal: Terminal
) -> int:
    """Explain an application of a file, or a case of the installation; 0 unless there is none."""
    made = _of_file(home, subject, answers, reader) if answers is not None else _of_case(subject, reader)
    if html is not None:
        html.write_text(_page(made), encoding="utf-8")
        if not as_json:
            terminal.say(f"已写出 {html}。", "green")
    if as_json:
        terminal.say(msgspec.json.format(msgspec.json.encode(made), indent=2).decode("utf-8"))
    elif html is None:
        _tell(made, terminal)
    return 0


def _of_file(home: Path, matter_id: str, answers: Path, reader: str) -> Explanation:
    catalogue, problems = load_catalogue(home, matter_id)
    matter = catalogue.matters.get(matter_id)
    if matter is None:
        wrong = tuple(problem for problem in problems if not warning(problem))
        raise ZhunyuError("A003", f"没有可用的事项 {matter_id}。", "请核对事项名称，或先改正以上错误。", problems=wrong)
    calendar = catalogue.reference.calendar
    made = scene(matter, read_application(answers, matter_id, catalogue))
    assessment, _ = judge_scene(made, calendar)
    mending = propose(matter, made.application, made.actor, made.today, calendar, assessment)
    sources = {id: source.title for id, source in catalogue.reference.sources.items()}
    subject = Subject(made.application.facts, sources, "", form_faults(made, calendar))
    return explained(matter, assessment, subject, reader, mending)


def _of_case(number: str, reader: str) -> Explanation:
    from engine.bootstrap import ready
    from engine.commands.watching import opened_by_hand
    from engine.settings import load

    with ready(load()) as zhunyu:
        opened_by_hand(zhunyu, "查看办件（explain）", number)
        made = zhunyu.explaining.by_number(number, reader)
    if made is None:
        raise ZhunyuError("A003", f"办件 {number} 没有由规则作出的判断。", status=404)
    return made


def _tell(e: Explanation, terminal: Terminal) -> None:
    terminal.say(f"{e.title}（{e.matter}）　写给{e.reader}", "bold")
    for fault in e.form:
        terminal.say(f"  ✗ 表单　{fault}", "red")
    for title, points in (("预审", e.checks), ("裁决", e.rows)):
        terminal.say(title, "bold")
        for point in points:
            _tell_point(point, terminal)
    terminal.say(f"结论　{e.outcome}（依据 {e.by}，条件按 {e.law_day}）　{e.reason}", "bold")
    for line in e.barred:
        terminal.say(f"  · {line}", "yellow")
    if e.missing:
        terminal.say(f"  尚未提交：{'、'.join(e.missing)}")
    if e.mending.proposals or e.mending.advice:
        terminal.say("怎样可以符合条件", "bold")
    for number, proposal in enumerate(e.mending.proposals, 1):
        terminal.say(f"  {number}. {proposal.words}")
    if e.mending.proposals:
        terminal.say("  只有与事实相符时才可以这样填写；填报不实的，依法承担责任。", "dim")
    for line in e.mending.advice:
        terminal.say(f"  · {line}")
    if e.sources:
        rows = [(one.title, one.source, one.state + (f"：{one.reason}" if one.reason else ""), one.at, one.age)
                for one in e.sources]  # fmt: skip
        terminal.table(("数据", "来源", "状态", "取得时间", "距今"), rows)


def _tell_point(point: Point, terminal: Terminal) -> None:
    action = f"　→ {point.action}" if point.action else ""
    terminal.say(f"  {_STATES.get(point.state, point.state)}　{point.title}{action}", _STYLES.get(point.state, ""))
    for words in filter(None, (point.message, point.mend)):
        terminal.say(f"      {words}")
    if point.basis and point.state in ("failed", "unknown"):
        terminal.say(f"      依据：{point.basis}")
    if point.state in ("passed", "matched", "not_reached", "not_applicable"):
        return
    for line in point.words:
        terminal.say(f"      {line}")
    for atom in point.atoms:
        if atom.source:
            terminal.say(f"      来源 {atom.source}（{atom.path}）{f'，{atom.at} 取得' if atom.at else ''}", "dim")
    if point.trace is not None and point.trace.parts:
        _tell_trace(point.trace, 3, terminal)


def _tell_trace(trace: Trace, depth: int, terminal: Terminal) -> None:
    terminal.say(f"{'  ' * depth}{_TRUTH.get(trace.result, trace.result)}　{trace.text}", "dim")
    for part in trace.parts:
        _tell_trace(part, depth + 1, terminal)


def _page(e: Explanation) -> str:
    """The explanation as one page that stands alone."""
    from jinja2 import Environment, FileSystemLoader

    from engine.web import words
    from engine.web.app import HERE

    environment = Environment(
        loader=FileSystemLoader(HERE / "templates"), autoescape=True, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(instant=words.instant, day=words.day, tone=words.tone)
    style = "".join(
        (HERE / "static" / "css" / name).read_text(encoding="utf-8") for name in ("site.css", "parts.css")
    )
    page = environment.from_string(
        '{% from "kit/explanation.html" import whole %}<!doctype html><html lang="zh-CN"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1"><title>{{ e.title }}：裁决说明</title>'
        '<style>{{ style | safe }}</style></head><body><main class="page"><h1>{{ e.title }}：裁决说明</h1>'
        "{{ whole(e) }}</main></body></html>\n"
    )
    return page.render(e=e, style=style)


def write_receipt(case: str, output: Path, reader: str, terminal: Terminal) -> int:
    """Write the receipt of a case; only its owner may read the file, and nothing is overwritten."""
    from engine.bootstrap import ready
    from engine.commands.watching import opened_by_hand
    from engine.settings import load

    with ready(load()) as zhunyu:
        opened_by_hand(zhunyu, "下载裁决回执（receipt）", case)
        _, data = zhunyu.receipts.by_number(case, reader)
    write_private(output, data)
    kept = "含个人信息，请妥善保管" if reader == "工作人员" else "不含敏感内容的明文"
    terminal.say(f"已写出 {output}（{reader}式样，{kept}）。", "green")
    terminal.say(f"重演：zhunyu replay {output}")
    return 0


def replay_receipt(
    home: Path, receipt: Path, matters: tuple[Path, ...], key: Path | None, save: Path | None, as_json: bool,
    terminal: Terminal,
) -> int:  # fmt: skip
    """Verify and replay; 0 when everything that can be judged again comes out the same, else 1."""
    trusted = key or Path(os.environ.get("ZHUNYU_DATA_DIR", "").strip() or "data") / "keys" / "decision-trusted.json"
    if not trusted.exists():
        raise ZhunyuError("K002", f"没有受信公钥文件 {trusted}。", "请用 --key 指明，或在运行过系统的目录里执行。")
    with receipt.open("rb") as file:
        content = read_receipt(file.read(LARGEST + 1), read_trusted(trusted.read_text(encoding="utf-8")))
    hash = str(content["body"]["matter"]["hash"])
    form = _matter_bytes(home, content, hash, matters)
    found = replayed(content, matter_of(form, hash))
    if save is not None:
        save.write_bytes(form)
    if as_json:
        told = {**msgspec.to_builtins(found), "identical": found.identical}
        terminal.say(msgspec.json.format(msgspec.json.encode(told), indent=2).decode("utf-8"))
    else:
        _tell_replay(found, terminal)
    return 0 if found.identical else 1


def _matter_bytes(home: Path, content: dict[str, object], hash: str, files: tuple[Path, ...]) -> bytes:
    """The published form the receipt names: of a file given, of the receipt itself, or of the matter files here."""
    for path in files:
        data = path.read_bytes()
        if _is(data, hash):
            return data
    if files:
        raise ZhunyuError("K005", "给出的事项都不是回执写明的那一版。", f"应为 {hash[:16]}… 。")
    if content.get("matter"):
        return unpacked(str(content["matter"]))
    body = content["body"]
    id = str(body["matter"]["id"]) if isinstance(body, dict) else ""
    found = load_catalogue(home, id)[0].matters.get(id)
    if found is not None and found.hash == hash:
        return _form(found)
    raise ZhunyuError(
        "K005", f"回执没有附上事项，这里也没有同一版的 {id}。", "请用 --matter 给出签发机关提供的事项发布件。"
    )


def _is(data: bytes, hash: str) -> bool:
    try:
        matter_of(data, hash)
    except ZhunyuError:
        return False
    return True


def _form(matter: Matter) -> bytes:
    return encode(msgspec.structs.replace(matter, hash=""))


def _tell_replay(found: Replay, terminal: Terminal) -> None:
    terminal.say(f"{found.title}　办件 {found.number}　结论 {found.outcome}", "bold")
    terminal.say("签名有效，事项与回执写明的版本一致。", "green")
    way = "从申请内容起（表单、预审、裁决）" if found.whole else "从回执所列的输入起（预审、裁决）"
    terminal.say(f"重演：{way}，{found.judged} 条规则；独立求值 {found.opinions} 条，编译求值 {found.compiled} 条。")
    for one in found.differences:
        terminal.say(f"✗ {one.where}", "red")
        terminal.say(f"    回执：{one.was}")
        terminal.say(f"    重演：{one.now}")
    if found.withheld and not found.whole:
        words = f"{len(found.withheld)} 项输入未予显示，{len(found.skipped)} 项核对或裁决行因此没有重演："
        terminal.say(words, "yellow")
        terminal.say(f"    {'、'.join(found.skipped) or '没有'}")
        terminal.say("    工作人员式样的回执可以全部重演。")
    if found.identical:
        terminal.say("能够重演的部分完全一致。" if found.skipped else "完全一致。", "green")
    else:
        terminal.say(f"有 {len(found.differences)} 处不同。", "red")
