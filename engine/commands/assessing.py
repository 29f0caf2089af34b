"""`zhunyu assess`: judge one application written as YAML, and say why."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path

import msgspec

from engine.adapters.clock import SystemClock
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.codes import warning
from engine.matters.tests_file import MatterTest, load_tests
from engine.model.case import Assessment, Finding, RowResult
from engine.model.matter import Matter
from engine.model.trace import Trace
from engine.model.wording import waived_by
from engine.services.matter_tests import form_faults, judge_scene, scene

_RESULTS = {"passed": "通过", "failed": "未通过", "unknown": "无法核实", "not_applicable": "不适用"}
_ROWS = {"matched": "成立", "not_matched": "不成立", "unknown": "无法判断", "not_reached": "未用到"}
_STYLES = {"passed": "green", "failed": "red", "unknown": "yellow", "matched": "green"}
_TRUTH = {"true": "真", "false": "假", "unknown": "未知"}


def assess_file(home: Path, matter_id: str, file: Path, as_json: bool, terminal: Terminal) -> int:
    """Print form faults, findings, decide rows with their traces, and the outcome; 1 when the form has faults.

    The file is written like a test: given, facts, applicant, materials, original, at; `tests` is not needed.
    """
    catalogue, problems = load_catalogue(home, matter_id)
    matter = catalogue.matters.get(matter_id)
    if matter is None:
        wrong = tuple(problem for problem in problems if not warning(problem))
        raise ZhunyuError("A003", f"没有可用的事项 {matter_id}。", "请先改正以上错误。", problems=wrong)
    made = scene(matter, read_application(file, matter_id, catalogue))
    calendar = catalogue.reference.calendar
    faults = form_faults(made, calendar)
    assessment, _ = judge_scene(made, calendar)
    if as_json:
        document = {"form": faults, "assessment": assessment}
        terminal.say(msgspec.json.format(msgspec.json.encode(document), indent=2).decode())
    else:
        _tell(matter, faults, assessment, terminal)
    return 1 if faults else 0


def read_application(file: Path, matter_id: str, catalogue: Catalogue) -> MatterTest:
    """The application of a file, read by the reader of tests, so that both mean the same."""
    text = file.read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("matter:")]
    if not any(line.startswith("tests:") for line in lines):
        lines.append("tests: [{name: 申请, expect: {outcome: 转人工}}]")
    if not any(line.startswith("at:") for line in lines):
        lines.insert(0, f"at: {SystemClock().now().date().isoformat()}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{matter_id}.tests.yaml"
        path.write_text("\n".join([f"matter: {matter_id}", *lines]) + "\n", encoding="utf-8")
        tests, problems = load_tests(path, catalogue)
    if problems or not tests:
        found = tuple(dataclasses.replace(one, file=str(file), line=0, column=0) for one in problems)
        raise ZhunyuError("A004", f"{file} 不能作为申请读取。", "写法与测试文件相同：given、facts、applicant 等。",
                          problems=found)  # fmt: skip
    return tests[0]


def _tell(matter: Matter, faults: tuple[str, ...], assessment: Assessment, terminal: Terminal) -> None:
    terminal.say(f"{matter.title}（{matter.id}）", "bold")
    for fault in faults:
        terminal.say(f"  ✗ 表单　{fault}", "red")
    terminal.say("预审", "bold")
    for finding in assessment.findings:
        _tell_finding(finding, terminal)
    terminal.say("裁决", "bold")
    for row in assessment.rows:
        _tell_row(row, terminal)
    terminal.say(f"结论　{assessment.outcome}（依据 {assessment.by}）　{assessment.reason}", "bold")
    for line in assessment.barred:
        terminal.say(f"  · {line}", "yellow")
    needs = {material.id: material for material in matter.materials}
    titles = {id: material.title for id, material in needs.items()}
    for material, way in assessment.waived.items():
        terminal.say(f"  {titles[material]}　{waived_by(needs[material], way)}（{way}）")
    for material in assessment.demanded:
        mark = "，尚未提交" if material in assessment.missing else ""
        terminal.say(f"  需要 {titles[material]}{mark}")


def _tell_finding(finding: Finding, terminal: Terminal) -> None:
    style = _STYLES.get(finding.result, "")
    action = f"　→ {finding.action}" if finding.action and finding.result in ("failed", "unknown") else ""
    terminal.say(f"  {_RESULTS[finding.result]}　{finding.title or finding.check}{action}", style)
    if finding.result in ("failed", "unknown"):
        for words in filter(None, (finding.message, finding.mend, finding.basis)):
            terminal.say(f"      {words}")
        _tell_trace(finding.trace, 3, terminal)


def _tell_row(row: RowResult, terminal: Terminal) -> None:
    terminal.say(f"  {_ROWS[row.result]}　{row.row}", _STYLES.get(row.result, ""))
    if row.result != "not_reached":
        _tell_trace(row.trace, 3, terminal)


def _tell_trace(trace: Trace | None, depth: int, terminal: Terminal) -> None:
    if trace is None:
        return
    notes = [f"实际 {trace.actual}" if trace.actual else "", f"要求 {trace.required}" if trace.required else ""]
    said = "，".join(filter(None, (*notes, trace.gap, trace.why)))
    words = f"{trace.text}　{_TRUTH.get(trace.result, trace.result)}" + (f"（{said}）" if said else "")
    terminal.say("  " * depth + words, "dim")
    for part in trace.parts:
        _tell_trace(part, depth + 1, terminal)
