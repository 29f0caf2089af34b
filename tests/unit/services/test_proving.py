"""Every seeded fault is found, with an example that the engine confirms; what is sound is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.services.proving import Finding, prove
from tests.unit.services.proof_worlds import DAY, ROWS, TESTS, check, found, loaded, project, told


def codes(findings: tuple[Finding, ...], *severities: str) -> set[str]:
    return {one.code for one in findings if one.severity in (severities or ("error", "warning"))}


def rows(*given: str) -> str:
    """A table of rows `id | when | outcome` with the fallback."""
    made = [one.split(" | ") for one in given]
    lines = [f"  - {{id: {id}, when: \"{when}\", outcome: {outcome}}}" for id, when, outcome in made]
    return "\n".join(["decide:", *lines, "  - {id: otherwise, when: 总是, outcome: 转人工}", ""])


ALIVE = "营业执照.状态 = 存续"


def test_a_sound_matter_has_neither_error_nor_warning(tmp_path: Path) -> None:
    sound = "never: [秒批 且 营业执照.状态 ≠ 存续, 秒批 且 经营面积 > 60]\n"
    assert not codes(found(project(tmp_path, "precheck:\n", check("logic", "经营面积 ≤ 使用面积"), sound)))


def test_a_row_that_contradicts_itself_is_dead(tmp_path: Path) -> None:
    dead = rows(f"one | {ALIVE} 且 经营面积 > 60 且 经营面积 < 50 | 秒批", f"two | {ALIVE} 且 经营面积 ≤ 60 | 秒批")
    finding = told(found(project(tmp_path, decide=dead)), "P104")
    assert (finding.severity, finding.path) == ("error", ("decide", 0, "when"))


def test_a_row_beyond_the_limits_of_its_field_is_dead(tmp_path: Path) -> None:
    dead = rows(f"one | {ALIVE} 且 经营面积 > 500 | 秒批", f"two | {ALIVE} 且 经营面积 ≤ 60 | 秒批")
    assert told(found(project(tmp_path, decide=dead)), "P104").what.startswith("裁决 one 永远不会成立")


def test_a_row_shadowed_by_an_earlier_one_is_shown_with_an_application(tmp_path: Path) -> None:
    table = rows(f"wide | {ALIVE} 且 经营面积 ≤ 100 | 秒批", f"narrow | {ALIVE} 且 经营面积 ≤ 60 | 转人工")
    finding = told(found(project(tmp_path, decide=table)), "P105")
    assert finding.severity == "error" and "narrow" in finding.what and "wide" in finding.what
    assert "经营面积：50" in finding.example and finding.example[-1] == "引擎的结论：秒批（wide）"


def test_a_row_shadowed_by_two_others_together_is_found(tmp_path: Path) -> None:
    split = (f"small | {ALIVE} 且 经营面积 ≤ 60 | 秒批", f"large | {ALIVE} 且 经营面积 > 60 | 转人工")
    table = rows(*split, f"never | {ALIVE} 且 集中空调 = 是 | 秒批")
    finding = told(found(project(tmp_path, decide=table)), "P105")
    assert "never" in finding.what and finding.example


def test_overlapping_rows_with_different_outcomes_are_told_with_an_application(tmp_path: Path) -> None:
    table = rows(f"small | {ALIVE} 且 经营面积 ≤ 60 | 秒批", f"cooled | {ALIVE} 且 经营面积 ≥ 60 | 转人工")
    finding = told(found(project(tmp_path, decide=table)), "P106")
    assert finding.severity == "note" and "经营面积：60" in finding.example


def test_a_gap_between_rows_is_told_with_the_application_that_falls_into_it(tmp_path: Path) -> None:
    table = rows(f"small | {ALIVE} 且 经营面积 < 60 | 秒批", f"large | {ALIVE} 且 经营面积 > 60 | 转人工")
    checks = ("precheck:\n", check("alive", ALIVE))
    finding = told(found(project(tmp_path, *checks, decide=table)), "P108")
    assert "经营面积：60" in finding.example and finding.example[-1] == "引擎的结论：转人工（otherwise）"


def test_an_answer_left_blank_that_stops_the_table_is_told(tmp_path: Path) -> None:
    table = rows(f"instant | {ALIVE} 且 说明 ≠ 单位名称 | 秒批")
    finding = told(found(project(tmp_path, "precheck:\n", check("alive", ALIVE), decide=table)), "P109")
    assert finding.severity == "note" and "说明：（空）" in finding.example
    assert finding.example[-1] == "引擎的结论：转人工（undecidable）"


def test_an_invariant_is_broken_by_a_wrong_threshold(tmp_path: Path) -> None:
    finding = told(found(project(tmp_path, "never: [秒批 且 经营面积 > 50]\n")), "P101")
    assert finding.severity == "error" and finding.test is not None and finding.test.unconfirmed
    area = next(line for line in finding.example if line.startswith("经营面积："))
    assert 50 < float(area.partition("：")[2]) <= 60


def test_an_invariant_is_broken_through_a_fact_that_is_not_available(tmp_path: Path) -> None:
    table = rows("instant | 营业执照 未取到 或 营业执照.状态 = 存续 | 秒批")
    finding = told(found(project(tmp_path, "never: [秒批 且 营业执照.状态 ≠ 存续]\n", decide=table)), "P102")
    assert finding.severity == "error" and "营业执照：（未取到）" in finding.example


def test_an_invariant_about_a_case_sent_to_a_person_is_proved_too(tmp_path: Path) -> None:
    stop = ("precheck:\n", check("logic", "经营面积 ≤ 使用面积", "当场更正"))
    sound = "never: [转人工 且 经营面积 > 使用面积]\n"
    assert not codes(found(project(tmp_path, *stop, sound)), "error")


def test_checks_that_contradict_each_other_and_so_bar_everything(tmp_path: Path) -> None:
    checks = ("precheck:\n", check("small", "经营面积 ≤ 60"), check("large", "经营面积 > 80"))
    findings = found(project(tmp_path, *checks))
    assert told(findings, "P113").example and told(findings, "P103").severity == "error"


def test_a_check_that_nothing_passes(tmp_path: Path) -> None:
    finding = told(found(project(tmp_path, "precheck:\n", check("huge", "经营面积 > 600"))), "P112")
    assert finding.severity == "error" and "经营面积：50" in finding.example


def test_a_check_that_everything_passes(tmp_path: Path) -> None:
    finding = told(found(project(tmp_path, "precheck:\n", check("any", "经营面积 ≤ 500"))), "P111")
    assert finding.severity == "warning" and "没有用处" in finding.what


def test_a_check_that_another_contains(tmp_path: Path) -> None:
    checks = ("precheck:\n", check("strict", "经营面积 ≤ 60"), check("loose", "经营面积 ≤ 100"))
    finding = told(found(project(tmp_path, *checks)), "P114")
    assert finding.severity == "warning" and finding.what.startswith("核对 loose 多余")


def test_a_threshold_that_the_form_makes_unreachable(tmp_path: Path) -> None:
    table = rows(f"instant | {ALIVE} 且 (经营面积 ≤ 60 或 使用面积 > 5000) | 秒批")
    finding = told(found(project(tmp_path, decide=table)), "P131")
    assert "使用面积 > 5000" in finding.what and "永远不成立" in finding.what


def test_a_field_that_is_never_and_one_that_is_always_shown(tmp_path: Path) -> None:
    fields = (
        "      - {id: big, title: 大场所说明, kind: 文本, when: 经营面积 > 500}\n"
        "      - {id: any, title: 场所说明, kind: 文本, when: 经营面积 ≥ 1}\n"
    )
    findings = found(project(tmp_path, fields))
    assert told(findings, "P121").severity == "error" and told(findings, "P122").severity == "warning"


def test_a_date_limit_by_law_is_exact_to_the_day(tmp_path: Path) -> None:
    checks = ("precheck:\n", check("fresh", "加年(开业日期, 1) ≥ 今天"))
    broken = found(project(tmp_path / "a", *checks, "never: [秒批 且 开业日期 < 2025-11-26]\n"))
    assert "开业日期：2025年11月25日" in told(broken, "P101").example
    sound = found(project(tmp_path / "b", *checks, "never: [秒批 且 开业日期 < 2025-11-25]\n"))
    assert not codes(sound, "error")


def test_lists_are_proved_within_their_bound_and_say_so(tmp_path: Path) -> None:
    table = rows(f"instant | {ALIVE} 且 数量(人员清单) > 0 且 所有 人员清单 满足 (它.年限 ≥ 3) | 秒批")
    invariant = "never: [秒批 且 存在 人员清单 满足 (它.年限 < 5)]\n"
    broken = found(project(tmp_path / "a", ROWS, invariant, decide=table, tests=""))
    assert told(broken, "P101").test is not None
    dead = rows(f"instant | {ALIVE} 且 存在 人员清单 满足 (它.年限 > 60) | 秒批")
    assert told(found(project(tmp_path / "b", ROWS, decide=dead)), "P104").bounds == ("清单按最多 3 行",)


def test_lists_are_unrolled_as_far_as_the_rules_count_them(tmp_path: Path) -> None:
    table = rows(f"instant | {ALIVE} 且 数量(人员清单) ≥ 5 | 秒批")
    finding = told(found(project(tmp_path / "a", ROWS, "never: [秒批 且 数量(人员清单) = 7]\n", decide=table)), "P101")
    assert finding.test is not None and len(finding.test.answers["staff"]) == 7
    beyond = rows(f"instant | {ALIVE} 且 数量(人员清单) > 40 | 秒批")
    assert told(found(project(tmp_path / "b", ROWS, decide=beyond)), "P104").severity == "warning"


def test_an_invariant_over_a_list_is_told_to_be_proved_within_its_bound(tmp_path: Path) -> None:
    table = rows(f"instant | {ALIVE} 且 数量(人员清单) > 0 且 所有 人员清单 满足 (它.年限 ≥ 3) | 秒批")
    sound = found(project(tmp_path, ROWS, "never: [秒批 且 存在 人员清单 满足 (它.年限 < 3)]\n", decide=table))
    assert told(sound, "P110").bounds == ("清单按最多 3 行",) and not codes(sound, "error")


def test_a_text_that_contains_another_is_made_for_the_example(tmp_path: Path) -> None:
    table = rows(f"instant | {ALIVE} 且 营业执照.名称 包含 单位名称 | 秒批")
    finding = told(found(project(tmp_path, "never: [秒批 且 营业执照.名称 ≠ 单位名称]\n", decide=table)), "P101")
    lines = dict(line.split("：", 1) for line in finding.example)
    assert lines["单位名称"] in lines["营业执照.名称"] and lines["单位名称"] != lines["营业执照.名称"]


def test_an_example_that_the_engine_does_not_confirm_is_no_fact(tmp_path: Path) -> None:
    pattern = '单位名称 匹配 \\"[A-F]{3}\\"'
    table = rows(f"instant | {ALIVE} 且 {pattern} | 秒批")
    findings = found(project(tmp_path, "never: [秒批 且 经营面积 > 50]\n", decide=table))
    finding = next(one for one in findings if one.code == "P192" and one.severity == "warning")
    assert finding.test is None and finding.what.startswith("未能确认：违反 never")
    assert not codes(findings, "error")


def test_a_question_without_an_answer_in_time_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine.rules.solver.model import Model

    real = Model.check

    def slow(self: Model, *bits: object) -> str:
        answer = real(self, *bits)
        self.reason = "timeout"
        return "unknown" if answer == "unsat" else answer

    monkeypatch.setattr(Model, "check", slow)
    finding = found(project(tmp_path, "never: [秒批 且 经营面积 > 60]\n"))
    timed = [one for one in finding if one.code == "P191"]
    assert timed and all(one.severity == "warning" and "超过时限" in one.what for one in timed)
    assert not codes(finding, "error")


def test_the_solver_is_not_loaded_before_the_first_proof() -> None:
    script = "import sys, engine.commands.proving, engine.services.publishing_checks; sys.exit('z3' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == 0


EVERY_KIND = """\
      - {id: boss, title: 负责人, kind: 人员}
      - {id: region, title: 区域, kind: 区街道}
      - {id: capital, title: 资本, kind: 金额, above: 0, below: 100.5}
      - {id: kinds, title: 项目, kind: 多选, of: 代码.项目, max: 2}
      - {id: pledge, title: 承诺, kind: 承诺, text: 承诺。}
      - {id: uscc, title: 代码号, kind: 统一社会信用代码}
      - {id: card, title: 证件, kind: 身份证号}
      - {id: phone, title: 电话, kind: 电话}
      - id: lines
        title: 明细
        kind: 表格
        min: 2
        columns:
          - {id: size, title: 大小, kind: 数, min: 1}
          - {id: uses, title: 用途, kind: 多选, of: 代码.项目}
          - {id: since, title: 日期, kind: 日期, required: 否}
