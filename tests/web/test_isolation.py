"""Every address that names somebody's draft, case or certificate: nobody else gets in, whatever is added later."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from werkzeug.routing import Rule

from engine.model.case import Case, SupplementItem
from engine.model.commands import AskSupplement
from engine.services.accounts import Session
from tests.web.admin_world import PASSWORD, AdminWorld
from tests.web.portal_world import PortalWorld, pdf

OWNED = {"draft_id", "case_id", "certificate_id", "upload_id"}
FORGED = ("01KH2JPVE5NKFE6BKWSQ06C8KE", "..%2F..%2Fkeys", "0", "%00", "' or 1=1 --")
ANY = re.compile(r"<any\(([^,)]+)[^)]*\):(\w+)>")


class Owned:
    """What the hotel has in the portal."""

    def __init__(self, world: PortalWorld) -> None:
        self.world = world
        browser = world.browser("hotel")
        granted = world.case_at(browser.filed())
        world.make_certificates()
        self.draft = browser.start().rsplit("/", 1)[-1]
        sent = {"file": (pdf(), "平面图.pdf")}
        browser.post(f"/apply/{self.draft}/materials/plan", sent, content_type="multipart/form-data")
        session = world.session("hotel")
        uploads = world.zhunyu.drafts.load(session, self.draft).uploads
        self.names = {
            "draft_id": self.draft, "case_id": granted.id, "certificate_id": granted.certificates[0],
            "upload_id": next(iter(uploads.values()))[0].id if uploads else "0", "material_id": "plan",
            "matter_id": "portal_sample", "kind": "receipt", "number": "1",
        }  # fmt: skip

    def state(self) -> tuple[object, object]:
        with self.world.zhunyu.store.read() as tx:
            return tx.drafts.get(self.draft), tx.cases.load(self.names["case_id"])


def address(rule: Rule, names: dict[str, str]) -> str:
    path = ANY.sub(lambda found: found[1].strip(), rule.rule)
    return re.sub(r"<(?:[^:<>]+:)?(\w+)>", lambda found: names.get(found[1], "0"), path)


def owned_routes(app: Any) -> list[tuple[str, Rule]]:
    found = [
        (method, rule)
        for rule in app.url_map.iter_rules()
        for method in sorted((rule.methods or set()) & {"GET", "POST", "PUT", "DELETE"})
        if set(rule.arguments) & OWNED and not rule.rule.startswith("/api/")
    ]
    return sorted(found, key=lambda one: (one[1].rule, one[0]))


@pytest.fixture(scope="module")
def owned(portal_installation: PortalWorld) -> Owned:
    portal_installation.forget_rates()
    return Owned(portal_installation)


def test_every_address_of_something_owned_is_closed_to_another(owned: Owned) -> None:
    routes, before = owned_routes(owned.world.app), owned.state()
    rival = owned.world.browser("rival")
    found = {}
    for method, rule in routes:
        owned.world.forget_rates()
        path = address(rule, owned.names)
        answer = rival.get(path) if method == "GET" else rival.post(path, {"reason": "不要了", "key": "k-rival-1"})
        found[f"{method} {rule.rule}"] = answer.status_code
    assert len(found) > 15
    assert {place: status for place, status in found.items() if status != 404} == {}
    assert owned.state() == before


def test_every_address_of_something_owned_asks_a_visitor_to_sign_in(owned: Owned) -> None:
    client = owned.world.app.test_client()
    for method, rule in owned_routes(owned.world.app):
        if method == "GET":
            answer = client.get(address(rule, owned.names))
            assert (rule.rule, answer.status_code) == (rule.rule, 302) or answer.status_code in (303, 401), rule.rule


@pytest.mark.parametrize("forged", FORGED)
def test_a_made_up_number_opens_nothing_and_breaks_nothing(owned: Owned, forged: str) -> None:
    browser, found = owned.world.browser("hotel"), {}
    for method, rule in owned_routes(owned.world.app):
        owned.world.forget_rates()
        path = address(rule, {**owned.names, **dict.fromkeys(OWNED, forged)})
        answer = browser.get(path) if method == "GET" else browser.post(path, {"key": "k-forged-1"})
        found[f"{method} {rule.rule}"] = answer.status_code
    assert {place: status for place, status in found.items() if status != 404} == {}


@pytest.fixture(scope="module")
def foreign_case(admin_world: AdminWorld) -> Iterator[Case]:
    yield admin_world.filed(site="示例路99号")


def test_every_address_of_a_case_is_closed_to_another_district(admin_world: AdminWorld, foreign_case: Case) -> None:
    desk, found = admin_world.desk("pudong"), {}
    names = {"case_id": foreign_case.id, "task": "accept-1", "name": "accept", "kind": "receipt"}
    for method, rule in owned_routes(admin_world.app):
        if "case_id" not in rule.arguments:
            continue
        path = address(rule, names)
        if method == "GET":
            status = desk.client.get(path).status_code
        else:
            status = desk.post(path, {"version": foreign_case.version, "confirmed": "1"}).status_code
        found[f"{method} {rule.rule}"] = status
    assert len(found) > 4
    assert {place: status for place, status in found.items() if status not in (403, 404)} == {}
    assert admin_world.case(foreign_case) == foreign_case


def staff(world: AdminWorld, login: str) -> Session:
    return world.zhunyu.accounts.sign_in("staff", login, PASSWORD)


@pytest.mark.parametrize("kind", ["receipt", "decision", "supplement"])
def test_a_letter_of_a_case_is_not_for_another_district(admin_world: AdminWorld, foreign_case: Case, kind: str) -> None:
    with pytest.raises(Exception, match="A002"):
        getattr(admin_world.zhunyu.documents, kind)(staff(admin_world, "pudong"), foreign_case.id)


def test_staff_do_nothing_through_the_applicants_door(admin_world: AdminWorld, foreign_case: Case) -> None:
    clerk = staff(admin_world, "window")
    for attempt in (
        lambda: admin_world.zhunyu.cases.view(clerk, foreign_case.id),
        lambda: admin_world.zhunyu.cases.withdraw(clerk, foreign_case.id),
        lambda: admin_world.zhunyu.cases.answer_supplement(clerk, foreign_case.id, {}, {}),
    ):
        with pytest.raises(Exception, match="A003"):
            attempt()


def test_an_applicant_does_nothing_through_the_door_of_staff(admin_world: AdminWorld, foreign_case: Case) -> None:
    session = admin_world.applicant
    ask = AskSupplement((SupplementItem("补", fields=("site",)),))
    for attempt in (
        lambda: admin_world.zhunyu.worklist.page(session),
        lambda: admin_world.zhunyu.desk.case(session, foreign_case.id),
        lambda: admin_world.zhunyu.desk.upload(session, foreign_case.id, "0"),
        lambda: admin_world.zhunyu.acting.act(session, foreign_case.id, ask, foreign_case.version),
        lambda: admin_world.zhunyu.acting.claim(session, foreign_case.id, "accept-1"),
        lambda: admin_world.zhunyu.desk.certificates(session, ""),
    ):
        with pytest.raises(Exception, match="A002"):
            attempt()
