"""What the catalogue keeps beside the matters: cards, guides, words people use, how often a matter is applied for."""

from __future__ import annotations

from datetime import timedelta

import msgspec
import pytest

from engine.matters.catalogue import Catalogue
from engine.model.guides import Guide, Lead, Option, Question
from engine.model.matter import Matter
from engine.model.synonyms import Synonyms
from engine.ports.versions import VersionStore
from engine.services.browsing import INSTANT, PAGE, Asked, listing
from engine.services.popularity import EVERY, Popularity
from engine.services.shelf import CARDS, Shelf
from tests.flow.world import World, located, reference, session

GUIDE = Guide("open", "开店", "准备开店", (
    Question("first", "做什么？", (
        Option("开店", leads=(Lead("sample_new", "要办证"),)), Option("看看", tell="不用办。"),
    )),
), ("饭馆",))  # fmt: skip


def _published(world: World, *matters: Matter) -> None:
    catalogue = Catalogue(
        {one.id: one for one in matters}, reference(), guides=(GUIDE,), synonyms=Synonyms({"发证": "示例"})
    )
    world.publishing.publish(catalogue, "测试")


def _counting(world: World, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    loaded: list[str] = []
    real = type(_versions(world)).load

    def load(self: VersionStore, hash: str) -> Matter | None:
        loaded.append(hash)
        return real(self, hash)

    monkeypatch.setattr(type(_versions(world)), "load", load)
    return loaded


def _versions(world: World) -> VersionStore:
    with world.store.read() as tx:
        return tx.versions


def test_a_list_of_matters_loads_no_matter(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = _counting(world, monkeypatch)
    shelf = Shelf(store=world.store)
    assert [card.id for card in shelf.offered()] == ["sample_new"] and loaded == []


def test_a_matter_is_loaded_when_it_is_asked_for_and_only_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    loaded = _counting(world, monkeypatch)
    shelf = Shelf(store=world.store)
    assert shelf.current("sample_new") == shelf.current("sample_new") == located()
    assert len(loaded) == 1


def test_a_card_that_was_not_kept_is_made_from_its_version(world: World) -> None:
    with world.store.write() as tx:
        tx.versions.keep_reference(CARDS, b"{}", "2026-01-01T00:00:00+08:00")
    (card,) = Shelf(store=world.store).cards()
    assert (card.id, card.title) == ("sample_new", located().title)


def test_cards_of_an_earlier_form_are_made_anew(world: World) -> None:
    with world.store.write() as tx:
        found = msgspec.json.decode(tx.versions.reference(CARDS) or b"{}")
        tx.versions.keep_reference(CARDS, msgspec.json.encode({**found, "shape": ["id"]}), "2026-01-01T00:00:00+08:00")
    assert Shelf(store=world.store).cards()[0].title == located().title


def test_guides_and_words_go_on_the_shelf_with_the_matters(world: World) -> None:
    _published(world, located())
    assert world.shelf.guides() == (GUIDE,)
    assert [card.id for card in world.shelf.search("发证")] == ["sample_new"]


def test_publishing_one_matter_alone_leaves_the_guides(world: World) -> None:
    _published(world, located())
    world.publish(located(title="二版"))
    assert world.shelf.guides() == (GUIDE,)


def test_a_case_is_counted_once_however_often_it_is_counted(world: World) -> None:
    popularity = Popularity(store=world.store, clock=world.clock)
    world.filed(session())
    world.clock.move(EVERY)
    assert popularity.roll_up() and popularity.counted() == {"sample_new": 1}
    assert not popularity.roll_up()
    world.clock.move(EVERY * 2)
    assert popularity.roll_up() and popularity.counted() == {"sample_new": 1}


def test_a_case_that_has_just_come_waits_for_the_next_count(world: World) -> None:
    popularity = Popularity(store=world.store, clock=world.clock)
    world.filed(session())
    assert popularity.roll_up() and popularity.counted() == {}
    world.clock.move(EVERY + timedelta(minutes=2))
    assert popularity.roll_up() and popularity.counted() == {"sample_new": 1}


def test_who_counts_second_changes_nothing(world: World) -> None:
    world.filed(session())
    with world.store.write() as tx:
        assert tx.uses.count_on(0, 100, "", "9999")
    with world.store.write() as tx:
        assert not tx.uses.count_on(0, 100, "", "9999")
    with world.store.read() as tx:
        assert tx.uses.counted() == {"sample_new": 1}


def test_what_is_applied_for_most_comes_first_and_what_never_was_does_not_come(world: World) -> None:
    world.publish(located(), located(id="other", title="另一件", hash="f" * 64))
    assert world.shelf.most_used(5) == ()
    with world.store.write() as tx:
        tx.uses.count_on(0, 1, "", "")
    world.filed(session())
    world.clock.move(EVERY)
    Popularity(store=world.store, clock=world.clock).roll_up()
    assert [card.id for card in Shelf(store=world.store).most_used(5)] == ["sample_new"]


def _many(world: World) -> Shelf:
    matters = [
        located(
            id=f"m{n}", title=f"示例许可{n}", hash=f"{n:064d}", main_item=f"主项{n // 2}",
            line="甲" if n % 3 else "乙", labels=("双100",) if n % 2 else (),
        )
        for n in range(2 * PAGE + 4)
    ]  # fmt: skip
    _published(world, *matters)
    return Shelf(store=world.store)


def test_a_page_holds_families_and_the_last_page_the_rest(world: World) -> None:
    shelf = _many(world)
    first, last, beyond = (listing(shelf, Asked(), page) for page in (1, 2, 99))
    assert len(first.families) == PAGE and (first.page, first.pages) == (1, 2)
    assert last == beyond and last.families


def test_each_filter_counts_what_it_would_leave_beside_the_others(world: World) -> None:
    found = listing(_many(world), Asked(line="乙", label="双100"))
    assert found.count == found.lines["乙"] == found.labels["双100"]
    assert found.lines["甲"] > 0


def test_what_can_be_granted_at_once_filters_like_a_label(world: World) -> None:
    found = listing(Shelf(store=world.store), Asked(label=INSTANT))
    assert found.count == found.labels[INSTANT] == 1


def test_a_text_brings_the_guides_whose_words_it_says(world: World) -> None:
    _published(world, located())
    assert listing(world.shelf, Asked(text="开饭馆")).guides == (GUIDE,)
    assert listing(world.shelf, Asked(text="别的")).guides == ()
