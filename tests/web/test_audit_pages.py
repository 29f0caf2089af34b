"""The pages of auditors, security officers and supervisors: who may, what is recorded, what is masked."""

from __future__ import annotations

import json
import re
from typing import Any

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.tables.audit import data_views
from engine.adapters.sql.tables.cases import case_events
from engine.adapters.sql.tables.history import audit_entries
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.people import Subject
from engine.ports.accounts import Account, Represented
from engine.ports.history import HistoryQuery, StoredEntry
from engine.web.access import allowed, declared
from engine.web.app import SESSION_KEY
from tests.web.admin_world import PASSWORD, AdminWorld

PERSON = Subject("自然人", "310101197102111016", "陈示安")
PAGES = (
    "/audit/operation", "/audit/security", "/audit/analysis", "/audit/integrity", "/audit/accounts", "/audit/trace",
)  # fmt: skip
MAY = {
    "audit": PAGES, "security": ("/audit/security", "/audit/analysis", "/audit/integrity", "/audit/accounts"),
    "city": ("/audit/trace",), "window": (), "system": (), "matters": (),
}  # fmt: skip
AUDITORS_POSTS = {
    "audit.content", "audit.export_operation", "audit.export_security", "audit_figures.verify", "audit_trace.unmask",
    "audit_trace.report", "audit_trace.bundle",
}  # fmt: skip


@pytest.fixture
def world(admin_world: AdminWorld) -> AdminWorld:
    return admin_world


def entries(world: AdminWorld, **asked: Any) -> list[StoredEntry]:
    world.zhunyu.audit.watching.flush()
    with world.zhunyu.store.read() as tx:
        return list(tx.history.search(HistoryQuery(**asked)))


def account(world: AdminWorld, login: str) -> str:
    with world.zhunyu.store.read() as tx:
        found = tx.accounts.by_login("staff", login)
    assert found is not None
    return found[0].id


def told(entry: StoredEntry) -> dict[str, Any]:
    assert entry.content is not None
    return dict(json.loads(entry.content))


def of_a_person(world: AdminWorld) -> Case:
    """A case whose subject is a natural person with an identity number."""
    case = world.filed()
    with world.zhunyu.store.write() as tx:
        kept = tx.cases.load(case.id)
        assert kept is not None
        tx.cases.replace(kept.version, msgspec.structs.replace(kept, subjects=(PERSON,)), ())
    return case


@pytest.mark.parametrize(("login", "page"), [(login, page) for login in MAY for page in PAGES])
def test_each_page_opens_for_those_it_is_for_and_nobody_else(world: AdminWorld, login: str, page: str) -> None:
    assert world.desk(login).client.get(page).status_code == (200 if page in MAY[login] else 403)


def test_an_auditor_may_post_nothing_but_what_shows_or_hands_out_records(world: AdminWorld) -> None:
    world.desk("audit")
    session = world.zhunyu.accounts.session(world._tokens["audit"])
    posts = {
        rule.endpoint for rule in world.app.url_map.iter_rules()
        if "POST" in (rule.methods or ()) and declared(world.app.view_functions[rule.endpoint]).startswith("role:")
        and allowed(declared(world.app.view_functions[rule.endpoint]), session, "")
    }  # fmt: skip
    assert posts <= AUDITORS_POSTS | {name for name in posts if name.startswith(("archives.", "archive_lists."))}


@pytest.mark.parametrize("login", ["audit", "security", "system"])
def test_no_officer_decides_or_takes_a_case(world: AdminWorld, login: str) -> None:
    case = world.filed()
    desk = world.desk(login)
    codes = [desk.act(case, "accept").status_code, desk.post(f"/cases/{case.id}/tasks/accept.1/claim", {}).status_code]
    assert all(code in (403, 409) for code in codes) and world.case(case).version == case.version


@pytest.mark.parametrize("login", ["security", "system"])
def test_system_and_security_officers_see_no_case(world: AdminWorld, login: str) -> None:
    case = world.filed()
    codes = [world.desk(login).client.get(path).status_code for path in (f"/cases/{case.id}", "/certificates", "/")]
    assert codes == [403, 403, 303]


