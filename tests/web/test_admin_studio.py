"""The pages of matter management: who may open them, and what they say."""

from __future__ import annotations

import io
from pathlib import Path

import msgspec
import pytest

from engine.matters.catalogue import Catalogue
from engine.model.matter import Matter
from engine.ports.publication import CheckLine
from engine.services.publishing import Grounds
from engine.services.shadow import KIND
from engine.worker.dispatcher import LANES
from tests.flow.world import reference
from tests.web.admin_world import AdminWorld, desk_matter

TABS = ("", "/versions", "/trial", "/shadow", "/replay")
REASON = "旧版的核对有误伤，先发布，两日内补齐测试。"


@pytest.fixture(scope="module")
def studied(admin_world: AdminWorld) -> str:
    """A matter of its own with two versions, the second published by an override."""
    first = msgspec.structs.replace(desk_matter(), id="desk_studied", title="研习示例", hash="1" * 64)
    second = msgspec.structs.replace(first, title="研习示例（二版）", hash="2" * 64)
    publishing = admin_world.zhunyu.publishing
    publishing.publish(catalogue(first), "部署")
    grounds = Grounds(
        "1" * 64, "例外", "ACCOUNT", REASON, (CheckLine("测试与覆盖", "未通过", "1 处"),), ("测试“甲”没有通过。",),
        ("重判 20 件，1 件结论不同。",),
    )  # fmt: skip
    publishing.publish(catalogue(second), "黄业示（matters）", {"desk_studied": grounds})
    admin_world.zhunyu.shelf._looked = 0.0
    return "/studio/desk_studied"


def catalogue(matter: Matter) -> Catalogue:
    return Catalogue({matter.id: matter}, reference())


@pytest.mark.parametrize("login", ["matters", "city"])
@pytest.mark.parametrize("tab", TABS)
def test_the_keeper_and_the_supervisor_read_every_tab(
    admin_world: AdminWorld, studied: str, login: str, tab: str
) -> None:
    assert admin_world.desk(login).client.get(studied + tab).status_code == 200


@pytest.mark.parametrize("path", ["", *(f"/desk_sample{tab}" for tab in TABS), "/desk_sample/draft"])
def test_staff_without_the_role_are_refused(admin_world: AdminWorld, path: str) -> None:
    assert admin_world.desk("approve").client.get(f"/studio{path}").status_code == 403


def test_the_supervisor_reads_and_changes_nothing(admin_world: AdminWorld, studied: str) -> None:
    desk = admin_world.desk("city")
    assert "恢复这一版本" not in desk.page(f"{studied}/versions")
    assert desk.client.get(f"{studied}/draft").status_code == 403
    assert desk.post(f"{studied}/shadow/RUN/stop", {}).status_code == 403


def test_the_list_tells_an_override(admin_world: AdminWorld, studied: str) -> None:
    page = admin_world.desk("matters").page("/studio?text=研习")
    assert "例外发布" in page and "1 处未通过" in page


def test_a_matter_that_was_taken_off_stays_in_the_list(admin_world: AdminWorld) -> None:
    gone = msgspec.structs.replace(desk_matter(), id="desk_taken_off", title="撤下示例", hash="9" * 64)
    admin_world.zhunyu.publishing.publish(catalogue(gone), "部署")
    admin_world.zhunyu.publishing.withdraw("desk_taken_off", "黄业示（matters）")
    admin_world.zhunyu.shelf._looked = 0.0
    page = admin_world.desk("matters").page("/studio")
    assert "撤下示例" in page and "已撤下" in page


def test_the_history_shows_reason_failures_and_differences(admin_world: AdminWorld, studied: str) -> None:
    page = admin_world.desk("city").page(f"{studied}/versions")
    assert REASON in page and "测试“甲”没有通过。" in page and "由 “研习示例” 改为 “研习示例（二版）”" in page


def test_the_replay_of_a_publication_is_kept(admin_world: AdminWorld, studied: str) -> None:
    assert "重判 20 件，1 件结论不同。" in admin_world.desk("city").page(f"{studied}/replay")


def test_the_rules_are_shown_in_words(admin_world: AdminWorld, studied: str) -> None:
    page = admin_world.desk("city").page(studied)
    assert "设施已备齐 = 是" in page and "《示例条例》第四条" in page and "不得由办过“受理”“现场核查”的人办" in page


