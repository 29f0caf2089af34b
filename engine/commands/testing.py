"""`zhunyu test`: run the YAML tests beside the matters."""

from __future__ import annotations

import xml.etree.ElementTree as xml
from pathlib import Path

from engine.commands.coverage import Wanted, report
from engine.commands.terminal import Terminal
from engine.errors import Problem, ZhunyuError
from engine.matters.catalogue import load_catalogue
from engine.matters.codes import warning
from engine.matters.tests_file import MatterTest, load_tests
from engine.services import matter_tests
from engine.services.matter_tests import Outcome


def run_tests(
    home: Path,
    matters: tuple[str, ...],
    name: str,
    junit: Path | None,
    terminal: Terminal,
    wanted: Wanted = Wanted(),
) -> int:
    """Run the tests of the named matters, or all; 1 when one fails, a file cannot be read or a threshold is missed.

    `name` keeps the tests whose name contains it; `junit` is where the results go as JUnit XML; `wanted` asks for
    coverage and mutants.
    """
    catalogue, problems = load_catalogue(home)
    broken = [problem for problem in problems if not warning(problem)]
    tests: list[MatterTest] = []
    for path in sorted((home / "matters").rglob("*.tests.yaml")):
        if not matters or path.name.removesuffix(".tests.yaml") in matters:
            found, wrong = load_tests(path, catalogue)
            broken += wrong
            tests += [test for test in found if name in test.name]
    if not tests and not broken:
        raise ZhunyuError("A003", "没有找到要运行的测试。", "测试写在 matters/<条线>/<事项>.tests.yaml。")
    outcomes = list(matter_tests.run_tests(catalogue, tests))
    _tell(outcomes, broken, terminal)
    if junit is not None:
        junit.write_bytes(_junit(outcomes, broken))
    chosen = [id for id in catalogue.matters if not matters or id in matters]
    reached = not wanted.anything or report(home, catalogue, chosen, outcomes, wanted, terminal)
    return 1 if broken or not reached or not all(outcome.passed for outcome in outcomes) else 0


def _tell(outcomes: list[Outcome], broken: list[Problem], terminal: Terminal) -> None:
    for problem in broken:
        terminal.say(str(problem), "red")
    failed = [outcome for outcome in outcomes if not outcome.passed]
    for outcome in failed:
        terminal.say(f"✗ {outcome.test.file}:{outcome.test.line} {outcome.test.name}", "red")
        for fault in outcome.faults:
            terminal.say(f"    {fault}")
    counts: dict[str, list[int]] = {}
    for outcome in outcomes:
        counts.setdefault(outcome.test.matter, [0, 0])[0 if outcome.passed else 1] += 1
    terminal.table(
        ("事项", "通过", "未通过"), [(id, str(good), str(bad)) for id, (good, bad) in sorted(counts.items())]
    )
    words = f"{len(outcomes) - len(failed)} 个测试通过，{len(failed)} 个未通过"
    words += f"，{len(broken)} 个文件错误。" if broken else "。"
    terminal.say(words, "red" if failed or broken else "green")


def _junit(outcomes: list[Outcome], broken: list[Problem]) -> bytes:
    failures = sum(not outcome.passed for outcome in outcomes)
    suite = xml.Element(
        "testsuite", name="zhunyu", tests=str(len(outcomes) + len(broken)), failures=str(failures),
        errors=str(len(broken)),
    )  # fmt: skip
    for outcome in outcomes:
        test = outcome.test
        case = xml.SubElement(suite, "testcase", classname=test.matter, name=test.name, file=test.file)
        case.set("line", str(test.line))
        if not outcome.passed:
            xml.SubElement(case, "failure", message=outcome.faults[0]).text = "\n".join(outcome.faults)
    for problem in broken:
        case = xml.SubElement(suite, "testcase", classname=problem.file or "-", name=f"{problem.code} {problem.what}")
        xml.SubElement(case, "error", message=str(problem))
    return bytes(xml.tostring(suite, encoding="utf-8", xml_declaration=True))
