"""Tokens: their scopes, their end, whom they act for; and no way in without one."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from engine.ports.accounts import Account, TokenRow
from engine.trust.sm3 import sm3_hex
from tests.web.api_world import BATHS, PASSWORD, POOL, Client, World


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("api"))
    yield world
    world.close()


def test_a_read_token_may_not_start_a_draft(world: World) -> None:
    refused = world.client("hotel_read").post("/drafts", {"matter": "api_sample"})
    assert (refused.status_code, refused.json["code"]) == (403, "A002")  # type: ignore[index]


def test_a_write_token_may_not_read_cases(world: World) -> None:
    refused = world.client("hotel_write").get("/cases")
    assert (refused.status_code, refused.json["code"]) == (403, "A002")  # type: ignore[index]


def test_a_revoked_token_is_refused_at_once(world: World) -> None:
    token = world.zhunyu.accounts.api_token("hotel", "短期", ("read",))
    client = Client(world.app.test_client(), token)
    assert client.get("/cases").status_code == 200
    world.revoke(token)
    assert client.get("/cases").status_code == 401


def test_an_expired_token_is_refused(world: World) -> None:
    token = world.zhunyu.accounts.api_token("hotel", "过期", ("read",), days=-1)
    assert Client(world.app.test_client(), token).get("/cases").status_code == 401


def test_a_token_of_a_stopped_account_is_refused(world: World) -> None:
    token = world.zhunyu.accounts.api_token("pool", "停用", ("read",))
    world.zhunyu.accounts.set_active(world.pool.id, False)
    refused = Client(world.app.test_client(), token).get("/cases")
    world.zhunyu.accounts.set_active(world.pool.id, True)
    assert refused.status_code == 401


def test_without_a_token_the_answer_names_the_scheme(world: World) -> None:
    refused = Client(world.app.test_client()).get("/cases")
    assert (refused.status_code, refused.mimetype) == (401, "application/problem+json")
    assert refused.headers["WWW-Authenticate"] == 'Bearer realm="zhunyu"'


def test_the_cookie_of_a_signed_in_person_does_not_open_the_api(world: World) -> None:
    browser = world.app.test_client()
    session = world.zhunyu.accounts.sign_in("applicant", "hotel", PASSWORD)
    with browser.session_transaction() as cookie:
        cookie["token"] = session.token
    assert browser.get("/account/profile").status_code != 401
    assert browser.get("/api/v1/cases").status_code == 401


def test_a_cookie_cannot_start_a_draft_without_a_token(world: World) -> None:
    browser = world.app.test_client()
    session = world.zhunyu.accounts.sign_in("applicant", "hotel", PASSWORD)
    with browser.session_transaction() as cookie:
        cookie["token"] = session.token
    refused = browser.post("/api/v1/drafts", json={"matter": "api_sample"})
    assert (refused.status_code, refused.json["code"]) == (401, "A001")  # type: ignore[index]


def test_a_token_does_not_open_the_pages_of_the_portal(world: World) -> None:
    answer = world.app.test_client().get("/cases", headers=world.client().headers)
    assert answer.status_code in (302, 303, 401, 403)


def test_a_token_needs_no_csrf_token(world: World) -> None:
    assert world.client().post("/drafts", {"matter": "api_sample"}).status_code == 201


def test_the_account_tells_whom_a_token_acts_for(world: World) -> None:
    told = world.client().get("/account", headers={"X-Subject": BATHS.code}).json
    assert told["subject"]["name"] == BATHS.name  # type: ignore[index]


def test_a_draft_is_started_for_the_subject_of_the_header(world: World) -> None:
    made = world.client().post("/drafts", {"matter": "api_sample"}, headers={"X-Subject": BATHS.code})
    assert made.json["subject"]["code"] == BATHS.code  # type: ignore[index]


def test_a_subject_the_account_does_not_represent_is_refused(world: World) -> None:
    refused = world.client().get("/cases", headers={"X-Subject": POOL.code})
    assert (refused.status_code, refused.json["code"]) == (403, "A010")  # type: ignore[index]


def test_a_token_of_a_member_of_staff_does_not_open_the_api(world: World) -> None:
    clerk = Account(id="", login="clerk", kind="staff", name="王窗口", roles=("窗口",), district="黄浦区")
    staff = world.zhunyu.accounts.create(clerk, PASSWORD)
    with world.zhunyu.store.write() as tx:
        tx.accounts.add_token(sm3_hex(b"zy_staff"), TokenRow(staff.id, "越权", ("read", "write"), ""))
    refused = Client(world.app.test_client(), "zy_staff").get("/cases")
    assert (refused.status_code, refused.json["code"]) == (403, "A002")  # type: ignore[index]
