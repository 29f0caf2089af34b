"""A whole matter in columns comes to what the stages come to, case by case, for every matter there is."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.model.matter import Matter, Row
from engine.model.people import Actor
from engine.model.values import Missing, Unavailable
from engine.pipeline.assess import judge
from engine.pipeline.context import Application
from engine.services.backtest_batch import BatchAssessor
from engine.services.backtest_check import agree, check_table, confirm
from engine.services.backtest_verdict import Verdict, causes, unverified, verdict_of
from engine.services.matter_tests import judge_scene
from tests.bench.rules_cases import scenes_of, seeded
from tests.project import project_catalogue
from tests.unit.pipeline import sample

ROOT = Path(__file__).resolve().parents[3]
HOLES = (
    Missing.EMPTY,
    Missing.NOT_APPLICABLE,
    Missing.PENDING,
    Unavailable("registry", "停机", "2026-01-01"),
    "别的",
    7,
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return project_catalogue()


def worn(matter: Matter, names: dict[str, Any], luck: random.Random) -> dict[str, Any]:
    """The names with some of them gone, unavailable or of another class."""
    made, facts = dict(names), {need.key for need in matter.facts}
    for key in luck.sample(sorted(names), luck.randint(0, 4)):
        value = made[key]
        if key in ("param", "code", "material"):
            continue
        if isinstance(value, dict) and value and luck.random() < 0.7:
            made[key] = value | {luck.choice(sorted(map(str, value))): luck.choice(HOLES)}
        else:
            # a record of another class cannot be: what a source answers is checked before it becomes a fact
            made[key] = luck.choice(HOLES[:4] if isinstance(value, dict) or key in facts else HOLES)
    return made


def test_every_matter_gives_the_same_in_columns_whatever_is_missing(catalogue: Catalogue) -> None:
    luck = random.Random(3)
    for matter in catalogue.matters.values():
        cases = []
        for one in scenes_of(ROOT, catalogue, matter):
            names = judge_scene(one, catalogue.reference.calendar)[1]
            who = (one.actor, msgspec.structs.replace(one.actor, level=1), Actor("staff", "st", "王窗口"))
            cases += [(one, worn(matter, names, luck), luck.choice(who)) for _ in range(4)]
        walked = [verdict_of(matter, judge(matter, one.application, actor, names, one.today), actor, names)
                  for one, names, actor in cases]  # fmt: skip
        assessor = BatchAssessor(matter)
        table = assessor.table([names for _, names, _ in cases], [unverified(actor) for _, _, actor in cases])
        for (one, _, _), columnar, exact in zip(cases, assessor.verdicts(table), walked, strict=True):
            agree(matter, one.application.subject.code, columnar, exact)
        assert sum(confirm(matter, "-", judge_scene(one, catalogue.reference.calendar)[1]) for one, _, _ in cases[::4])


def test_drawn_cases_of_a_large_matter_stand_a_second_judgement(catalogue: Catalogue) -> None:
    matter = catalogue.matters["public_place_new"]
    assessor, scenes = BatchAssessor(matter), scenes_of(ROOT, catalogue, matter)
    (table,) = seeded(assessor, scenes, catalogue.reference.calendar, 3000, seed=5)
    assessed = assessor.assess(table)
    assert {assessor.pairs[place][0] for place in assessed["verdict"].unique()} >= {
        "秒批",
        "转人工",
        "当场更正",
        "改办",
    }
    assert check_table(assessor, table, assessed, range(0, 3000, 10)) > 300 * 20


def test_a_difference_stops_the_run_and_names_the_case_and_the_rule(catalogue: Catalogue) -> None:
    matter = catalogue.matters["public_place_new"]
    assessor, scenes = BatchAssessor(matter), scenes_of(ROOT, catalogue, matter)
    (table,) = seeded(assessor, scenes, catalogue.reference.calendar, 50, seed=5)
    wrong = assessor.assess(table).with_columns(**{"c:area_logic": 2})
    with pytest.raises(ZhunyuError, match="S020 第 1 件：核对 面积"):
        check_table(assessor, table, wrong, [0])
    with pytest.raises(ZhunyuError, match="S020 办件 WSJ1：裁决行 instant"):
        agree(matter, "WSJ1", Verdict("秒批", "row:instant"), Verdict("转人工", "row:otherwise", ("row:instant",)))


def test_an_approval_the_second_evaluator_has_no_opinion_on_goes_to_a_person() -> None:
    """A or B with A unknown and B true holds for the walker; the independent evaluator cannot pass the unknown."""
    either = {"or": [{"==": [{"var": "licence.status"}, "存续"]}, {"==": [{"var": "hvac"}, True]}]}
    matter = sample.matter(
        precheck=(), materials=(),
        decide=(Row("instant", sample.rule("…", either, "hvac", "licence.status"), "秒批"),),
    )  # fmt: skip
    assert _both(matter, [{"licence": Missing.EMPTY, "hvac": True}, {"licence": {"status": "存续"}, "hvac": True}]) == [
        ("转人工", "by:disagreement"), ("秒批", "row:instant"),
    ]  # fmt: skip


def _both(matter: Matter, envs: list[dict[str, Any]]) -> list[tuple[str, str]]:
    assessor, actor = BatchAssessor(matter), sample.APPLICANT
    made = assessor.verdicts(assessor.table(envs, [False] * len(envs)))
    for env, verdict in zip(envs, made, strict=True):
        walked = verdict_of(
            matter, judge(matter, Application({}, {}, sample.SUBJECT), actor, env, sample.NOW.date()), actor, env
        )
        agree(matter, "-", verdict, walked)
    return [(one.outcome, one.by) for one in made]


def test_the_cause_of_a_flip_is_what_now_stops_else_what_no_longer_does() -> None:
    free, held = Verdict("秒批", "row:instant"), Verdict("转人工", "by:precheck", ("check:a", "check:b"))
    stopped = Verdict("当场更正", "check:c", ("check:c", "check:a"))
    assert causes(free, held) == ("check:a", "check:b") == causes(held, free)
    assert causes(free, stopped) == ("check:c",) == causes(stopped, held)
    assert causes(held, Verdict("转人工", "row:x", ("check:a", "check:b"))) == ("row:x",)
