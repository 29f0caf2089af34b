"""Gathering facts: what may be asked of whom, what is kept, what our own database answers."""

from __future__ import annotations

import threading

import msgspec
import pytest

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.reference import Reference, Source
from engine.model.facts import Fact
from engine.model.matter import FactNeed, Matter
from engine.model.rule import Rule
from engine.model.types import Part, Type
from engine.ports.facts import Ban
from engine.ports.world import Answer
from engine.services import facts as gathering
from tests.flow.world import REGISTRY, TEXT, World, hashed, located, session

ROWS = Type("rows", parts={"number": Part("证号", TEXT), "site": Part("证上地址", TEXT)})
PERSON = Source(
    id="registry.person", title="人员库", authoritative=True, via="peer", path="/person", timeout=1.0, asks="核验",
    args={"id_no": "身份证号"}, many=False, type=Type("record", parts={"name": Part("姓名", TEXT)}),
)  # fmt: skip
STREET = msgspec.structs.replace(
    PERSON, id="registry.street", asks="公开", path="/street", args={"address": "地址"},
    type=Type("record", parts={"district": Part("区", TEXT), "floors": Part("层数", Type("number"))}),
)  # fmt: skip


def own(id: str, asks: str, **args: str) -> Source:
    parts = {"number": Part("编号", TEXT), "ground": Part("事由", TEXT)}
    return Source(
        id=id, title=id, authoritative=True, via="own", path="", timeout=1.0, asks=asks, args=args, many=True,
        type=Type("rows", parts=parts),
    )  # fmt: skip


SOURCES = (
    REGISTRY, PERSON, STREET, own("own.certificates", "公开", type="文本", site="地址", types="多选"),
    own("own.cases", "申请人", code="统一社会信用代码", line="文本", site="地址"),
    own("own.bans", "申请人", code="统一社会信用代码", line="文本"),
)  # fmt: skip


def need(key: str, source: str, each: str = "", max_age: int = 600, **args: str) -> FactNeed:
    return FactNeed(key, key, source, args, Type("record"), max_age=max_age, each=each)


def asking(world: World, *needs: FactNeed) -> Matter:
    matter = hashed(msgspec.structs.replace(located(), id="asking", facts=needs))
    reference = Reference(sources={source.id: source for source in SOURCES})
    world.publishing.publish(Catalogue({"asking": matter, "sample_new": located()}, reference), "测试")
    return matter


def gather(world: World, matter: Matter, *, complete: bool = True, **given: object) -> dict[str, Fact]:
    person = session().subject
    assert person is not None
    consents = given.pop("consents", ())
    return world.facts.gather(
        matter, person, given, None, consents, world.clock.now(), complete=complete  # type: ignore[arg-type]
    )


def test_what_a_source_says_is_kept_with_when_and_its_digest(world: World) -> None:
    matter = asking(world, need("licence", "registry.business", code="applicant.code"))
    fact = gather(world, matter)["licence"]
    assert (fact.state, len(fact.digest), fact.fetched_at[:10]) == ("value", 64, "2026-02-10")


def test_an_answer_is_not_asked_for_again_while_it_is_young(world: World) -> None:
    matter = asking(world, need("licence", "registry.business", code="applicant.code"))
    gather(world, matter), gather(world, matter)
    assert len(world.registry.asked) == 1


def test_an_old_answer_is_asked_for_again(world: World) -> None:
    matter = asking(world, need("licence", "registry.business", code="applicant.code"))
    gather(world, matter)
    world.later(seconds=601)
    gather(world, matter)
    assert len(world.registry.asked) == 2


def test_a_source_for_the_applicant_is_never_asked_about_somebody_else(world: World) -> None:
    matter = asking(world, need("licence", "registry.business", code="other"))
    fact = gather(world, matter, other="91310101000000099X")["licence"]
    assert (fact.state, world.registry.asked) == ("unavailable", [])


