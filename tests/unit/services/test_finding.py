"""Finding a matter by its words, by what people call things, by sound, and with a slip."""

from __future__ import annotations

import pytest

from engine.model.synonyms import Synonyms
from engine.services.cards import Card, families, related
from engine.services.finding import Finder, slips


def _card(id: str, title: str, action: str, *keywords: str, main: str = "公共场所卫生许可", **more: object) -> Card:
    shared = {"kind": "行政许可", "line": "公共场所", "applicant": ("法人",), "labels": (), "situations": (),
              "summary": "", "promised": "", "instant": False, "pinyin": ()}  # fmt: skip
    return Card(id=id, title=title, action=action, main_item=main, keywords=keywords, **{**shared, **more})  # type: ignore[arg-type]


NEW = _card(
    "new", "公共场所卫生许可（新办）", "新办", "宾馆", "影院", "理发", "卫生许可证",
    situations=("新开店",), pinyin=("binguan", "bg"),
)  # fmt: skip
RENEW = _card("renew", "公共场所卫生许可（延续）", "延续", "到期", "换证")
CANCEL = _card("cancel", "公共场所卫生许可（注销）", "注销", "停业")
NURSE = _card(
    "nurse", "护士执业注册（首次注册）", "新办", "护士证", main="护士执业注册", line="医师护士", applicant=("自然人",),
    summary="考试合格的申请首次注册", pinyin=("hushizheng", "hsz"),
)  # fmt: skip
NURSE_RENEW = _card("nurse_renew", "护士延续注册", "延续", "护士证", main="护士执业注册", line="医师护士")
CARDS = (CANCEL, NEW, NURSE, NURSE_RENEW, RENEW)
HEADS = {"卫生证": "卫生许可证", "电影院": "影院", "酒店": "宾馆", "延期": "延续", "换证": "延续", "不干了": "注销"}
SPELLED = {"宾馆": ("binguan", "bg"), "护士证": ("hushizheng", "hsz")}
FINDER = Finder(CARDS, Synonyms(HEADS, ("怎么办", "我要")), SPELLED)


def _found(text: str) -> list[str]:
    return [card.id for card in FINDER.find(text).cards]


def test_nothing_typed_finds_everything() -> None:
    assert len(_found("  ")) == len(CARDS)


@pytest.mark.parametrize("text, first", [
    ("卫生证", "new"), ("电影院", "new"), ("护士证延期", "nurse_renew"), ("酒店不干了", "cancel"),
    ("宾馆换证", "renew"),
    ("宾馆 延续", "renew"), ("我要开理发店怎么办", "new"), ("binguan", "new"), ("HSZ", "nurse"),
    ("公共场所卫生许可（延续）", "renew"),
])  # fmt: skip
def test_a_matter_is_found_without_a_correction_by(text: str, first: str) -> None:
    found = FINDER.find(text)
    assert (found.cards[0].id, found.meant) == (first, "")


@pytest.mark.parametrize("text, meant", [
    ("为生许可证", "卫生许可证"), ("护土证", "护士证"), ("公共厂所", "公共场所"), ("卫许生可证", "卫生许可证"),
    ("hushizhen", ""),
    ("hushzheng", "护士证"), ("浦东理发店", "理发"),
])  # fmt: skip
def test_a_slip_is_corrected_and_the_correction_is_named(text: str, meant: str) -> None:
    found = FINDER.find(text)
    assert found.cards and found.meant == meant


@pytest.mark.parametrize("text", ["机动车驾驶证", "护土", "qqqqqq", "毒气"])
def test_what_is_not_near_anything_finds_nothing(text: str) -> None:
    assert FINDER.find(text).cards == ()


def test_a_title_goes_before_a_keyword_a_situation_and_other_text() -> None:
    cards = (
        _card("text", "甲", "新办", summary="游泳馆", main="甲"),
        _card("situation", "乙", "新办", situations=("开游泳馆",), main="乙"),
        _card("keyword", "丙", "新办", "游泳馆", main="丙"),
        _card("title", "游泳馆许可", "新办", main="丁"),
    )
    found = Finder(cards, Synonyms(), {}).find("游泳馆")
    assert [card.id for card in found.cards] == ["title", "keyword", "situation", "text"]


def test_the_words_of_one_matter_find_the_others_of_its_main_item_after_it() -> None:
    assert _found("宾馆") == ["new", "renew", "cancel"]


def test_the_acts_of_one_matter_do_not_find_the_others() -> None:
    assert _found("注销") == ["cancel"]


@pytest.mark.parametrize("word, other, count", [
    ("卫生", "卫生", 0), ("卫生", "卫", 1), ("为生", "卫生", 1), ("生卫", "卫生", 1), ("许可", "卫生", 2),
    ("", "卫生", 2),
])  # fmt: skip
def test_slips_are_counted_as_changes_of_one_character_or_a_swap(word: str, other: str, count: int) -> None:
    assert slips(word, other) == slips(other, word) == count


def test_a_family_holds_the_matters_of_one_main_item_from_new_to_cancelled() -> None:
    (places, nurses) = families(CARDS, CARDS)
    assert [card.id for card in places.cards] == ["new", "renew", "cancel"]
    assert (nurses.title, nurses.whole) == ("护士执业注册", 2)


def test_a_family_tells_how_many_of_it_are_not_shown() -> None:
    (family,) = families((RENEW,), CARDS)
    assert (len(family.cards), family.whole) == (1, 3)


def test_the_related_matters_are_the_others_of_the_main_item() -> None:
    assert [card.id for card in related(RENEW, CARDS)] == ["new", "cancel"]
