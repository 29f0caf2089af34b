"""The catalogue and the guides by their pages, without scripts."""

from __future__ import annotations

import msgspec
import pytest

from engine.model.guides import Guide, Lead, Option, Question
from engine.model.synonyms import Synonyms
from engine.services.shelf import GUIDES, SYNONYMS
from tests.web.portal_world import PortalWorld

GUIDE = Guide(
    id="open", title="开一家店", situation="准备开店",
    questions=(
        Question("first", "您要做什么？", (
            Option("开店", "second", (Lead("portal_sample", "开店要办证"),)), Option("只是看看", tell="看看不用办理。"),
        )),
        Question("second", "还要卖水吗？", (
            Option("卖", leads=(Lead("not_there", "卖水要办证"),)), Option("不卖", tell="不卖水的不用另外办理。"),
        )),
    ),
)  # fmt: skip


@pytest.fixture
def world(portal_world: PortalWorld) -> PortalWorld:
    with portal_world.zhunyu.store.write() as tx:
        for name, content in ((GUIDES, (GUIDE,)), (SYNONYMS, Synonyms({"小铺": "开店"}))):
            tx.versions.keep_reference(name, msgspec.json.encode(content), "2026-01-01T00:00:00+08:00")
    portal_world.zhunyu.shelf._looked = -1.0
    return portal_world


def _text(world: PortalWorld, path: str) -> str:
    return world.browser("").get(path).text


@pytest.mark.parametrize("path", ["/", "/guides"])
def test_a_situation_leads_to_its_guide(world: PortalWorld, path: str) -> None:
    assert 'href="/guides/open"' in _text(world, path)


def test_a_guide_asks_one_question_and_every_answer_is_a_link(world: PortalWorld) -> None:
    page = _text(world, "/guides/open")
    assert "您要做什么？" in page and "还要卖水吗？" not in page
    assert 'href="/guides/open?path=1"' in page and 'href="/guides/open?path=2"' in page


def test_one_can_go_back_and_change_an_answer(world: PortalWorld) -> None:
    page = _text(world, "/guides/open?path=1")
    assert "还要卖水吗？" in page and "您的回答" in page
    assert 'href="/guides/open">上一个问题' in page


def test_the_end_names_the_matters_in_order_with_why_and_a_link(world: PortalWorld) -> None:
    page = _text(world, "/guides/open?path=1-2")
    assert "您要办 1 个事项" in page and "开店要办证" in page and 'href="/matters/portal_sample"' in page
    assert "不卖水的不用另外办理。" in page


def test_a_matter_that_is_not_on_the_shelf_is_named_without_a_link(world: PortalWorld) -> None:
    page = _text(world, "/guides/open?path=1-1")
    assert "卖水要办证" in page and "目前不受理" in page and "/matters/not_there" not in page


def test_an_end_without_matters_says_so(world: PortalWorld) -> None:
    assert "您不用在这里办理事项" in _text(world, "/guides/open?path=2")


@pytest.mark.parametrize("path", ["9", "1-9", "x", "1-", "2-1", "-1", "１"])
def test_answers_that_do_not_fit_begin_anew(world: PortalWorld, path: str) -> None:
    answer = world.browser("").get("/guides/open", query_string={"path": path})
    assert (answer.status_code, answer.location) == (303, "/guides/open")


def test_a_guide_that_does_not_exist_is_not_found(world: PortalWorld) -> None:
    assert world.browser("").get("/guides/nothing").status_code == 404


def test_a_word_people_use_finds_the_matter(world: PortalWorld) -> None:
    assert "/matters/portal_sample" in _text(world, "/search?text=小铺")


def test_a_search_that_corrected_a_slip_says_what_it_looked_for(world: PortalWorld) -> None:
    page = _text(world, "/search?text=门户示列")
    assert "您是不是要找" in page and "/matters/portal_sample" in page


def test_a_search_without_result_shows_ways_on(world: PortalWorld) -> None:
    page = _text(world, "/search?text=机动车驾驶证&line=示例")
    assert "没有找到相符的事项" in page and "不限条件再找" in page and "看全部事项" in page and "/guides/open" in page


def test_the_filters_tell_how_many_matters_they_leave(world: PortalWorld) -> None:
    assert "示例（" in _text(world, "/search")


def test_the_specimen_of_a_certificate_is_a_picture_that_may_be_kept(world: PortalWorld) -> None:
    page = _text(world, "/matters/portal_sample")
    assert "样张" in page
    answer = world.browser("").get("/matters/portal_sample/sample.png?v=" + "c" * 16)
    assert (answer.status_code, answer.mimetype) == (200, "image/png")
    assert "immutable" in answer.headers["Cache-Control"]