def test_a_source_that_needs_consent_is_not_asked_without(world: World) -> None:
    matter = asking(world, need("person", "registry.person", id_no="id_no"))
    fact = gather(world, matter, id_no="310101197102111016")["person"]
    assert (fact.state, world.registry.asked) == ("pending", [])


def test_with_consent_the_source_is_asked_and_the_consent_named(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"name": "陈示安"})
    matter = asking(world, need("person", "registry.person", id_no="id_no"))
    fact = gather(world, matter, id_no="310101197102111016", consents={"person": "CONSENT1"})["person"]
    assert (fact.state, fact.consent) == ("value", "CONSENT1")


def test_a_fact_whose_question_is_not_answered_yet_is_pending(world: World) -> None:
    matter = asking(world, need("street", "registry.street", address="site"))
    assert gather(world, matter, complete=False)["street"].state == "pending"


def test_at_submission_a_fact_without_its_question_is_unavailable(world: World) -> None:
    matter = asking(world, need("street", "registry.street", address="site"))
    assert gather(world, matter)["street"].state == "unavailable"


def test_a_fact_may_be_asked_with_what_another_said(world: World) -> None:
    matter = asking(
        world, need("street", "registry.street", address="licence.address"),
        need("licence", "registry.business", code="applicant.code"),
    )  # fmt: skip
    gather(world, matter)
    assert world.registry.asked[-1] == {"address": "中山东一路1号"}


def test_a_fact_that_rests_on_one_that_is_down_is_down_for_the_same_reason(world: World) -> None:
    world.registry.says = lambda _: Answer("unavailable", reason="连接不上来源")
    matter = asking(
        world, need("licence", "registry.business", code="applicant.code"),
        need("street", "registry.street", address="licence.address"),
    )  # fmt: skip
    assert gather(world, matter)["street"].reason == "连接不上来源"


def test_a_fact_for_each_row_is_asked_once_a_row(world: World) -> None:
    world.registry.says = lambda asked: Answer("value", {"district": asked["address"], "floors": 3})
    matter = asking(world, need("street", "registry.street", each="sites", address="row.address"))
    fact = gather(world, matter, sites=[{"address": "一路"}, {"address": "二路"}])["street"]
    assert [row["district"] for row in fact.value] == ["一路", "二路"]


def test_parts_that_nobody_declared_are_dropped(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"district": "黄浦区", "floors": 3, "owner": "某人"})
    matter = asking(world, need("street", "registry.street", address="site"))
    assert gather(world, matter, site="一路")["street"].value == {"district": "黄浦区", "floors": 3}


@pytest.mark.parametrize("wrong", [{"floors": "三"}, {"floors": 1.5}, {"district": 5}, [], "文本", {"floors": True}])
def test_an_answer_that_is_not_as_declared_is_no_answer(world: World, wrong: object) -> None:
    world.registry.says = lambda _: Answer("value", wrong)
    matter = asking(world, need("street", "registry.street", address="site"))
    fact = gather(world, matter, site="一路")["street"]
    assert (fact.state, fact.reason[:9]) == ("unavailable", "返回内容不符合约定")


def test_a_source_that_never_answers_does_not_hold_the_others_up(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "DEADLINE", 0.3)
    release = threading.Event()

    def slow(asked: object) -> Answer:
        if "address" in asked:  # type: ignore[operator]
            release.wait(10)
        return Answer("value", {"status": "存续", "address": "一路"})

    world.registry.says = slow
    matter = asking(
        world, need("street", "registry.street", address="site"),
        need("licence", "registry.business", code="applicant.code"),
    )  # fmt: skip
    found = gather(world, matter, site="一路")
    release.set()
    world.facts.close()
    assert (found["street"].reason, found["licence"].state) == (gathering.UNTIMELY, "value")


def test_a_question_of_which_a_part_is_left_blank_is_not_asked(world: World) -> None:
    world.issued(session(2))
    matter = asking(world, need("same", "own.certificates", type="=sample", site="site", types="types"))
    fact = gather(world, matter, site="中山东一路1号", types=[])["same"]
    assert fact.state == "unavailable"


