"""好差评 by its pages: no level is chosen beforehand, what was typed is kept, only the office answers."""

from __future__ import annotations

import pytest

from engine.model.commands import Decline
from engine.services.ratings import Given
from tests.web.admin_world import AdminWorld
from tests.web.portal_world import PortalWorld
from tests.web.test_messages import declare


@pytest.fixture(scope="module")
def world(admin_world: AdminWorld) -> AdminWorld:
    declare(admin_world)
    return admin_world


def rated(portal_world: PortalWorld, site: str, **given: str) -> str:
    """The path of the page of a case that was rated."""
    declare(portal_world)
    browser = portal_world.browser()
    path = browser.filed(site=site)
    answer = browser.post(f"{path}/rating", {"point": "办理结果", **given})
    assert answer.status_code == 303, answer.text
    return f"{path}/rating"


def test_no_level_is_chosen_and_none_is_taken_for_granted(portal_world: PortalWorld) -> None:
    declare(portal_world)
    browser = portal_world.browser()
    path = browser.filed(site="评价路1号")
    assert f"{path}/rating" in browser.get(path).text
    assert "checked" not in browser.get(f"{path}/rating").text
    refused = browser.post(f"{path}/rating", {"point": "办理结果", "words": "还没想好"})
    assert refused.status_code == 422 and "没有选满意度" in refused.text and "还没想好" in refused.text


def test_a_rating_is_shown_and_changed_once(portal_world: PortalWorld) -> None:
    path = rated(portal_world, "评价路2号", score="1", **{"label.1": "当场办结", "label.4": "等待时间长"})
    browser = portal_world.browser()
    page = browser.get(path).text
    assert "非常满意" in page and "改评价" in page
    assert browser.post(path, {"point": "办理结果", "score": "2"}).status_code == 303
    assert browser.post(path, {"point": "办理结果", "score": "3"}).status_code == 409


def test_nobody_rates_the_case_of_another(portal_world: PortalWorld) -> None:
    path = rated(portal_world, "评价路3号", score="5")
    assert portal_world.browser("rival").get(path).status_code == 404
    assert portal_world.browser("rival").post(path, {"point": "办理结果", "score": "1"}).status_code == 404


def test_the_office_answers_and_others_do_not(world: AdminWorld) -> None:
    case = world.filed("评价路9号")
    window = world.zhunyu.accounts.sign_in("staff", "window", "Quiet-Harbour-2026")
    world.zhunyu.acting.act(window, case.id, Decline("不属于本机关职权范围。", ("《示例条例》第四条",)), case.version)
    rating = world.zhunyu.ratings.rate(world.applicant, case.id, "办理结果", Given(5, anonymous=True, words="不便署名"))
    path, supervisor = f"/ratings/{rating.id}", world.desk("city")
    assert path in supervisor.page("/ratings")
    assert "有 1 条差评等您答复" in supervisor.page("/")
    assert not any("条差评等您答复" in world.desk(one).page("/") for one in ("window", "approve"))
    page = supervisor.page(path)
    assert "不便署名" in page and case.number not in page and case.id not in page
    assert world.desk("window").client.get(path).status_code == 403
    assert world.desk("approve").post(path, {"words": "我来答复这一条。"}).status_code == 403
    refused = supervisor.post(path, {"words": "好"})
    assert refused.status_code == 422 and ">好</textarea>" in refused.text
    assert supervisor.post(path, {"words": "已约谈经办人员并公示清单。"}).status_code == 303
    assert path in supervisor.page("/ratings?state=answered")
    assert "条差评等您答复" not in supervisor.page("/")
    row = supervisor.client.get("/ratings/figures.csv?by=matter").text
    assert "desk_sample" in row and "好评率" in row
    assert "/ratings/behind?" in supervisor.page("/ratings/figures")
    assert "窗口示例许可" in supervisor.page("/ratings/behind?score=5")
