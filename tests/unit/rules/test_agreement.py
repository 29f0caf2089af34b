"""The three evaluators agree: the engine's, the browser's and the independent one."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import json_logic
import pytest

from engine.model.rule import Rule
from engine.rules.browser import env_for_browser, for_browser
from engine.rules.evaluator import UNKNOWN, test
from engine.rules.independent import second_opinion
from engine.rules.scaled import NoOpinionError
from tests.unit.rules.generator import Generator
from tests.unit.rules.vocabulary import ENV, UNITLESS, rule

CASES = int(os.environ.get("RULE_CASES", "2000"))
SEED = 20250120
SCRIPT = Path(__file__).parents[3] / "engine" / "web" / "static" / "js" / "rules.js"
RUNNER = """
const rules = require(process.argv[1]);
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(cases.map(([logic, env, types]) => rules.evaluate(logic, env, types))));
"""
node = pytest.mark.skipif(shutil.which("node") is None, reason="needs Node")


def generated(made: Generator) -> Rule:
    """The generator's next rule, compiled where numbers have no units."""
    return rule(made.rule(), scope=UNITLESS)


def in_node(cases: list[object]) -> list[object]:
    """What rules.js gives for each (logic, env, types)."""
    run = subprocess.run(
        ["node", "-e", RUNNER, str(SCRIPT)], input=json.dumps(cases), capture_output=True, text=True, check=True, timeout=110
    )
    answers: list[object] = json.loads(run.stdout)
    return answers


@node
def test_the_browser_evaluates_generated_rules_as_the_engine_does() -> None:
    made = Generator(SEED)
    cases = [(generated(made), made.env()) for _ in range(CASES)]
    theirs = in_node([[for_browser(one), env_for_browser(env), {}] for one, env in cases])
    ours = ["unknown" if (result := test(one, env)) is UNKNOWN else result for one, env in cases]
    wrong = [(one.text, env, a, b) for (one, env), a, b in zip(cases, ours, theirs, strict=True) if a is not b and a != b]
    assert not wrong, (len(wrong), wrong[0])


def test_the_generated_cases_reach_all_three_values() -> None:
    made = Generator(SEED)
    seen = [test(generated(made), made.env()) for _ in range(300)]
    assert all(sum(one is value for one in seen) > 30 for value in (True, False, UNKNOWN))


def test_the_independent_evaluator_never_contradicts_the_engine() -> None:
    made = Generator(SEED + 1)
    wrong = []
    for _ in range(CASES):
        one, env = generated(made), made.env()
        theirs, ours = second_opinion(one, env), test(one, env)
        if theirs is not None and theirs is not ours:
            wrong.append((one.text, env, ours, theirs))
    assert not wrong, (len(wrong), wrong[0])


def test_the_independent_evaluator_has_an_opinion_wherever_the_data_is_total() -> None:
    made = Generator(SEED + 2, total=True)
    cases = [(generated(made), made.env()) for _ in range(CASES)]
    decided = [(one, env) for one, env in cases if test(one, env) is not UNKNOWN]
    silent = [one.text for one, env in decided if second_opinion(one, env) is None]
    assert len(silent) < len(decided) // 10, silent[:3]


def test_the_independent_evaluator_gives_no_opinion_on_data_that_is_not_total() -> None:
    assert second_opinion(rule("经营面积 > 5"), {}) is None


NESTED = "存在 清单 满足 (存在 外.许可项目 满足 (它 = 沐浴 且 外.它.数量 > 2))"


@pytest.mark.parametrize("text", ["经营面积 = 72.5", "所有 清单 满足 (它.数量 > 0)", "今天 > 2025-01-19", NESTED])
def test_the_independent_evaluator_confirms_a_plain_rule(text: str) -> None:
    assert second_opinion(rule(text), ENV) is True


@pytest.mark.parametrize("name", ["method", "log"])
def test_method_and_log_are_denied_in_the_second_evaluator(name: str) -> None:
    with pytest.raises(NoOpinionError):
        json_logic.jsonLogic({name: ["text", "upper"]})


@node
@pytest.mark.parametrize(
    ("text", "answers", "expected"),
    [
        ("经营面积 ≤ 使用面积", {"area": "9.50", "usable": "10"}, True),
        ("经营面积 = 使用面积", {"area": "9.50", "usable": "9.5"}, True),
        ("经营面积 ≤ 使用面积", {"area": {"$": "pending"}, "usable": "10"}, "unknown"),
        ("所有 清单 满足 (它.单价 > 1)", {"items": [{"price": "1.50"}, {"price": "2"}]}, True),
        ("场所类别 = 宾馆", {}, "unknown"),
        ("许可项目 包含 住宿", {"types": ["住宿"]}, True),
        ("出生日期 < 2025-01-01", {"born": "2000-02-29"}, True),
    ],
)
def test_the_browser_reads_answers_as_the_form_holds_them(text: str, answers: object, expected: object) -> None:
    types = {"area": "number", "usable": "number", "items.price": "number", "born": "date"}
    assert in_node([[for_browser(rule(text)), answers, types]]) == [expected]