@pytest.mark.parametrize("roles", [("审计", "系统"), ("安全", "审批"), ("审计", "窗口", "审批"), ("系统", "安全")])
def test_an_account_of_two_offices_is_refused(world: AdminWorld, roles: tuple[str, ...]) -> None:
    with pytest.raises(ZhunyuError, match="A016 "):
        world.zhunyu.accounts.create(Account("", "both", "staff", "兼任示", roles=roles, district="市级"), PASSWORD)


def test_roles_changed_later_are_held_to_the_same_and_recorded(world: AdminWorld) -> None:
    made = world.zhunyu.accounts.create(
        Account("", "mover", "staff", "调任示", roles=("窗口",), district="黄浦区"), PASSWORD
    )
    with pytest.raises(ZhunyuError, match="A016"):
        world.zhunyu.accounts.set_roles(made.id, ("窗口", "审计"))
    world.zhunyu.accounts.set_roles(made.id, ("审批",))
    found = entries(world, trail=f"account:{made.id}", activity="account")
    assert (found[0].entry.what, told(found[0])["after"]) == ("改岗位", ["审批"])


def test_opening_a_case_is_recorded_with_who_what_and_what_for(world: AdminWorld) -> None:
    case = world.filed()
    world.desk("window").page(f"/cases/{case.id}")
    found = entries(world, actor=account(world, "window"), activity="view")[0]
    content = told(found)
    assert (found.entry.what, content["case"], content["purpose"]) == (
        f"查看办件 {case.number}", case.id, "办理：受理、一次补正、不予受理"
    )  # fmt: skip
    with world.zhunyu.store.read() as tx:
        assert [one.account for one in tx.activity.viewers(case.id)] == [account(world, "window")]


def test_numbers_are_masked_until_a_reason_is_given_and_only_on_that_page(world: AdminWorld) -> None:
    case, desk = of_a_person(world), world.desk("window")
    before = desk.page(f"/cases/{case.id}")
    shown = desk.post(f"/cases/{case.id}/unmask", {"reason": "核对身份证原件"}).text
    after = desk.page(f"/cases/{case.id}")
    assert [PERSON.code in page for page in (before, shown, after)] == [False, True, False]
    assert "310****1016" in before
    found = entries(world, activity="unmask", actor=account(world, "window"))[0]
    assert (told(found)["reason"], told(found)["case"], found.entry.what) == (
        "核对身份证原件", case.id, f"显示完整信息 {case.number}"
    )  # fmt: skip


@pytest.mark.parametrize("reason", ["", "   ", "看", "看" * 600])
def test_without_a_reason_nothing_is_shown(world: AdminWorld, reason: str) -> None:
    case, desk = of_a_person(world), world.desk("window")
    before = len(entries(world, activity="unmask"))
    answer = desk.post(f"/cases/{case.id}/unmask", {"reason": reason})
    assert (answer.status_code, PERSON.code in answer.text) == (422, False)
    assert len(entries(world, activity="unmask")) == before


def test_an_auditor_sees_no_names_of_people_but_who_handles_the_case_does(world: AdminWorld) -> None:
    case = of_a_person(world)
    found = [PERSON.name in world.desk(login).page(f"/cases/{case.id}") for login in ("window", "audit")]
    assert found == [True, False]


def test_lists_hide_the_names_of_people_from_an_auditor_until_a_reason_is_written_down(world: AdminWorld) -> None:
    of_a_person(world)
    path, auditor = "/?view=all", world.desk("audit")
    assert PERSON.name in world.desk("window").page(path)
    hidden = auditor.page(path)
    assert PERSON.name not in hidden and "个人姓名已遮挡" in hidden
    before = len(entries(world, activity="unmask"))
    refused = auditor.post("/names", {"page": path, "reason": "看"})
    assert refused.status_code == 303 and PERSON.name not in auditor.page(path)
    assert len(entries(world, activity="unmask")) == before
    assert auditor.post("/names", {"page": path, "reason": "核对同名申请人"}).headers["Location"].endswith(path)
    assert PERSON.name in auditor.page(path) and PERSON.name not in auditor.page(path)  # once
    found = entries(world, activity="unmask")[0]
    assert (told(found)["reason"], told(found)["page"]) == ("核对同名申请人", path)


