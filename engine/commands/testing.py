"""`zhunyu test` and `zhunyu confirm`: run the YAML tests beside the matters, and confirm what they expect."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import msgspec

from engine.commands.coverage import Wanted, report
from engine.commands.kept import compiled
from engine.commands.terminal import Terminal
from engine.errors import Problem, ZhunyuError
from engine.matters import test_layout, test_writer
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.matters.tests_file import UNCONFIRMED, MatterTest, TestsFile, load_file
from engine.services import matter_tests
from engine.services.matter_tests import Outcome, observed


def run_tests(
    home: Path,
    matters: tuple[str, ...],
    name: str,
    junit: Path | None,
    terminal: Terminal,
    wanted: Wanted = Wanted(),
    strict: bool = False,
) -> int:
    """Run the tests of the named matters, or all; 1 when one fails, a file cannot be read or a threshold is missed.

    `name` keeps the tests whose name contains it; `junit` is where the results go as JUnit XML; `wanted` asks for
    coverage and mutants; `strict` lets a test that waits for confirmation end with 1.
    """
    catalogue, problems = load_catalogue(home, cache=compiled())
    broken = [problem for problem in problems if not warning(problem)]
    tests: list[MatterTest] = []
    files: dict[str, TestsFile] = {}
    for path in sorted((home / "matters").rglob("*.tests.yaml")):
        id = path.name.removesuffix(".tests.yaml")
        if not matters or id in matters:
            found, wrong = load_file(path, catalogue)
            broken += wrong
            tests += [test for test in found.tests if name in test.name]
            files[id] = msgspec.structs.replace(found, coverage={}) if name else found  # a part cannot reach the whole
    if not tests and not broken:
        raise ZhunyuError("A003", "没有找到要运行的测试。", "测试写在 matters/<条线>/<事项>.tests.yaml。")
    outcomes = list(matter_tests.run_tests(catalogue, tests))
    _tell(outcomes, broken, terminal)
    if junit is not None:
        junit.write_bytes(_junit(outcomes, broken))
    chosen = [id for id in catalogue.matters if not matters or id in matters]
    reached = not wanted.anything or report(home, catalogue, chosen, outcomes, wanted, files, terminal)
    waiting = strict and any(outcome.unconfirmed for outcome in outcomes)
    failed = any(not outcome.passed for outcome in outcomes if not outcome.unconfirmed)
    return 1 if broken or failed or waiting or not reached else 0


def confirm(home: Path, matter: str, names: tuple[str, ...], ask: Callable[[str], bool], terminal: Terminal) -> int:
    """Show what the engine says of each unconfirmed test of a matter, and fill it in where `ask` says yes.

    `names` are parts of the names of the tests meant; () means all. 1 when some are left unconfirmed.
    """
    catalogue, _ = load_catalogue(home)
    path = next((home / "matters").rglob(f"{matter}.tests.yaml"), None)
    if matter not in catalogue.matters or path is None:
        raise ZhunyuError("A003", f"没有事项 {matter} 或它的测试。", "请先用 zhunyu lint 检查。", status=404)
    found, problems = load_file(path, catalogue)
    if problems:
        raise ZhunyuError("M185", "测试文件有错误，没有改动。", "请先改正文件。", problems=problems)
    meant = [one for one in found.tests if one.unconfirmed and (not names or any(part in one.name for part in names))]
    if not meant:
        raise ZhunyuError("A003", "没有待确认的测试。", "请用 zhunyu test 查看有哪些。", status=404)
    beside = None if found.base is None else next(matter_tests.run_tests(catalogue, [found.base]))
    left = 0
    for outcome in matter_tests.run_tests(catalogue, meant):
        expect = observed(catalogue.matters[matter], outcome, beside)
        terminal.say(f"{outcome.test.file}:{outcome.test.line} {outcome.test.name}")
        for fault in outcome.faults:
            terminal.say(f"    {fault}", "red")
        if outcome.faults:
            terminal.say("    填不完整的申请没有结果可确认，请先改测试。", "red")
            left += 1
            continue
        for line in test_layout.entry("expect", expect, 4):
            terminal.say(line)
        if ask("与法规和办事规定一致，按此确认？"):
            test_writer.replace(path, test_writer.confirmed(path, outcome.test.name, expect, catalogue))
        else:
            left += 1
    terminal.say(f"{len(meant) - left} 个测试已确认，{left} 个仍待确认。", "yellow" if left else "green")
    return 1 if left else 0


def _tell(outcomes: list[Outcome], broken: list[Problem], terminal: Terminal) -> None:
    for problem in broken:
        terminal.say(str(problem), "red")
    waiting = [outcome for outcome in outcomes if outcome.unconfirmed]
    failed = [outcome for outcome in outcomes if not outcome.passed and not outcome.unconfirmed]
    for outcome in failed:
        terminal.say(f"✗ {outcome.test.file}:{outcome.test.line} {outcome.test.name}", "red")
        for fault in outcome.faults:
            terminal.say(f"    {fault}")
    for outcome in waiting:
        terminal.say(f"? {outcome.test.file}:{outcome.test.line} {outcome.test.name}", "yellow")
        terminal.say(f"    现在的结果：{_now(outcome)}")
    counts: dict[str, list[int]] = {}
    for outcome in outcomes:
        place = 2 if outcome.unconfirmed else 0 if outcome.passed else 1
        counts.setdefault(outcome.test.matter, [0, 0, 0])[place] += 1
    shown = 3 if waiting else 2
    rows = [(id, *map(str, counts[id][:shown])) for id in sorted(counts)]
    terminal.table(("事项", "通过", "未通过", UNCONFIRMED)[: shown + 1], rows)
    words = f"{len(outcomes) - len(failed) - len(waiting)} 个测试通过，{len(failed)} 个未通过"
    words += f"，{len(waiting)} 个待确认" if waiting else ""
    words += f"，{len(broken)} 个文件错误。" if broken else "。"
    terminal.say(words, "red" if failed or broken else "yellow" if waiting else "green")


def _now(outcome: Outcome) -> str:
    """What the engine says of an unconfirmed test, on one line."""
    assessment = outcome.assessment
    if outcome.faults or assessment is None:
        return "、".join(outcome.faults)
    wrong = [one.check for one in assessment.findings if one.result in ("failed", "unknown")]
    return f"{assessment.outcome}，由 {assessment.by}" + (f"，意见 {'、'.join(wrong)}" if wrong else "")


def _junit(outcomes: list[Outcome], broken: list[Problem]) -> bytes:
    waiting = sum(outcome.unconfirmed for outcome in outcomes)
    failures = sum(not outcome.passed and not outcome.unconfirmed for outcome in outcomes)
    suite = xml.Element(
        "testsuite", name="zhunyu", tests=str(len(outcomes) + len(broken)), failures=str(failures),
        errors=str(len(broken)), skipped=str(waiting),
    )  # fmt: skip
    for outcome in outcomes:
        test = outcome.test
        case = xml.SubElement(suite, "testcase", classname=test.matter, name=test.name, file=test.file)
        case.set("line", str(test.line))
        if outcome.unconfirmed:
            xml.SubElement(case, "skipped", message=f"{UNCONFIRMED}：{_now(outcome)}")
        elif not outcome.passed:
            xml.SubElement(case, "failure", message=outcome.faults[0]).text = "\n".join(outcome.faults)
    for problem in broken:
        case = xml.SubElement(suite, "testcase", classname=problem.file or "-", name=f"{problem.code} {problem.what}")
        xml.SubElement(case, "error", message=str(problem))
    return bytes(xml.tostring(suite, encoding="utf-8", xml_declaration=True))
