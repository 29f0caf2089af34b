"""Rules against their peers in the same run: json-logic-qubit, zen-engine; and a million cases in columns."""

from __future__ import annotations

import json
import resource
import time
from pathlib import Path
from typing import Any

import json_logic
import zen

from engine.matters.catalogue import Catalogue, load_catalogue
from engine.model.matter import Matter, Row
from engine.model.rule import ALWAYS, Rule
from engine.pipeline.assess import assessed, judge
from engine.rules import closures, evaluator, independent
from engine.rules.compiled import compiled
from engine.services.backtest_batch import BatchAssessor
from engine.services.backtest_check import check_table
from engine.services.matter_tests import Scene, judge_scene
from engine.stages.decision import decide, traced_rows
from tests.bench.core import rate
from tests.bench.figures import Line, line
from tests.bench.rules_cases import largest, scenes_of, seeded

_CASES, _CHECKED, _ROWS = 1_000_000, 2000, 20
_SECTION = "规则与同类（同场之比）"


def measure(home: Path) -> list[Line]:
    """All figures of the group, each as a ratio to a peer in this run."""
    catalogue, _ = load_catalogue(home)
    matter = largest(catalogue)
    scenes = scenes_of(home, catalogue, matter)
    asked, peer = _peer(matter, scenes, catalogue)
    return [*_each(matter, scenes, catalogue, asked, peer), *_columns(matter, scenes, catalogue, peer), *_table()]


def _peer(matter: Matter, scenes: list[Scene], catalogue: Catalogue) -> tuple[list[tuple[Any, Any]], float]:
    """Every condition of the matter on the data of every test as json-logic-qubit takes it, and its seconds a case."""
    asked: list[tuple[Any, Any]] = []
    for one in scenes:
        names = judge_scene(one, catalogue.reference.calendar)[1]
        for rule in BatchAssessor(matter).rules:
            if independent.second_opinion(rule, names) is not None:
                asked.append(independent.question(rule, names))
    per_second = rate(lambda: [json_logic.jsonLogic(logic, data) for logic, data in asked])
    return asked, 1 / per_second / len(scenes)


def _each(
    matter: Matter, scenes: list[Scene], catalogue: Catalogue, asked: list[tuple[Any, Any]], peer: float
) -> list[Line]:
    seen = [(one, judge_scene(one, catalogue.reference.calendar)[1]) for one in scenes]
    rules = BatchAssessor(matter).rules
    functions, runs = [compiled(rule.logic) for rule in rules], [closures.build(rule.logic) for rule in rules]
    fast = rate(lambda: [run(names) for _, names in seen for run in functions], len(seen))
    plain = rate(lambda: [run(names) for _, names in seen for run in runs], len(seen))
    tested = rate(lambda: [evaluator.test(rule, names) for _, names in seen for rule in rules], len(seen))
    whole = rate(
        lambda: [judge(matter, one.application, one.actor, names, one.today) for one, names in seen], len(seen)
    )
    given = [(matter, one.application, one.actor, names, one.today) for one, names in seen]
    alone = rate(lambda: [assessed(*one, confirm=False) for one in given], len(seen))
    sure = rate(lambda: [assessed(*one) for one in given], len(seen))
    told = rate(lambda: [assessed(*one, confirm=False).traced() for one in given], len(seen))
    words = f"json-logic-qubit 无轨迹 {peer * 1e6:,.0f} µs/件（{len(asked) / len(scenes):.0f} 条）"
    return [
        line(_SECTION, f"{matter.id} 编译函数，全部 {len(rules)} 条", peer * fast, "倍", reference=words),
        line(_SECTION, "同上，evaluator.test（常用的规则自动编译）", peer * tested, "倍", reference=words),
        line(_SECTION, "编译函数比闭包", fast / plain, "倍"),
        line(_SECTION, "完整判断，轨迹待读时写（不含独立复核）", peer * alone, "倍", reference=words, least=5),
        line(_SECTION, "同上，含秒批的独立复核", peer * sure, "倍", reference=words),
        line(_SECTION, "完整判断，轨迹全部写成文字（不含独立复核）", peer * told, "倍", reference=words),
        line(_SECTION, "同上，含秒批的独立复核（提交时）", peer * whole, "倍", reference=words),
    ]