"""


def test_an_example_without_a_model_fills_every_kind_of_field_validly(tmp_path: Path) -> None:
    finding = told(found(project(tmp_path, EVERY_KIND, "never: [秒批 且 经营面积 > 50]\n", tests="")), "P101")
    assert finding.test is not None and len(finding.test.answers["lines"]) >= 2


def test_a_test_file_with_impossible_answers_does_no_harm(tmp_path: Path) -> None:
    odd = TESTS.replace("area: 50", "area: 很大").replace("2026-11-01", "2026-13-45")
    finding = told(found(project(tmp_path, "never: [秒批 且 经营面积 > 50]\n", tests=odd)), "P101")
    assert finding.test is not None


def test_materials_that_are_demanded_are_handed_in_by_the_example(tmp_path: Path) -> None:
    needs = "materials:\n  - {id: plan, title: 平面图, need: 必要}\n"
    finding = told(found(project(tmp_path, needs, "never: [秒批 且 经营面积 > 50]\n")), "P101")
    assert finding.test is not None and finding.test.materials == ("plan",)


def test_a_matter_without_a_test_file_still_gives_examples(tmp_path: Path) -> None:
    finding = told(found(project(tmp_path, "never: [秒批 且 经营面积 > 50]\n", tests="")), "P101")
    assert finding.test is not None and finding.test.answers["type"] in ("宾馆", "旅店", "足浴")


def test_rows_of_which_only_one_may_hold_must_not_overlap(tmp_path: Path) -> None:
    table = rows("small | 经营面积 ≤ 60 | 转人工", f"large | {ALIVE} 且 使用面积 > 100 | 转人工")
    catalogue = loaded(project(tmp_path, decide=table))
    matter = catalogue.matters["sample"]
    one, other, last = matter.decide
    together = tuple(replace(row, unique="small") for row in (one, other))
    finding = told(prove(catalogue, replace(matter, decide=(*together, last)), DAY), "P107")
    assert finding.severity == "error" and finding.example[-1] == "引擎的结论：转人工（undecidable）"