@pytest.mark.parametrize("page", ["//elsewhere.example/", "https://elsewhere.example/", "/\\elsewhere.example", ""])
def test_the_names_of_a_list_are_not_a_way_to_other_sites(world: AdminWorld, page: str) -> None:
    assert world.desk("audit").post("/names", {"page": page, "reason": "核对同名申请人"}).status_code == 404


def test_text_that_looks_like_markup_does_not_break_a_masked_page(world: AdminWorld) -> None:
    case = world.filed(site="class<div id=main>示例路")
    page = world.desk("window").page(f"/cases/{case.id}")
    assert "class&lt;div id=main&gt;示例路" in page and '<main id="main"' in page


def test_a_search_and_a_download_are_recorded(world: AdminWorld) -> None:
    case = world.filed()
    desk = world.desk("window")
    desk.page("/certificates?text=泊云酒店")
    desk.client.get(f"/cases/{case.id}/letters/receipt")
    who = account(world, "window")
    assert told(entries(world, actor=who, activity="search")[0])["text"] == "泊云酒店"
    assert told(entries(world, actor=who, activity="download")[0]) == {"case": case.id, "what": "文书"}


def test_refused_and_forged_requests_are_security_events(world: AdminWorld) -> None:
    case = world.filed()
    world.desk("pudong").client.get(f"/cases/{case.id}")
    world.desk("pudong").client.get("/cases/01ARZ3NDEKTSV4RRFFQ69G5FAV")
    world.desk("pudong").client.get("/audit/operation")
    found = entries(world, actor=account(world, "pudong"), activity="refusal", limit=3)
    assert sorted((one.entry.what, told(one)["path"].split("/")[1]) for one in found) == [
        ("拒绝 没有权限", "audit"), ("拒绝 没有权限", "cases"), ("拒绝 编号不存在", "cases"),
    ]  # fmt: skip


def test_an_action_in_the_wrong_state_is_a_security_event(world: AdminWorld) -> None:
    case = world.filed()
    world.desk("window").act(case, "grant")
    assert entries(world, actor=account(world, "window"), activity="refusal")[0].entry.what.startswith("拒绝")


def test_a_content_is_opened_on_demand_and_that_is_recorded(world: AdminWorld) -> None:
    case, desk = world.filed(), world.desk("audit")
    world.desk("window").page(f"/cases/{case.id}")
    entry = entries(world, activity="view", actor=account(world, "window"))[0].entry
    closed = desk.page(f"/audit/entries/{entry.id}")
    opened = desk.post(f"/audit/entries/{entry.id}/content", {}).text
    assert [f"<dd>{case.id}" in re.sub(r"<span[^>]*>", "", page) for page in (closed, opened)] == [False, True]
    found = entries(world, activity="audit", actor=account(world, "audit"))[0]
    assert told(found)["entry"] == entry.id


def test_a_security_officer_opens_no_entry_of_the_operation_log(world: AdminWorld) -> None:
    world.filed()
    entry = entries(world, activity="case")[0].entry
    codes = [world.desk("security").client.get(f"/audit/entries/{entry.id}").status_code,
             world.desk("security").post(f"/audit/entries/{entry.id}/content", {}).status_code]  # fmt: skip
    assert codes == [404, 404]


def test_the_log_is_searched_by_case_person_kind_and_day(world: AdminWorld) -> None:
    case, desk = world.filed(), world.desk("audit")
    day = world.zhunyu.clock.now().date().isoformat()
    page = desk.page(f"/audit/operation?about={case.number}&activity=case&since={day}&until={day}")
    assert page.count("收件") >= 1 and page.count('<td data-label="人员">') == 1
    assert "没有符合条件的记录" in desk.page(f"/audit/operation?about={case.number}&person=window&activity=case")


@pytest.mark.parametrize(
    "asked", ["since=gestern", "until=2026-13-01", "person=niemand", "about=404", "activity=nichts", "until=9999-12-31"]
)
def test_what_cannot_be_asked_is_told_in_place(world: AdminWorld, asked: str) -> None:
    answer = world.desk("audit").client.get(f"/audit/operation?{asked}")
    assert answer.status_code == 422 and 'role="alert"' in answer.text


