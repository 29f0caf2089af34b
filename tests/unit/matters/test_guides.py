"""Guides lead to the matters in order; what is wrong in them is told; those of the project reach what they name."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.matters.catalogue import load_catalogue
from engine.matters.guides import load_guides
from engine.matters.synonyms import load_synonyms
from engine.model.guides import Guide, Lead, Option, Question, walk

PROJECT = Path(__file__).parents[3]
GUIDE = Guide(
    id="open", title="开店", situation="准备开店",
    questions=(
        Question("first", "做什么？", (
            Option("开店", "water", (Lead("shop", "开店要办证"),)),
            Option("歇业", leads=(Lead("close", "歇业要注销"),)),
            Option("看看", tell="不用办理。"),
        )),
        Question("water", "自己供水吗？", (
            Option("是", leads=(Lead("water", "供水要办证"), Lead("shop", "再说一次"))),
            Option("否", tell="用自来水的不用办理。"),
        )),
    ),
)  # fmt: skip


def test_a_walk_begins_with_the_first_question() -> None:
    way = walk(GUIDE, ())
    assert way is not None and way.open == GUIDE.questions[0] and way.leads == ()


def test_the_matters_of_all_answers_come_together_in_order_and_each_once() -> None:
    way = walk(GUIDE, (0, 0))
    assert way is not None and way.open is None
    assert [(one.matter, one.why) for one in way.leads] == [("shop", "开店要办证"), ("water", "供水要办证")]


def test_an_answer_may_only_tell_something() -> None:
    way = walk(GUIDE, (2,))
    assert way is not None and (way.open, way.leads, way.told) == (None, (), ("不用办理。",))


@pytest.mark.parametrize("answers", [(3,), (-1,), (1, 0), (0, 0, 0)])
def test_answers_that_do_not_fit_lead_nowhere(answers: tuple[int, ...]) -> None:
    assert walk(GUIDE, answers) is None


def _ends(guide: Guide, answers: tuple[int, ...] = ()) -> list[tuple[int, ...]]:
    way = walk(guide, answers)
    assert way is not None
    if way.open is None:
        assert way.leads or way.told
        return [answers]
    return [end for place in range(len(way.open.options)) for end in _ends(guide, (*answers, place))]


def test_every_way_through_the_guides_of_the_project_ends_with_matters_or_words() -> None:
    guides, problems = load_guides(PROJECT, _ids(), {})
    assert problems == () and len(guides) >= 10
    assert all(_ends(guide) for guide in guides)


def test_no_way_through_a_guide_of_the_project_asks_more_than_six_questions() -> None:
    assert max(len(end) for guide in load_guides(PROJECT, _ids(), {})[0] for end in _ends(guide)) <= 6


def test_a_catalogue_of_one_matter_reads_no_guides() -> None:
    catalogue, _ = load_catalogue(PROJECT, "vector_control_filing")
    assert (catalogue.guides, catalogue.synonyms) == (None, None)


def test_a_word_people_use_leads_to_the_word_of_the_matters() -> None:
    synonyms, problems = load_synonyms(PROJECT, {})
    assert problems == () and synonyms.heads["卫生证"] == "卫生许可证"


def test_a_project_without_synonyms_has_none(tmp_path: Path) -> None:
    assert load_synonyms(tmp_path, {})[0].heads == {}


def _ids() -> list[str]:
    return [path.stem for path in PROJECT.glob("matters/*/*.yaml") if not path.name.endswith(".tests.yaml")]
