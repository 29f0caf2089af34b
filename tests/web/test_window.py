"""窗口收件: a clerk files at the counter with the same form; the receipt; the applicant follows without an account."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from pypdf import PdfReader

from engine.errors import ZhunyuError
from engine.model.case import SupplementItem
from engine.model.checkdigits import id_check_character
from engine.model.commands import AskSupplement
from engine.model.events import Happened
from engine.model.people import Subject
from engine.ports.accounts import Account, Represented
from engine.services.accounts import actor_of
from tests.web.admin_world import PASSWORD, AdminWorld, Desk

FIRM = Subject("法人", "91310101MADEM0011X", "上海示例泊云酒店有限公司")
PERSON = (body := "31010119900307451") + id_check_character(body)
START = "/window/start/desk_sample"
WHO = {
    "kind": "法人", "name": FIRM.name, "code": FIRM.code, "right": "授权", "agent_name": "林示办", "agent_id": PERSON,
    "phone": "13800000001", "letter": "2026年11月1日委托书，办理本次申请", "_do": "start",
}  # fmt: skip


@pytest.fixture
def clerk(admin_world: AdminWorld) -> Desk:
    return admin_world.desk("window")


def begun(clerk: Desk, **changes: str) -> str:
    answer = clerk.post(START, {**WHO, **changes})
    assert answer.status_code == 303, answer.text
    return str(answer.location.rsplit("/", 1)[-1])


def filled(clerk: Desk, site: str, **changes: str) -> str:
    draft = begun(clerk, **changes)
    page = clerk.page(f"/window/apply/{draft}")
    revision = re.search(r'name="_revision" id="revision" value="(\d+)"', page)
    assert revision is not None
    given = {"_revision": revision[1], "_do": "review", "name": FIRM.name, "site": site, "ready": "是"}
    answer = clerk.post(f"/window/apply/{draft}", given)
    assert answer.status_code == 303, answer.text
    return draft


def submit(clerk: Desk, draft: str, declared: str = "林示办") -> Any:
    page = clerk.page(f"/window/apply/{draft}/review")
    key = re.search(r'name="key" value="([^"]+)"', page)
    assert key is not None
    insist = {"insist": "是"} if 'name="insist"' in page else {}
    return clerk.post(f"/window/apply/{draft}/submit", {"key": key[1], "declared": declared, **insist})


def test_a_matter_is_found_as_on_the_portal(clerk: Desk) -> None:
    assert START in clerk.page("/window?text=窗口示例")
    assert "没有找到相符的事项" in clerk.page("/window?text=不存在的事")


def test_the_reader_fills_in_applicant_and_agent(clerk: Desk) -> None:
    page = clerk.post(START, {"whose": "applicant", "line": f"{FIRM.code}|{FIRM.name}|陈示安|示例路1号"}).text
    assert f'value="{FIRM.name}"' in page and f'value="{FIRM.code}"' in page
    page = clerk.post(START, {**WHO, "_do": "read", "whose": "agent", "line": f"林示办,{PERSON},19900307,示例路"}).text
    assert 'value="林示办"' in page and 'name="read" value="是"' in page


def test_a_line_the_reader_got_wrong_is_told_and_nothing_typed_is_lost(clerk: Desk) -> None:
    answer = clerk.post(START, {**WHO, "_do": "read", "line": "乱码"})
    assert (answer.status_code, "没有识别出" in answer.text, f'value="{FIRM.name}"' in answer.text) == (422, True, True)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"code": "91310101MADEM0011Y"}, "校验位"),
        ({"name": ""}, "请填写申请人"),
        ({"right": "本人"}, "法人的申请由"),
        ({"letter": ""}, "授权委托书"),
        ({"agent_id": "123"}, "经办人的"),
    ],
)
def test_who_applies_and_who_came_must_be_in_order(clerk: Desk, changes: dict[str, str], told: str) -> None:
    answer = clerk.post(START, {**WHO, **changes})
    assert (answer.status_code, told in answer.text) == (422, True)


def test_only_clerks_of_the_counter_file_there(admin_world: AdminWorld, clerk: Desk) -> None:
    assert admin_world.desk("approve").client.get("/window").status_code == 403
    draft = begun(clerk)
    assert admin_world.desk("all").client.get(f"/window/apply/{draft}").status_code == 404


def test_a_case_filed_at_the_counter_says_who_filed_it_for_whom_and_who_came(
    admin_world: AdminWorld, clerk: Desk
) -> None:
    answer = submit(clerk, filled(clerk, "窗口路1号"))
    assert answer.status_code == 303, answer.text
    landed = clerk.client.get(answer.location)
    case_id = landed.location.split("/cases/")[1].split("#")[0]
    with admin_world.zhunyu.store.read() as tx:
        case = tx.cases.load(case_id)
        assert tx.past.changes(case_id)
    assert case is not None and case.counter is not None
    assert (case.origin, case.initiator.name, case.subjects) == ("窗口", "黄窗示", (FIRM,))
    agent = case.counter.agent
    assert (agent.name, agent.right, case.counter.declared) == ("林示办", "授权", "林示办")
    page = clerk.page(f"/cases/{case_id}")
    assert "窗口收件记录" in page and PERSON not in page and "打印收件凭证" in page


def test_the_number_of_who_came_does_not_lie_in_the_clear(admin_world: AdminWorld, clerk: Desk) -> None:
    filed = submit(clerk, filled(clerk, "窗口路2号"))
    case_id = clerk.client.get(filed.location).location.split("/cases/")[1].split("#")[0]
    with admin_world.zhunyu.store.read() as tx:
        outline = tx.cases.outline(case_id)
    assert outline is not None and outline.counter is None


def test_without_the_signature_on_paper_nothing_is_filed(clerk: Desk) -> None:
    answer = submit(clerk, filled(clerk, "窗口路3号"), declared=" ")
    assert (answer.status_code, "没有登记纸质申请表上的签名人" in answer.text) == (422, True)


def test_the_receipt_names_the_enquiry_code_and_the_code_opens_the_progress(
    admin_world: AdminWorld, clerk: Desk
) -> None:
    filed = submit(clerk, filled(clerk, "窗口路4号"))
    case_id = clerk.client.get(filed.location).location.split("/cases/")[1].split("#")[0]
    pdf = clerk.client.get(f"/window/receipt/{case_id}").data
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    zhunyu = admin_world.zhunyu
    with zhunyu.store.read() as tx:
        case = tx.cases.load(case_id)
    assert case is not None
    code = zhunyu.enquiries.code(case.number)
    assert code in text and case.number in text and "林示办" in text
    found = zhunyu.enquiries.look(f" {case.number.lower()} ", code.lower())
    assert (found.status, found.matter) == (case.status.value, case.matter_title)
    assert FIRM.name not in str(found) and "林示办" not in str(found)
    for number, guess in ((case.number, "AAAAAAAA"), ("2026010112345678", code), (case.number, "")):
        with pytest.raises(ZhunyuError, match="A003"):
            zhunyu.enquiries.look(number, guess)


def test_the_applicant_sees_the_case_with_an_account_of_the_same_code(admin_world: AdminWorld, clerk: Desk) -> None:
    submit(clerk, filled(clerk, "窗口路5号"))
    accounts = admin_world.zhunyu.accounts
    holder = Account("", "boyun", "applicant", "陈示安", level=3, represents=(Represented(FIRM, "法定代表人"),))
    accounts.create(holder, PASSWORD)
    mine = admin_world.zhunyu.cases.mine(accounts.sign_in("applicant", "boyun", PASSWORD))
    assert any("窗口路5号" in one.summary for one in mine)


def test_a_material_taken_on_paper_is_recorded_and_a_slip_stands_for_it(admin_world: AdminWorld, clerk: Desk) -> None:
    draft = filled(clerk, "窗口路6号")
    given = {"material": "plan", "seen": "复印件，已核对原件", "pages": "3", "kept": "是"}
    assert clerk.post(f"/window/papers/{draft}", {**given, "pages": "0"}).status_code == 422
    assert clerk.post(f"/window/papers/{draft}", given).status_code == 303
    assert "复印件，已核对原件，3 页，留存" in clerk.page(f"/window/papers/{draft}")
    filed = submit(clerk, draft)
    case_id = clerk.client.get(filed.location).location.split("/cases/")[1].split("#")[0]
    with admin_world.zhunyu.store.read() as tx:
        case = tx.cases.load(case_id)
    assert case is not None and case.counter is not None
    assert [one.seen for one in case.counter.papers] == ["复印件，已核对原件"]
    assert case.uploads["plan"][0].name == "纸质材料登记单.pdf"


def test_the_sheet_to_be_signed_bears_the_answers(clerk: Desk) -> None:
    draft = filled(clerk, "窗口路7号")
    pdf = clerk.client.get(f"/window/apply/{draft}/sheet.pdf").data
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)
    assert "窗口路7号" in "".join(text.split()) and "签名" in text


def test_what_the_counter_began_is_not_among_the_ex_officio_forms(clerk: Desk) -> None:
    draft = begun(clerk)
    assert draft in clerk.page("/window") and draft not in clerk.page("/ex-officio")


def test_another_districts_application_is_not_taken(admin_world: AdminWorld) -> None:
    clerk = admin_world.desk("pudong")
    answer = submit(clerk, filled(clerk, "窗口路8号"))
    assert (answer.status_code, "黄浦区" in answer.text, "浦东新区" in answer.text) == (403, True, True)


def test_a_supplement_is_answered_at_the_counter_for_its_own_cases_only(admin_world: AdminWorld, clerk: Desk) -> None:
    filed = submit(clerk, filled(clerk, "窗口路9号"))
    case_id = clerk.client.get(filed.location).location.split("/cases/")[1].split("#")[0]
    product = admin_world.zhunyu
    with product.store.read() as tx:
        case = tx.cases.load(case_id)
    assert case is not None
    items = (SupplementItem("地址写全。", fields=("site",)),)
    who = actor_of(product.accounts.sign_in("staff", "window", PASSWORD))
    product.acting._committing.carry_out(case, AskSupplement(items), who)
    assert "代申请人提交补正" in clerk.page(f"/cases/{case_id}")
    address = f"/window/cases/{case_id}/supplement"
    assert "地址写全。" in clerk.page(address)
    assert clerk.post(address, {"site": "窗口路9号3层"}).status_code == 303
    with product.store.read() as tx:
        after, last = tx.cases.load(case_id), tx.cases.events(case_id)[-1]
    assert after is not None
    assert (after.answers["site"], after.status.value, last.actor.name) == ("窗口路9号3层", "已收件", "黄窗示")
    assert admin_world.desk("pudong").client.get(address).status_code == 404
    online = admin_world.filed("网上路1号")
    assert clerk.client.get(f"/window/cases/{online.id}/supplement").status_code == 404


def test_a_case_is_withdrawn_at_the_counter_by_who_signed_on_paper(admin_world: AdminWorld, clerk: Desk) -> None:
    filed = submit(clerk, filled(clerk, "窗口路11号"))
    case_id = clerk.client.get(filed.location).location.split("/cases/")[1].split("#")[0]
    assert "代申请人撤回" in clerk.page(f"/cases/{case_id}")
    address = f"/window/cases/{case_id}/withdraw"
    assert "不能恢复" in clerk.page(address)
    unsigned = clerk.post(address, {"signed": " ", "reason": "另行选址"})
    assert (unsigned.status_code, "签名人" in unsigned.text, "另行选址" in unsigned.text) == (422, True, True)
    assert admin_world.desk("pudong").post(address, {"signed": "林示办"}).status_code == 404
    assert clerk.post(address, {"signed": "林示办", "reason": "另行选址"}).status_code == 303
    with admin_world.zhunyu.store.read() as tx:
        after, events = tx.cases.load(case_id), tx.cases.events(case_id)
    told = [one for one in events if isinstance(one.event, Happened) and one.event.kind == "撤回"]
    assert after is not None and after.status.value == "已撤回"
    assert told[0].actor.name == "黄窗示" and isinstance(told[0].event, Happened)
    assert "林示办 在纸质撤回申请上签名。另行选址" in told[0].event.detail
    assert "现在不能撤回" in clerk.page(address) and "代申请人撤回" not in clerk.page(f"/cases/{case_id}")
    assert clerk.post(address, {"signed": "林示办"}).status_code == 409
    online = admin_world.filed("网上路2号")
    assert clerk.client.get(f"/window/cases/{online.id}/withdraw").status_code == 404


def test_what_was_typed_at_the_counter_is_kept_when_the_session_ends(admin_world: AdminWorld, clerk: Desk) -> None:
    draft = begun(clerk)
    stranger = admin_world.app.test_client()
    answer = stranger.post(f"/window/apply/{draft}", data={"name": FIRM.name, "site": "窗口路10号", "_do": "save"})
    assert (answer.status_code, "restore" in answer.location) == (303, True)
    parked = re.search(r"restore%3D(\w+)", answer.location)
    assert parked is not None
    clerk.client.get(f"/window/apply/{draft}?restore={parked[1]}")
    assert "窗口路10号" in clerk.page(f"/window/apply/{draft}")