def test_pages_of_a_log_follow_one_another_without_gap_or_repetition(world: AdminWorld) -> None:
    for _ in range(3):
        world.filed()
    logs, session = world.zhunyu.audit.logs, world.zhunyu.accounts.session(world._tokens["audit"])
    from engine.services.auditing import LogQuery

    assert session is not None
    whole = [line.id for line in logs.page(session, LogQuery("operation"), 1000).lines]
    ids: list[str] = []
    after = ""
    while True:
        page = logs.page(session, LogQuery("operation", after=after), 7)
        ids += [line.id for line in page.lines]
        after = page.next
        if not after:
            break
    assert ids == whole and len(set(ids)) == len(ids)


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_an_export_is_recorded_and_says_what_the_log_says(world: AdminWorld, form: str) -> None:
    case, desk = world.filed(), world.desk("audit")
    answer = desk.post("/audit/operation/export", {"about": case.number, "form": form})
    lines = answer.get_data().decode("utf-8-sig").strip().splitlines()
    assert (answer.status_code, len(lines)) == (200, 2 if form == "csv" else 1)
    assert f"case:{case.id}" in lines[-1]
    assert told(entries(world, activity="audit", actor=account(world, "audit"))[0])["form"] == form


def test_an_export_in_an_unknown_form_is_refused(world: AdminWorld) -> None:
    assert world.desk("audit").post("/audit/operation/export", {"form": "xls"}).status_code == 422


def test_a_formula_in_an_export_is_quoted(world: AdminWorld) -> None:
    from engine.services.auditing import _csv

    assert _csv(("=1+1", "plain")) == b"'=1+1,plain\r\n"


@pytest.mark.parametrize("way", ["number", "subject", "person", "version", "span"])
def test_a_case_is_found_each_way(world: AdminWorld, way: str) -> None:
    case = world.filed()
    world.desk("window").act(case, "accept", {"opinion": "材料齐全"})
    day = world.zhunyu.clock.now().date().isoformat()
    value = {"number": case.number, "subject": case.subjects[0].code, "person": "window", "version": "b" * 12}
    answer = world.desk("audit").client.get(
        "/audit/trace", query_string={"by": way, "value": value.get(way, ""), "since": day}, follow_redirects=True
    )
    assert answer.status_code == 200 and case.number in answer.text


def test_a_supervisor_traces_only_what_is_in_the_own_district(world: AdminWorld) -> None:
    accounts = world.zhunyu.accounts
    accounts.create(Account("", "pd-city", "staff", "浦督乙", roles=("监督",), district="浦东新区"), PASSWORD)
    client = world.app.test_client()
    with client.session_transaction() as kept:
        kept[SESSION_KEY] = accounts.sign_in("staff", "pd-city", PASSWORD).token
    case = world.filed()
    codes = [client.get(f"/audit/trace/{case.id}{path}").status_code for path in ("", "/versions/1")]
    found = client.get("/audit/trace", query_string={"by": "number", "value": case.number})
    assert codes == [403, 403] and "没有找到办件" in found.text


def test_the_story_names_every_entry_and_its_verification(world: AdminWorld) -> None:
    case = world.filed()
    world.desk("window").act(case, "accept", {"opinion": "材料齐全"})
    while world.zhunyu.history.seal_pending():
        pass
    page = world.desk("audit").page(f"/audit/trace/{case.id}")
    assert "未发现改动" in page and "黄窗示" in page and "受理" in page and page.count('class="tag good">有效') >= 2


def test_an_altered_event_shows_on_the_trace_page(world: AdminWorld) -> None:
    case = world.filed()
    while world.zhunyu.history.seal_pending():
        pass
    where = sa.and_(case_events.c.case == case.id, case_events.c.seq == 1)
    with world.zhunyu.store.database.write() as connection:
        at = connection.execute(sa.select(case_events.c.at).where(where)).scalar_one()
        connection.execute(sa.update(case_events).where(where).values(at="2026-01-01T00:00:00+08:00"))
    page = world.desk("audit").page(f"/audit/trace/{case.id}")
    refused = world.desk("audit").post(f"/audit/trace/{case.id}/bundle", {}).status_code
    with world.zhunyu.store.database.write() as connection:
        connection.execute(sa.update(case_events).where(where).values(at=at))
    assert "历史记录被改动过" in page and 'class="altered"' in page and refused == 409


