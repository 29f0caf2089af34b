"""The gate before publication: who is refused, who may overrule, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.tables.publication import publications
from engine.errors import Problem, ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.model.matter import Matter
from engine.ports.accounts import Account
from engine.ports.publication import CheckLine, Publication
from engine.services.publishing import Grounds
from engine.services.publishing_review import Check, Override, Review, first_grounds, grounds_of, weighty
from engine.services.shadow import Shadowing
from tests.flow.world import World, located, reference, together

REASON = "旧版的核对有误伤，先发布，两日内补齐测试。"
WRONG = Problem("M186", "测试“甲”没有通过。", file="a.tests.yaml", line=3)
ONCE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)  # what no database decides


def catalogue(*matters: Matter) -> Catalogue:
    return Catalogue({one.id: one for one in matters}, reference())


def review(world: World, *problems: Problem) -> Review:
    checks: dict[str, Check] = {"测试与覆盖": lambda _catalogue, _matter: problems}
    return Review(store=world.store, checks=checks, impact=lambda _old, _new, last: (f"重判 {last} 件。",))


def publish(world: World, changed: Matter, *problems: Problem, override: Override | None = None) -> Publication:
    """Weigh and publish; the record that was kept."""
    weighing = review(world, *problems)
    before = weighing.differing(catalogue(changed))[changed.id]
    weighed = weighing.weigh(catalogue(changed), changed.id, before, 20, lambda _stage, _matter: None)
    grounds = {changed.id: grounds_of(weighed, override)}
    world.publishing.publish(catalogue(changed), "王业务（wang）", grounds)
    return records(world)[0]


def records(world: World) -> tuple[Publication, ...]:
    with world.store.read() as tx:
        return tx.publications.of_matter("sample_new")


@pytest.fixture
def keeper(world: World) -> Iterator[Account]:
    made = Account("KEEPER", "wang", "staff", "王业务", level=2, roles=("业务管理",), district="市级")
    with world.store.write() as tx:
        tx.accounts.add(made, "hash", world.at)
    yield made


@ONCE
def test_a_version_that_passes_is_published_with_what_was_weighed(world: World) -> None:
    first = world.shelf.current("sample_new").hash
    record = publish(world, located(title="二版"))
    assert (record.how, record.previous, record.checks, record.impact) == (
        "通过", first, (CheckLine("测试与覆盖", "通过"),), ("重判 20 件。",)
    )  # fmt: skip
    assert [words for words in record.differences if "名称" in words]


@ONCE
def test_a_version_that_fails_is_refused_with_every_failure(world: World) -> None:
    first = world.shelf.current("sample_new").hash
    with pytest.raises(ZhunyuError, match="A014") as refused:
        publish(world, located(title="二版"), WRONG, WRONG)
    assert len(refused.value.problems) == 2
    assert world.shelf.current("sample_new").hash == first


def test_an_override_is_kept_with_who_when_why_and_what_failed(world: World, keeper: Account) -> None:
    changed = located(title="二版")
    record = publish(world, changed, WRONG, override=review(world).override("wang", REASON))
    assert (record.how, record.account, record.reason, record.hash, record.at) == (
        "例外", "KEEPER", REASON, changed.hash, world.at
    )  # fmt: skip
    assert record.failures == (f"测试与覆盖：{WRONG}",)


def test_an_override_is_in_the_sealed_history(world: World, keeper: Account) -> None:
    publish(world, located(title="二版"), WRONG, override=review(world).override("wang", REASON))
    with world.store.read() as tx:
        last = tx.history.of_trail("matter:sample_new")[-1]
    assert (last.entry.what, last.entry.actor) == ("发布 例外", "KEEPER")
    assert last.content is not None and REASON in last.content.decode()


@ONCE
def test_an_override_is_not_claimed_where_nothing_failed(world: World, keeper: Account) -> None:
    record = publish(world, located(title="二版"), override=review(world).override("wang", REASON))
    assert (record.how, record.account, record.reason) == ("通过", "", "")


@ONCE
def test_only_an_active_keeper_overrules(world: World) -> None:
    others = [
        Account("A", "clerk", "staff", "李审批", roles=("审批",), district="市级"),
        Account("B", "gone", "staff", "赵离职", roles=("业务管理",), district="市级", active=False),
    ]
    with world.store.write() as tx:
        for one in others:
            tx.accounts.add(one, "hash", world.at)
            tx.accounts.update(one)
    for login in ("clerk", "gone", "nobody"):
        with pytest.raises(ZhunyuError, match="A002"):
            review(world).override(login, REASON)


@pytest.mark.parametrize("reason", ["", "急", "　　　　　　　　　　　　", "同意同意同意同意同意同意", "a b c d e f"])
def test_a_reason_that_says_nothing_is_refused(reason: str) -> None:
    with pytest.raises(ZhunyuError, match="A004"):
        weighty(reason)


def test_the_database_refuses_to_change_a_record(world: World) -> None:
    for change in (sa.update(publications).values(how="通过"), sa.delete(publications)):
        with pytest.raises(sa.exc.DBAPIError, match="never changed"), world.database.write() as connection:
            connection.execute(change)


def test_of_two_publishers_at_once_one_wins_and_the_other_is_told(world: World) -> None:
    first = world.shelf.current("sample_new").hash
    versions = [located(title=f"第 {place} 版") for place in range(2)]
    grounds = {"sample_new": Grounds(first, "通过")}
    ended = together(2, lambda place: world.publishing.publish(catalogue(versions[place]), f"人{place}", grounds))
    told = [one for one in ended if isinstance(one, ZhunyuError)]
    assert [one.code for one in told] == ["C002"]
    assert len(records(world)) == 2


def test_of_two_publishers_of_the_same_version_none_is_refused(world: World) -> None:
    grounds = {"sample_new": Grounds(world.shelf.current("sample_new").hash, "通过")}
    changed = catalogue(located(title="二版"))
    ended = together(2, lambda place: world.publishing.publish(changed, f"人{place}", grounds))
    assert sorted(one[0].changed for one in ended if not isinstance(one, ZhunyuError)) == [False, True]


def test_a_publication_that_lost_leaves_nothing_behind(world: World) -> None:
    other = msgspec.structs.replace(located(title="另一事项"), id="sample_other", hash="7" * 64)
    world.publish(located(title="二版"))
    stale = {"sample_new": Grounds("0" * 64, "通过"), "sample_other": Grounds("", "通过")}
    with pytest.raises(ZhunyuError, match="C002"):
        world.publishing.publish(catalogue(located(title="三版"), other), "迟到的人", stale)
    with pytest.raises(ZhunyuError, match="A003"):
        world.shelf.current("sample_other")


def test_a_first_installation_is_recorded_as_unchecked(world: World) -> None:
    other = msgspec.structs.replace(located(title="另一事项"), id="sample_other", hash="7" * 64)
    world.publishing.publish(catalogue(other), "部署", first_grounds(catalogue(other)))
    record = world.publishing.checked(("7" * 64,))["7" * 64]
    assert (record.how, [line.state for line in record.checks]) == ("初装", ["未检查"])


@ONCE
def test_a_draft_that_was_never_published_cannot_be_restored(world: World) -> None:
    draft = located(title="草案")
    Shadowing(store=world.store, clock=world.clock, ids=world.ids, shelf=world.shelf).start(draft, "王业务")
    with pytest.raises(ZhunyuError, match="A003"):
        world.publishing.restore("sample_new", draft.hash, "王业务")


@ONCE
def test_restoring_keeps_the_reason(world: World) -> None:
    first = world.shelf.current("sample_new").hash
    world.publish(located(title="二版"))
    world.publishing.restore("sample_new", first, "王业务（wang）", "KEEPER", REASON)
    newest = records(world)[0]
    assert (newest.how, newest.reason, newest.account) == ("恢复", REASON, "KEEPER")


@ONCE
def test_a_withdrawn_matter_is_weighed_again_before_it_comes_back(world: World) -> None:
    world.publishing.withdraw("sample_new", "王业务")
    assert review(world).differing(catalogue(located())) == {"sample_new": located().hash}


@ONCE
def test_a_check_that_breaks_has_not_passed(world: World) -> None:
    def broken(_catalogue: Catalogue, _matter: Matter) -> tuple[Problem, ...]:
        raise RecursionError("太深")

    weighing = Review(store=world.store, checks={"证明": broken})
    weighed = weighing.weigh(catalogue(located()), "sample_new", "", 0, lambda _stage, _matter: None)
    assert [line.state for line in weighed.checks] == ["未通过"]
    assert "检查没有做完：RecursionError 太深" in weighed.failures[0]


@ONCE
def test_a_replay_that_breaks_does_not_stop_a_publication(world: World) -> None:
    def broken(_old: Matter, _new: Matter, _last: int) -> tuple[str, ...]:
        raise OSError("盘满")

    weighing = Review(store=world.store, checks={}, impact=broken)
    before = world.shelf.current("sample_new").hash
    weighed = weighing.weigh(catalogue(located(title="二版")), "sample_new", before, 9, lambda _stage, _matter: None)
    assert weighed.impact == ("没有推演完：OSError 盘满。",) and weighed.failures == ()
