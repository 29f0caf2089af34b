"""Explanations and receipts on the pages of the portal and the desk."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from engine.matters.encoding import fingerprint
from engine.model.explanation import APPLICANT
from engine.pipeline.explaining import explain
from engine.trust.keys import read_trusted
from engine.trust.receipt import read_receipt
from tests.unit.pipeline.test_explaining import judged
from tests.web.admin_world import AdminWorld
from tests.web.portal_world import PortalWorld, sample

HOTEL: dict[str, str] = {"type": "宾馆", "rooms": "30", "beds": "20"}


def trusted(world: PortalWorld | AdminWorld) -> Any:
    folder = world.zhunyu.settings.data_dir / "keys"
    return read_trusted((folder / "decision-trusted.json").read_text(encoding="utf-8"))


def filled(world: PortalWorld, **answers: str) -> str:
    browser = world.browser()
    draft = browser.start()
    browser.post(draft, {"site": "示例路1号", "manager.name": "李示宁", "manager.phone": "13800000003", **answers})
    return browser.get(draft).text


def test_the_panel_says_what_would_help_and_that_it_must_be_true(portal_world: PortalWorld) -> None:
    page = filled(portal_world, promise="是", **HOTEL)
    assert "如果“客房数”属实填写为 20 间（现为 30 间）" in page and "只有与事实相符时才可以这样填写" in page


def test_the_panel_offers_a_commitment_only_as_information(portal_world: PortalWorld) -> None:
    assert "如确已符合全部条件，可以选择签署“承诺书”" in filled(portal_world, type="旅店")


def test_an_application_that_passes_is_told_nothing_to_change(portal_world: PortalWorld) -> None:
    assert "怎样可以符合条件" not in filled(portal_world, type="旅店", promise="是")


def test_the_case_page_says_why_and_offers_the_receipt(portal_world: PortalWorld) -> None:
    browser = portal_world.browser()
    path = browser.filed()
    page = browser.get(path).text
    assert "为什么可以当场办结" in page and "已书面承诺。" in page and f"{path}/decision-receipt" in page


def test_the_applicants_receipt_is_signed_and_shows_no_openings(portal_world: PortalWorld) -> None:
    matter = sample()
    portal_world.publish(msgspec.structs.replace(matter, hash=fingerprint(matter)))
    browser = portal_world.browser()
    answer = browser.get(f"{browser.filed()}/decision-receipt")
    content = read_receipt(answer.data, trusted(portal_world))
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert (content["form"], content["openings"], content["body"]["outcome"]) == (APPLICANT, {}, "秒批")


def test_somebody_elses_receipt_is_not_found(portal_world: PortalWorld) -> None:
    path = portal_world.browser().filed()
    assert portal_world.browser("rival").get(f"{path}/decision-receipt").status_code == 404


def test_the_desk_shows_the_trace_the_sources_and_the_receipt(admin_world: AdminWorld) -> None:
    case = admin_world.filed("说明路1号")
    page = admin_world.desk("window").page(f"/cases/{case.id}")
    for words in ("裁决过程", "所用数据的来源", "设施已备齐 = 是", "要求 = 是", "《示例条例》第四条", "裁决回执"):
        assert words in page, words


def test_staff_get_the_form_with_openings(admin_world: AdminWorld) -> None:
    case = admin_world.filed("说明路2号")
    answer = admin_world.desk("window").client.get(f"/cases/{case.id}/decision-receipt")
    content = read_receipt(answer.data, trusted(admin_world))
    answers = content["openings"]["application"]["value"]["answers"]
    assert (content["form"], answers["site"]) == ("工作人员", "说明路2号")


def test_another_districts_staff_get_no_receipt(admin_world: AdminWorld) -> None:
    case = admin_world.filed("说明路3号")
    assert admin_world.desk("pudong").client.get(f"/cases/{case.id}/decision-receipt").status_code == 403


HOSTILE = '<script>alert("1")</script>'


@pytest.mark.parametrize("app", ["portal", "admin"])
def test_whatever_stands_in_an_explanation_is_escaped(
    app: str, portal_world: PortalWorld, admin_world: AdminWorld
) -> None:
    from tests.unit.pipeline import sample as small

    matter = small.matter(title=HOSTILE, basis=(HOSTILE,))
    made = explain(matter, *judged(matter, small.licence_fact(address=HOSTILE)), "工作人员")
    flask = portal_world.app if app == "portal" else admin_world.app
    source = '{% from "kit/explanation.html" import whole %}{{ whole(e) }}'
    with flask.test_request_context():
        page = flask.jinja_env.from_string(source).render(e=made)
    assert "<script>" not in page and "&lt;script&gt;" in page
