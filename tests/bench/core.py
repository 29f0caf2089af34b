"""The pure core by itself: rules, judgements, matters, seals, pages. One process, no server."""

from __future__ import annotations

import secrets
import statistics
import time
from collections.abc import Callable
from pathlib import Path

import json_logic

from engine.adapters.render.typst_renderer import TypstRenderer
from engine.matters.catalogue import Catalogue, load_catalogue
from engine.matters.tests_file import MatterTest, load_tests
from engine.model.matter import Matter
from engine.model.rule import Rule
from engine.model.values import Value
from engine.pipeline.assess import assess, names_of
from engine.rules import evaluator, independent
from engine.services.matter_tests import Scene, run_tests, scene
from engine.trust import sm2
from engine.trust.second import verify_second
from tests.bench.enterprises import MATTER
from tests.bench.figures import Line, line
from tests.bench.seed import PAGE

_SECONDS = 0.5
_RULES, _MATTERS, _PAPER = "规则（单核）", "事项", "签章与制证"


def rate(work: Callable[[], object], each: int = 1, seconds: float = _SECONDS) -> float:
    """How often a second `work` does its `each` things: the best of three measurements."""
    work()
    best = 0.0
    for _ in range(3):
        began, times = time.perf_counter(), 0
        while (spent := time.perf_counter() - began) < seconds / 3:
            work()
            times += 1
        best = max(best, times * each / spent)
    return best


def milliseconds(work: Callable[[], object], times: int) -> float:
    """The median time of `work` in ms."""
    taken = []
    for _ in range(times):
        began = time.perf_counter()
        work()
        taken.append((time.perf_counter() - began) * 1000)
    return statistics.median(taken)


def yardstick() -> float:
    """CPU ms of a fixed piece of pure Python: how fast the machine is just now, whoever else uses it."""
    began, kept = time.thread_time(), dict[int, str]()
    for n in range(300_000):
        kept[n & 1023] = str(n)
    return (time.thread_time() - began) * 1000


def measure(home: Path) -> list[Line]:
    """Everything that needs no server."""
    began = time.perf_counter()
    catalogue, _ = load_catalogue(home)
    loaded = (time.perf_counter() - began) * 1000
    tests = _tests(home, catalogue)
    return [*_rules(catalogue, tests), *_matters(catalogue, tests, loaded), *_paper()]


def _tests(home: Path, catalogue: Catalogue) -> list[MatterTest]:
    paths = sorted((home / "matters").rglob("*.tests.yaml"))
    return [test for path in paths for test in load_tests(path, catalogue)[0]]


def _rules(catalogue: Catalogue, tests: list[MatterTest]) -> list[Line]:
    matter = catalogue.matters[MATTER]
    first = scene(matter, next(test for test in tests if test.matter == MATTER))
    names = _names(first, catalogue)
    rules = [rule for rule in _rules_of(matter) if independent.second_opinion(rule, names) is not None]
    prepared = [independent.question(rule, names) for rule in rules]  # made outside of what is timed
    titles, hidden = matter.titles, frozenset(matter.sensitive)
    alone = rate(lambda: [json_logic.jsonLogic(logic, data) for logic, data in prepared], len(rules))
    fast = rate(lambda: [evaluator.test(rule, names) for rule in rules], len(rules))
    traced = rate(lambda: [evaluator.evaluate(rule, names, titles, hidden) for rule in rules], len(rules))
    judged = rate(lambda: _assess(first, catalogue))
    words = f"json-logic-qubit {alone:,.0f} 条/秒"
    name = f"求值（{MATTER} 的 {len(rules)} 条）"
    return [
        line(_RULES, name, fast, "条/秒", reference=f"{words}，{fast / alone:.1f} 倍"),
        line(_RULES, "求值并留下轨迹", traced, "条/秒", reference=f"{words}，{traced / alone:.1f} 倍"),
        line(_RULES, "完整判断 assess（含独立复核）", judged, "次/秒"),
        line(_RULES, "完整判断 assess", 1000 / judged, "ms/次"),
    ]


def _matters(catalogue: Catalogue, tests: list[MatterTest], loaded: float) -> list[Line]:
    scenes = {test.matter: scene(catalogue.matters[test.matter], test) for test in reversed(tests)}
    each = milliseconds(lambda: [_assess(one, catalogue) for one in scenes.values()], 3)
    ran = milliseconds(lambda: list(run_tests(catalogue, tests)), 1)
    return [
        line(_MATTERS, f"装载并检查全部 {len(catalogue.matters)} 个事项", loaded, "ms"),
        line(_MATTERS, f"各判断一件（{len(scenes)} 件）", each, "ms"),
        line(_MATTERS, f"运行全部 {len(tests)} 个事项测试", ran, "ms"),
    ]


def _paper() -> list[Line]:
    private, message = sm2.generate(secrets.token_bytes), b"zhunyu" * 200
    public = private.public
    signature = sm2.sign(private, message)
    renderer = TypstRenderer()
    first = milliseconds(lambda: renderer.render("licence", PAGE), 1)
    second = milliseconds(lambda: verify_second(public.point, message, signature), 9)
    return [
        line(_PAPER, "SM2 签名", rate(lambda: sm2.sign(private, message)), "次/秒"),
        line(_PAPER, "SM2 验签", rate(lambda: sm2.verify(public, message, signature)), "次/秒"),
        line(_PAPER, "gmssl 独立复验", second, "ms/次"),
        line(_PAPER, "证照版面（首张，含字体）", first, "ms"),
        line(_PAPER, "证照版面（此后，PDF/A）", milliseconds(lambda: renderer.render("licence", PAGE), 25), "ms/页"),
    ]


def _rules_of(matter: Matter) -> list[Rule]:
    checks = [rule for check in matter.precheck for rule in (check.when, check.require)]
    return [*checks, *(row.when for row in matter.decide), *matter.never]


def _assess(one: Scene, catalogue: Catalogue) -> object:
    return assess(one.matter, one.application, one.actor, one.today, catalogue.reference.calendar)


def _names(one: Scene, catalogue: Catalogue) -> dict[str, Value]:
    return names_of(one.matter, one.application, one.actor, one.today, catalogue.reference.calendar)