def _columns(matter: Matter, scenes: list[Scene], catalogue: Catalogue, peer: float) -> list[Line]:
    assessor, spent, checked, confirmed = BatchAssessor(matter), 0.0, 0.0, 0
    for number, table in enumerate(seeded(assessor, scenes, catalogue.reference.calendar, _CASES, seed=1)):
        began = time.perf_counter()
        assessed = assessor.assess(table)
        spent += time.perf_counter() - began
        began = time.perf_counter()
        confirmed += check_table(assessor, table, assessed, range(number, table.frame.height, _CASES // _CHECKED))
        checked += time.perf_counter() - began
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    words = f"json-logic-qubit 逐件 {peer * _CASES:,.0f} 秒（由 {len(scenes)} 件推算）"
    return [
        line(_SECTION, f"列式推演 {_CASES:,} 件 × 全部规则", peer * _CASES / spent, "倍", reference=words, least=100),
        line(_SECTION, "同上，用时", spent, "秒"),
        line(_SECTION, f"抽查 {_CHECKED:,} 件逐条复算与独立复核", checked, "秒", reference=f"{confirmed:,} 条一致"),
        line(_SECTION, "进程内存峰值", memory, "MB", most=2048),
    ]


def _table() -> list[Line]:
    """A decision table of 20 rows over 4 inputs, of which a later row holds; ours with its trace."""
    rows = [
        Row(f"r{n}", _row(n), "转人工", f"第 {n} 行") for n in range(_ROWS)
    ] + [Row("else", ALWAYS, "转人工", "兜底")]  # fmt: skip
    from tests.unit.pipeline import sample

    matter = sample.matter(decide=tuple(rows), precheck=(), materials=())
    cases = [{"area": 10 * n + 5, "kind": f"k{n % 5}", "level": n % 4, "open": True} for n in range(_ROWS)]
    engine = zen.ZenEngine()
    decision = engine.create_decision(json.dumps(_jdm()))
    theirs = rate(lambda: [decision.evaluate(case) for case in cases], len(cases))
    ours = rate(lambda: [_told(matter, case) for case in cases], len(cases))
    for case in cases:
        assert decision.evaluate(case)["result"]["by"] == decide(matter, case, (), sample.APPLICANT, ()).by
    tested = rate(lambda: [_first(rows, case) for case in cases], len(cases))
    traced = rate(lambda: [decision.evaluate(case, {"trace": True}) for case in cases], len(cases))
    words = f"zen-engine 无轨迹 {theirs:,.0f} 次/秒"
    both = f"zen-engine 带轨迹 {traced:,.0f} 次/秒"
    return [
        line(_SECTION, f"{_ROWS} 行裁决表，双方都带轨迹", ours / traced, "倍", reference=both, least=1),
        line(_SECTION, f"{_ROWS} 行裁决表，只有我们带轨迹", ours / theirs, "倍", reference=words, least=1),
        line(_SECTION, f"{_ROWS} 行裁决表，双方都不带轨迹", tested / theirs, "倍", reference=words, least=1),
    ]


def _told(matter: Matter, case: dict[str, Any]) -> object:
    """The table with the traces of all rows in words."""
    from tests.unit.pipeline import sample

    return traced_rows(matter, case, decide(matter, case, (), sample.APPLICANT, ()).rows)


def _first(rows: list[Row], case: dict[str, Any]) -> str:
    return next(row.id for row in rows if evaluator.test(row.when, case) is True)


def _row(n: int) -> Rule:
    logic = {"and": [{"<=": [{"var": "area"}, 10 * n + 9]}, {"==": [{"var": "kind"}, f"k{n % 5}"]},
                     {"==": [{"var": "level"}, n % 4]}, {"==": [{"var": "open"}, True]}]}  # fmt: skip
    return Rule(f"第 {n} 行", logic, ("area", "kind", "level", "open"))


def _jdm() -> dict[str, Any]:
    """The same table in zen's own form."""
    inputs = [{"id": name, "name": name, "field": name} for name in ("area", "kind", "level", "open")]
    rules = [
        {
            "_id": f"r{n}",
            "area": f"<= {10 * n + 9}",
            "kind": f'"k{n % 5}"',
            "level": str(n % 4),
            "open": "true",
            "by": f'"r{n}"',
        }
        for n in range(_ROWS)
    ] + [{"_id": "else", "area": "", "kind": "", "level": "", "open": "", "by": '"else"'}]
    content = {
        "hitPolicy": "first",
        "inputs": inputs,
        "outputs": [{"id": "by", "name": "by", "field": "by"}],
        "rules": rules,
    }
    nodes = [
        {"id": "in", "name": "in", "type": "inputNode", "position": {"x": 0, "y": 0}},
        {"id": "table", "name": "table", "type": "decisionTableNode", "position": {"x": 1, "y": 0}, "content": content},
        {"id": "out", "name": "out", "type": "outputNode", "position": {"x": 2, "y": 0}},
    ]
    edges = [{"id": "e1", "sourceId": "in", "targetId": "table"}, {"id": "e2", "sourceId": "table", "targetId": "out"}]
    return {"nodes": nodes, "edges": edges}
