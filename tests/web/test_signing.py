"""The desk asks for the signing PIN; the case page shows what stands of the signatures."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from engine.model.case import Case, Status
from engine.trust.pki.issuing import Subject
from tests.web.admin_world import AdminWorld

PIN = "tide-2026"


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminWorld]:
    made = AdminWorld(tmp_path_factory.mktemp("signing"), signing="required")
    with made.zhunyu.store.read() as tx:
        staff = {one.login: one for one in tx.accounts.list("staff")}
    for login in ("window", "inspect1"):
        one = staff[login]
        made.zhunyu.signing.authority.issue("officer", one.id, Subject(one.name), pin=PIN, iterations=1000)
    yield made
    made.close()


def confirm(world: AdminWorld, case: Case, login: str = "window") -> str:
    answer = world.desk(login).act(case, "accept", {"confirmed": "", "opinion": "予以受理。"})
    return str(answer.text)


def test_the_page_of_confirmation_asks_for_the_pin(world: AdminWorld) -> None:
    page = confirm(world, world.filed("签名路1号"))
    assert re.search(r'<input[^>]+name="pin" type="password"[^>]+required', page)


def test_with_the_pin_the_decision_is_taken_and_shown_as_signed(world: AdminWorld) -> None:
    case = world.filed("签名路2号")
    assert world.desk("window").act(case, "accept", {"opinion": "予以受理。", "pin": PIN}).status_code == 303
    page = world.desk("window").page(f"/cases/{case.id}")
    assert world.case(case).status is Status.ACCEPTED
    assert "1 个签名，全部有效" in page and "黄窗示" in page


@pytest.mark.parametrize("pin", ["", "tide-2027"])
def test_without_the_right_pin_the_page_comes_back_with_what_was_typed(world: AdminWorld, pin: str) -> None:
    case = world.filed(f"签名路3号{pin}")
    answer = world.desk("window").act(case, "accept", {"opinion": "一字不少的意见。", "pin": pin})
    assert (answer.status_code, world.case(case).status) == (403, Status.RECEIVED)
    assert 'value="一字不少的意见。"' in answer.text and "签名口令" in answer.text
    assert f'value="{pin}"' not in answer.text or not pin


def test_an_officer_without_a_certificate_is_told_so_before_and_after(world: AdminWorld) -> None:
    case = world.filed("签名路4号")
    assert "您还没有签名证书" in confirm(world, case, "all")
    answer = world.desk("all").act(case, "accept", {"opinion": "予以受理。", "pin": PIN})
    assert (answer.status_code, "没有签名证书" in answer.text) == (403, True)


def test_a_decision_on_an_outdated_page_keeps_the_text_and_signs_nothing(world: AdminWorld) -> None:
    case = world.filed("签名路5号")
    world.desk("window").act(case, "accept", {"opinion": "予以受理。", "pin": PIN})
    answer = world.desk("window").act(case, "accept", {"opinion": "再来一次。", "pin": PIN}, version=case.version)
    assert answer.status_code == 409 and "再来一次。" in answer.text
    assert len(world.zhunyu.signing.review.of_case(case.id)) == 1


def test_a_letter_is_numbered_sealed_and_verifies_in_public(world: AdminWorld) -> None:
    case = world.filed("签名路6号")
    world.desk("window").act(case, "accept", {"opinion": "予以受理。", "pin": PIN})
    letter = world.desk("window").client.get(f"/cases/{case.id}/letters/receipt").data
    again = world.desk("window").client.get(f"/cases/{case.id}/letters/receipt").data
    found = world.zhunyu.certificates.by_file(letter)
    assert letter == again and found.state == "valid"
    assert re.search(r"受理通知书，受〔20\d\d〕\d+号", found.reason)
    assert world.zhunyu.certificates.by_file(letter.replace(b"%PDF-", b"%PDF+")).state != "valid"


def test_the_demonstration_tells_its_pin(world: AdminWorld) -> None:
    assert "135790" in confirm(world, world.filed("签名路7号"))


def test_an_act_beside_the_steps_is_signed_too(world: AdminWorld) -> None:
    case = world.filed("签名路7号")
    world.desk("window").act(case, "accept", {"opinion": "予以受理。", "pin": PIN})
    with world.zhunyu.store.read() as tx:
        staff = {one.login: one.id for one in tx.accounts.list("staff")}
    given = {"version": world.case(case).version, "confirmed": "1", "target": "inspect-1", "to": staff["inspect2"],
             "reason": "休假，请代为核查"}  # fmt: skip
    address = f"/cases/{case.id}/moves/hand_over"
    without = world.desk("inspect1").post(address, given)
    signed = world.desk("inspect1").post(address, {**given, "pin": PIN})
    assert (without.status_code, "休假，请代为核查" in without.text, signed.status_code) == (403, True, 303)
    assert [(one.act, one.state) for one in world.zhunyu.signing.review.of_case(case.id)][-1] == ("转办", "有效")