def test_our_own_register_tells_of_a_valid_certificate_at_the_address(world: World) -> None:
    world.issued(session(2))
    matter = asking(world, need("same", "own.certificates", type="=sample", site="site"))
    fact = gather(world, matter, site="中山东一路１号")["same"]
    assert [row["number"] for row in fact.value] == ["沪示〔2026〕黄字第00001号"]


def test_our_own_register_tells_nothing_of_another_address(world: World) -> None:
    world.issued(session(2))
    matter = asking(world, need("same", "own.certificates", type="=sample", site="site"))
    assert gather(world, matter, site="中山东一路2号")["same"].state == "empty"


def test_our_own_cases_are_told_to_their_applicant(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    case = world.filed(session())
    matter = asking(world, need("open", "own.cases", code="applicant.code", line="=示例", site="site"))
    fact = gather(world, matter, site="中山东一路1号")["open"]
    assert [row["number"] for row in fact.value] == [case.number]


def test_a_case_that_is_over_is_not_among_the_open_ones(world: World) -> None:
    world.issued(session())
    matter = asking(world, need("open", "own.cases", code="applicant.code", line="=示例", site="site"))
    assert gather(world, matter, site="中山东一路1号")["open"].state == "empty"


def test_a_ban_holds_for_its_term(world: World) -> None:
    person = session().subject
    assert person is not None
    with world.store.write() as tx:
        tx.facts.add_ban(world.ids.new(), person.code, "示例", Ban("隐瞒情况", "2026-01-01", "2026-12-31"))
    matter = asking(world, need("ban", "own.bans", code="applicant.code", line="=示例"))
    during = gather(world, matter)["ban"].state
    world.later(days=365)
    assert (during, gather(world, matter)["ban"].state) == ("value", "empty")


def test_a_draft_changed_while_it_is_being_filed_is_filed_as_it_is_now(world: World) -> None:
    draft = world.draft(session())
    changes = iter([True])

    def says(asked: object) -> Answer:
        if next(changes, False):
            newer = msgspec.structs.replace(draft, answers={**draft.answers, "area": "90"}, revision=2)
            with world.store.write() as tx:
                tx.drafts.replace(newer, 1)
        return Answer("value", {"status": "存续", "address": "中山东一路1号"})

    world.registry.says = says
    assert world.cases.submit(session(), draft.id, "").answers["area"] == "90"


def test_an_answer_that_came_too_late_is_there_the_next_time(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(gathering, "DEADLINE", 0.1)
    release = threading.Event()

    def slow(asked: object) -> Answer:
        release.wait(10)
        return Answer("value", {"district": "黄浦区"})

    world.registry.says = slow
    matter = asking(world, need("street", "registry.street", address="site"))
    first = gather(world, matter, site="一路")["street"].state
    release.set()
    world.facts.close()
    assert (first, gather(world, matter, site="一路")["street"].state) == ("unavailable", "value")


def test_a_matter_nobody_published_has_no_facts_to_ask(world: World) -> None:
    with pytest.raises(ZhunyuError, match="A003"):
        world.shelf.current("asking")


def conditional(world: World) -> Matter:
    condition = Rule("面积 > 3", {">": [{"var": "area"}, 3]}, ("area",))
    wanted = msgspec.structs.replace(need("licence", "registry.business", code="applicant.code"), when=condition)
    return asking(world, wanted)


def test_a_source_is_not_asked_where_the_fact_is_certainly_not_needed(world: World) -> None:
    fact = gather(world, conditional(world), area="2")["licence"]
    assert (fact.state, world.registry.asked) == ("not_applicable", [])


def test_a_source_is_asked_where_the_fact_is_needed_or_may_be(world: World) -> None:
    matter = conditional(world)
    assert gather(world, matter, area="4")["licence"].state == "value"
    assert gather(world, matter)["licence"].state == "value"


def test_a_source_is_not_asked_while_the_answer_it_hangs_on_is_to_come(world: World) -> None:
    fact = gather(world, conditional(world), complete=False)["licence"]
    assert (fact.state, world.registry.asked) == ("pending", [])