def test_an_altered_entry_shows_on_the_trace_page_at_its_own_line(world: AdminWorld) -> None:
    case = world.filed()
    while world.zhunyu.history.seal_pending():
        pass
    where = audit_entries.c.trail == f"case:{case.id}"
    with world.zhunyu.store.database.write() as connection:
        actor = connection.execute(sa.select(audit_entries.c.actor).where(where)).scalar_one()
        connection.execute(sa.update(audit_entries).where(where).values(actor="somebody else"))
    page = world.desk("audit").page(f"/audit/trace/{case.id}")
    with world.zhunyu.store.database.write() as connection:
        connection.execute(sa.update(audit_entries).where(where).values(actor=actor))
    assert 'class="altered"' in page and "发现改动" in page


def test_a_case_is_shown_as_it_was_with_the_difference_to_now(world: AdminWorld) -> None:
    case = world.filed()
    world.desk("window").act(case, "accept", {"opinion": "材料齐全"})
    page = world.desk("audit").page(f"/audit/trace/{case.id}/versions/1")
    assert "已收件" in page and "已受理" in page and "示例路1号2层" in page and "当时的任务" in page
    at = world.desk("audit").client.get(f"/audit/trace/{case.id}/at?instant=2999-01-01T00:00")
    assert at.status_code == 303 and at.location.endswith("/versions/2")


@pytest.mark.parametrize("path", ["versions/99", "versions/0", "at?instant=2000-01-01T00:00", "at?instant="])
def test_a_time_at_which_there_was_no_case_is_told(world: AdminWorld, path: str) -> None:
    case = world.filed()
    assert world.desk("audit").client.get(f"/audit/trace/{case.id}/{path}").status_code == 404


def test_the_report_is_signed_and_one_changed_byte_shows(world: AdminWorld) -> None:
    case = of_a_person(world)
    answer = world.desk("audit").post(f"/audit/trace/{case.id}/report", {})
    data, reports = answer.get_data(), world.zhunyu.audit.reports
    changed = bytearray(data)
    changed[200] ^= 1
    assert (reports.check(data)[0], reports.check(bytes(changed))[0]) == ("valid", "altered")
    assert world.zhunyu.certificates.by_file(data).state == "unknown"


def test_a_bundle_is_handed_out_and_recorded(world: AdminWorld) -> None:
    case = world.filed()
    answer = world.desk("audit").post(f"/audit/trace/{case.id}/bundle", {})
    assert answer.status_code == 200 and json.loads(answer.get_data())
    assert entries(world, activity="audit")[0].entry.what == f"导出存证包 {case.number}"


def test_the_integrity_page_tells_the_last_verification(world: AdminWorld) -> None:
    while world.zhunyu.history.seal_pending():
        pass
    for _ in range(50):
        world.zhunyu.audit.integrity.step()
        if world.zhunyu.audit.integrity.standing().verified.finished_at:
            break
    page = world.desk("security").page("/audit/integrity")
    assert "<button class=\"btn primary\">现在核验" not in page and "核验 " in page and "条记录" in page


def test_the_accounts_page_shows_who_is_locked(world: AdminWorld) -> None:
    accounts = world.zhunyu.accounts
    accounts.create(Account("", "clumsy", "staff", "误输示", roles=("窗口",), district="黄浦区"), PASSWORD)
    for _ in range(5):
        with pytest.raises(ZhunyuError):
            accounts.sign_in("staff", "clumsy", "wrong", "10.9.8.7")
    assert "锁定至" in world.desk("security").page("/audit/accounts")
    while world.zhunyu.history.seal_pending():
        pass
    assert "10.9.8.7" in world.desk("security").page("/audit/analysis")
    shown = world.desk("security").page("/audit/security?activity=failure&place=address:10.9.8.7")
    assert shown.count('<td data-label="人员">') == 5


def test_an_applicant_represents_nobody_new_in_the_counters(world: AdminWorld) -> None:
    """Who saw a case is kept without the code of its subject."""
    case = of_a_person(world)
    world.desk("window").page(f"/cases/{case.id}")
    world.zhunyu.audit.watching.flush()
    with world.zhunyu.store.database.read() as connection:
        kept = " ".join(connection.execute(sa.select(data_views.c.subject)).scalars())
    assert PERSON.code not in kept and Represented(PERSON, "本人").subject.code == PERSON.code