def test_restoring_without_a_reason_says_so_and_keeps_what_was_typed(admin_world: AdminWorld, studied: str) -> None:
    answer = admin_world.desk("matters").post(f"/matters/desk_studied/restore/{'1' * 64}", {"reason": "急"})
    assert answer.status_code == 422 and "理由没有写清楚" in answer.text and ">急</textarea>" in answer.text


def test_a_trial_with_a_fact_not_obtained_goes_to_a_person(admin_world: AdminWorld, studied: str) -> None:
    given = {"_day": "2026-11-23", "_level": "3", "_authority": "法定代表人", "_name": "甲", "_code": "91",
             "_fact.licence": "unavailable", "ready": "否", "_do": "judge"}  # fmt: skip
    page = admin_world.desk("matters").post(f"{studied}/trial", given).text
    assert "设施没有备齐。" in page and 'id="result"' in page


def test_a_trial_on_a_day_that_is_none_is_refused(admin_world: AdminWorld, studied: str) -> None:
    assert admin_world.desk("matters").post(f"{studied}/trial", {"_day": "昨天"}).status_code == 422


def test_a_trial_files_nothing(admin_world: AdminWorld, studied: str) -> None:
    admin_world.desk("matters").post(f"{studied}/trial", {"ready": "是", "_do": "judge"})
    with admin_world.zhunyu.store.read() as tx:
        assert not [one for one in tx.effects.dead() if one.to == "desk_studied"]
        from engine.ports.cases import CaseQuery

        assert tx.cases.lines(CaseQuery(matter="desk_studied")) == ()


def test_a_shadow_run_is_reported_and_stopped(admin_world: AdminWorld) -> None:
    zhunyu = admin_world.zhunyu
    draft = msgspec.structs.replace(desk_matter(), precheck=(), hash="3" * 64)
    run = zhunyu.shadows.start(draft, "黄业示（matters）")
    zhunyu.shelf._looked = 0.0
    case = admin_world.filed()
    kinds = next(lane.kinds for lane in LANES if KIND in lane.kinds)
    zhunyu.effects.work(kinds, 5, lambda: False)
    page = admin_world.desk("city").page("/studio/desk_sample/shadow")
    stopped = admin_world.desk("matters").post(f"/studio/desk_sample/shadow/{run.id}/stop", {})
    assert case.number in page and "停止影子运行" not in page
    assert (stopped.status_code, zhunyu.shadows.list("desk_sample")[0].state) == (303, "stopped")


def test_a_draft_with_faults_is_told_with_their_places(admin_world: AdminWorld) -> None:
    told = _hand_in(admin_world, lambda text: text.replace("effective:", "effectve:"))
    assert told.status_code == 422 and "M110" in told.text and "草案:" in told.text


def test_a_draft_is_compared_and_checked_without_being_published(admin_world: AdminWorld) -> None:
    before = admin_world.zhunyu.publishing.history("public_place_reissue")
    told = _hand_in(admin_world, lambda text: text.replace("title: ", "title: 新的", 1))
    assert told.status_code == 200 and "名称：由" in told.text
    assert admin_world.zhunyu.publishing.history("public_place_reissue") == before


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\x00", b"- 1\n- 2\n", b"a: &x [*x]\n", b"x" * 300_001])
def test_what_is_no_matter_is_refused_without_a_fault(admin_world: AdminWorld, content: bytes) -> None:
    assert _hand_in(admin_world, lambda _: content).status_code == 422


def test_a_hand_in_without_a_file_says_so(admin_world: AdminWorld) -> None:
    assert admin_world.desk("matters").post("/studio/desk_sample/draft", {"_do": "check"}).status_code == 422


def _hand_in(world: AdminWorld, change):  # type: ignore[no-untyped-def]
    from engine.settings import ROOT

    path = Path(ROOT, "matters", "public_place", "public_place_reissue.yaml")
    if not world.zhunyu.publishing.history("public_place_reissue"):
        world.zhunyu.publishing.publish(_reissue(ROOT), "部署")
        world.zhunyu.shelf._looked = 0.0
    changed = change(path.read_text(encoding="utf-8"))
    content = changed if isinstance(changed, bytes) else changed.encode()
    return world.desk("matters").post(
        "/studio/public_place_reissue/draft", {"_do": "check", "draft": (io.BytesIO(content), "草案.yaml")}
    )


def _reissue(root: Path) -> Catalogue:
    from engine.matters.catalogue import load_catalogue

    return load_catalogue(root, "public_place_reissue")[0]
