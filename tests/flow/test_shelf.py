"""Publishing and the shelf."""

from __future__ import annotations

import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.services.shelf import Shelf
from tests.flow.world import World, located, reference, session

KARAOKE = {
    "id": "public_place_new", "title": "公共场所卫生许可", "keywords": ("KTV", "游泳馆"), "situations": ("新开店",)
}  # fmt: skip
WORDS = (
    "公共场所", "卫生 许可", "ggcs", "gonggongchangsuo", "ktv", "KTV", "游泳馆", "新开店", "公共厂所", "gongongchangsuo"
)  # fmt: skip


def test_a_published_matter_is_on_the_shelf_as_it_was_given(world: World) -> None:
    assert world.shelf.current("sample_new") == located()


def test_publishing_the_same_again_changes_nothing(world: World) -> None:
    with world.store.read() as tx:
        before = tx.versions.revision()
    world.publish(located())
    with world.store.read() as tx:
        assert tx.versions.revision() == before


def test_a_new_version_is_on_the_shelf_without_a_restart(world: World) -> None:
    assert world.shelf.current("sample_new").title == "示例许可（新办）"
    world.publish(located(title="二版"))
    assert world.shelf.current("sample_new").title == "二版"


def test_another_process_sees_a_new_version(world: World) -> None:
    other = Shelf(store=world.store, timer=iter(range(100)).__next__)
    other.current("sample_new")
    world.publish(located(title="二版"))
    assert other.current("sample_new").title == "二版"


def test_the_shelf_looks_at_the_database_no_more_than_twice_a_second(world: World) -> None:
    still = Shelf(store=world.store, timer=lambda: 1.0)
    still.current("sample_new")
    world.publish(located(title="二版"))
    assert still.current("sample_new").title == "示例许可（新办）"


def test_an_earlier_version_stays_readable(world: World) -> None:
    first = world.shelf.current("sample_new").hash
    world.publish(located(title="二版"))
    assert world.shelf.version(first).title == "示例许可（新办）"


def test_a_withdrawn_matter_says_that_it_left_the_shelf(world: World) -> None:
    world.publishing.withdraw("sample_new")
    with pytest.raises(ZhunyuError, match="A008"):
        world.shelf.current("sample_new")


def test_an_unknown_matter_is_not_found(world: World) -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        world.shelf.current("nothing")


def test_a_publication_names_where_the_versions_differ(world: World) -> None:
    changed = located(title="二版")
    (published,) = world.publishing.publish(Catalogue({changed.id: changed}, reference()), "测试")
    assert [one for one in published.differences if "名称" in one] == list(published.differences)


def test_the_history_tells_who_published_and_withdrew(world: World) -> None:
    world.publishing.withdraw("sample_new", "王管理")
    assert [(line.action, line.by) for line in world.publishing.history("sample_new")] == [
        ("withdrawn", "王管理"),
        ("published", "测试"),
    ]


def test_an_earlier_version_can_be_put_back(world: World) -> None:
    first = world.shelf.current("sample_new").hash
    world.publish(located(title="二版"))
    world.publishing.restore("sample_new", first, "王管理")
    assert world.shelf.current("sample_new").hash == first


@pytest.mark.parametrize("text", WORDS)
def test_a_matter_is_found_by(world: World, text: str) -> None:
    world.publish(located(**KARAOKE))
    assert world.shelf.search(text)[0].id == "public_place_new"


def test_nothing_is_found_by_what_is_nowhere(world: World) -> None:
    world.publish(located(**KARAOKE))
    assert world.shelf.search("机动车驾驶证") == ()


def test_a_search_keeps_to_its_line(world: World) -> None:
    assert world.shelf.search("许可", line="别的") == ()


def test_a_matter_out_of_use_is_not_offered_and_says_why(world: World) -> None:
    world.publish(located(stopped="依据的办法已经废止"))
    assert "sample_new" not in {card.id for card in world.shelf.cards()}
    with pytest.raises(ZhunyuError, match=r"A008.*停用：依据的办法已经废止"):
        world.shelf.current("sample_new")
    world.publish(located())
    assert world.shelf.current("sample_new") == located()


def test_a_matter_out_of_use_cannot_be_filed(world: World) -> None:
    world.publish(located(stopped="依据的办法已经废止"))
    with pytest.raises(ZhunyuError, match="A008"):
        world.filed(session())
