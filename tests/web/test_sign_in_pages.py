"""The pages of signing in, in an installation that requires a second factor; and what attackers try there."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest
from flask.testing import FlaskClient
from werkzeug.serving import make_server

from deploy.sandbox.identity import IdentityProvider, identity_desk
from engine.adapters.clock import SystemClock
from engine.ports.accounts import Account
from engine.trust.pki.issuing import Subject
from engine.web.app import SESSION_KEY
from engine.web.devices import device_words
from tests.web.sign_in_installation import EDGE, PASSWORD, PHONE, PIN, Installation, post


@pytest.fixture(scope="module")
def provider() -> Iterator[tuple[IdentityProvider, str]]:
    from flask import Flask

    app = Flask("deploy.sandbox.app")
    made = IdentityProvider(SystemClock().now)
    app.register_blueprint(identity_desk(made))
    server = make_server("127.0.0.1", 0, app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield made, f"http://127.0.0.1:{server.server_port}/idp"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def here(tmp_path_factory: pytest.TempPathFactory, provider: tuple[IdentityProvider, str]) -> Iterator[Installation]:
    made = Installation(tmp_path_factory.mktemp("sign-in"), provider[1])
    yield made
    made.zhunyu.close()


def token_of(client: FlaskClient) -> str:
    with client.session_transaction() as kept:
        return str(kept.get(SESSION_KEY, ""))


def test_the_password_leads_to_the_second_factor_and_that_to_where_one_wanted(here: Installation) -> None:
    client = here.browser()
    first = post(client, "/login?next=/security", {"login": "approve", "password": PASSWORD, "next": "/security"})
    page = client.get("/login/second")
    assert first.location == "/login/second" and "签名口令" in page.text and token_of(client) == ""
    assert client.get("/security").status_code == 303
    assert post(client, "/login/second", {"way": "certificate", "given": PIN}).location == "/security"


def test_a_wrong_pin_says_so_on_the_page(here: Installation) -> None:
    client = here.browser()
    post(client, "/login", {"login": "approve", "password": PASSWORD})
    answer = post(client, "/login/second", {"way": "certificate", "given": "wrong"})
    assert (answer.status_code, "签名口令不正确" in answer.text) == (403, True)
    post(client, "/login/second", {"way": "certificate", "given": PIN})


def test_a_session_that_was_there_before_is_not_the_one_after(here: Installation) -> None:
    client = here.browser()
    with client.session_transaction() as kept:
        kept[SESSION_KEY], kept["planted"] = "chosen-by-an-attacker", "x"
    post(client, "/login", {"login": "approve", "password": PASSWORD})
    post(client, "/login/second", {"way": "certificate", "given": PIN})
    with client.session_transaction() as kept:
        assert kept[SESSION_KEY] != "chosen-by-an-attacker" and "planted" not in kept and "waiting" not in kept


def test_the_cookie_of_a_sign_in_under_way_opens_nothing_after_it_is_done(here: Installation) -> None:
    client, thief = here.browser(), here.browser()
    post(client, "/login", {"login": "approve", "password": PASSWORD})
    stolen = client.get_cookie("zhunyu_admin")
    assert stolen is not None
    post(client, "/login/second", {"way": "certificate", "given": PIN})
    thief.set_cookie("zhunyu_admin", stolen.value)
    assert thief.get("/login/second").location == "/login" and thief.get("/security").status_code == 303


def test_cookies_are_http_only_and_same_site(here: Installation) -> None:
    answer = post(here.browser(), "/login", {"login": "approve", "password": PASSWORD})
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie and "SameSite=Lax" in cookie


@pytest.mark.parametrize("next", ["https://evil.example/", "//evil.example/", "/\\evil.example", "\\\\evil.example"])
def test_nobody_is_sent_to_another_site_afterwards(here: Installation, next: str) -> None:
    client = here.browser()
    post(client, "/login", {"login": "approve", "password": PASSWORD, "next": next})
    assert post(client, "/login/second", {"way": "certificate", "given": PIN}).location == "/"


def test_known_and_unknown_logins_are_answered_alike_and_both_are_hashed(
    here: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    gate = here.zhunyu.accounts.gate
    asked: list[str] = []
    verify = type(gate._passwords).verify

    def counting(self: object, hashed: str, password: str) -> bool:
        asked.append(hashed[:30])
        return verify(self, hashed, password)  # type: ignore[arg-type]

    monkeypatch.setattr(type(gate._passwords), "verify", counting)
    logins = ("window", "nobody-here")
    pages = [post(here.browser(), "/login", {"login": login, "password": "wrong"}) for login in logins]
    plain = [re.sub(r"window|nobody-here|content=\"[^\"]+\"|value=\"[^\"]+\"", "", one.text) for one in pages]
    assert plain[0] == plain[1] and pages[0].status_code == pages[1].status_code == 401
    assert len(asked) == 2 and asked[0] == asked[1]  # the same algorithm and cost for both


def test_who_has_no_factor_enrols_and_sees_the_recovery_codes_once(here: Installation) -> None:
    client = here.browser()
    assert post(client, "/login", {"login": "window", "password": PASSWORD}).location == "/login/enrol"
    page = client.get("/login/enrol")
    secret = re.search(r'class="mono secret">([A-Z2-7 ]+)<', page.text)
    assert secret is not None and "<svg" in page.text
    code = pyotp.TOTP(secret[1].replace(" ", "")).at(here.zhunyu.clock.now())
    done = post(client, "/login/enrol", {"code": code})
    assert len(re.findall(r"<li>[A-Z2-7]{4}(?:-[A-Z2-7]{4}){3}</li>", done.text)) == 8
    assert client.get("/security").status_code == 200 and token_of(client)


def test_one_sees_where_one_is_signed_in_and_ends_another(here: Installation) -> None:
    desk, phone = here.inside("guard"), here.inside("guard", PHONE)
    page = phone.get("/security").text
    assert "Windows 电脑的 Edge 浏览器" in page and "iPhone的 微信" in page and page.count("本次") == 1
    for ref in re.findall(r"/security/sessions/(\w{26})/end", page):
        post(phone, f"/security/sessions/{ref}/end", {})
    assert desk.get("/security").status_code == 303 and phone.get("/security").status_code == 200


def test_the_phone_confirms_and_the_desk_gets_in(here: Installation) -> None:
    desk, phone = here.browser(), here.inside("approve", PHONE)
    page = desk.get("/login/qr").text
    address = re.search(r'class="mono secret">([^<]+)<', page)
    check = re.search(r'同一个数字 <b class="mono">(\d\d)<', page)
    assert address is not None and check is not None
    path = urlsplit(address[1]).path
    before = desk.get("/login/qr/state")
    again = desk.get("/login/qr/state", headers={"If-None-Match": before.headers["ETag"]})
    asked = phone.get(path).text
    assert (before.json, again.status_code) == ({"state": "shown"}, 304)
    assert f'<b class="mono">{check[1]}</b>' in asked and "Windows 电脑的 Edge 浏览器" in asked
    post(phone, path, {"answer": "yes"})
    assert desk.get("/login/qr/state").json == {"state": "confirmed"}
    assert here.browser().get("/login/qr/state").json == {"state": "over"}
    with desk.session_transaction() as kept:
        kept["keep"] = "1"
    assert post(desk, "/login/qr/enter", {}).location == "/"
    assert desk.get("/security").status_code == 200


def test_a_code_that_is_scanned_again_is_refused_in_words(here: Installation) -> None:
    desk, phone = here.browser(), here.inside("approve", PHONE)
    address = re.search(r'class="mono secret">([^<]+)<', desk.get("/login/qr").text)
    assert address is not None
    path = urlsplit(address[1]).path
    phone.get(path)
    other = here.inside("guard", PHONE).get(path)
    assert (other.status_code, "已经被扫过" in other.text) == (403, True)
    post(phone, path, {"answer": "no"})
    assert desk.get("/login/qr/state").json == {"state": "refused"}
    assert post(desk, "/login/qr/enter", {}).status_code == 401


def test_who_scans_without_being_signed_in_signs_in_first(here: Installation) -> None:
    answer = here.browser(PHONE).get("/login/qr/c/abc")
    assert answer.status_code == 303 and answer.location.startswith("/login?next=")


def test_a_ticket_is_confirmed_by_hand_and_is_good_once(here: Installation) -> None:
    settings = here.zhunyu.settings
    ticket = here.office.ticket("hp-0101", settings.staff.office, settings.public_url)
    client = here.browser()
    asked = client.get("/login/ticket", query_string={"ticket": ticket}).text
    assert "以“黄办甲”进入工作台" in asked and token_of(client) == ""
    assert post(client, "/login/ticket", {"ticket": ticket}).location == "/login/enrol"
    again = post(here.browser(), "/login/ticket", {"ticket": ticket})
    assert (again.status_code, "已经用过" in again.text) == (401, True)


def test_a_person_of_another_unit_is_told_why(here: Installation) -> None:
    settings = here.zhunyu.settings
    ticket = here.office.ticket("xx-0001", settings.staff.office, settings.public_url)
    answer = post(here.browser(), "/login/ticket", {"ticket": ticket})
    assert (answer.status_code, "没有在本系统登记" in answer.text) == (403, True)


def test_a_form_without_its_mark_is_refused(here: Installation) -> None:
    for path in ("/login", "/login/second", "/login/ticket", "/login/qr/enter", "/security/totp"):
        assert here.inside().post(path, data={"ticket": "x"}).status_code in (400, 403)


def test_single_sign_on_goes_round_and_its_answer_is_used_up(here: Installation) -> None:
    import requests

    client = here.browser()
    left = client.get("/login/sso?next=/security").location
    back = requests.get(f"{left}&as=staff-0001", allow_redirects=False, timeout=5).headers["Location"]
    assert set(parse_qs(urlsplit(left).query)) >= {"state", "nonce", "code_challenge"}
    before = client.get_cookie("zhunyu_admin")
    assert before is not None
    answer = urlsplit(back)
    assert client.get(f"{answer.path}?{answer.query}").location == "/security"  # its amr says mfa
    thief = here.browser()
    thief.set_cookie("zhunyu_admin", before.value)
    assert thief.get(f"{answer.path}?{answer.query}").status_code == 401
    assert "/idp/logout?" in client.get(post(client, "/logout", {}).location).text


@pytest.mark.parametrize(
    ("person", "claims", "status"),
    [("staff-0003", {}, 403), ("staff-0001", {"nonce": "other"}, 401), ("staff-0001", {"exp": 1}, 401)],
)
def test_strangers_and_answers_that_do_not_fit_are_refused(
    here: Installation, provider: tuple[IdentityProvider, str], person: str, claims: dict[str, object], status: int
) -> None:
    import requests

    client = here.browser()
    left = client.get("/login/sso").location
    back = urlsplit(requests.get(f"{left}&as={person}", allow_redirects=False, timeout=5).headers["Location"])
    provider[0].claims = claims
    answer = client.get(f"{back.path}?{back.query}")
    provider[0].claims = {}
    assert (answer.status_code, token_of(client)) == (status, "")


def test_the_security_officer_gives_a_password_that_must_be_changed(here: Installation) -> None:
    guard, one = here.inside("guard"), here.zhunyu.accounts.create(
        Account("", "newcomer", "staff", "新示人", roles=("审查",), district="黄浦区"), PASSWORD
    )  # fmt: skip
    here.zhunyu.signing.authority.issue("officer", one.id, Subject(one.name), pin=PIN, iterations=1000)
    assert "新示人" in guard.get("/credentials?q=newcomer").text
    drawn = re.search(r'class="given mono">([^<]+)<', post(guard, f"/credentials/{one.id}/reset", {}).text)
    assert drawn is not None
    client = here.browser()
    post(client, "/login", {"login": "newcomer", "password": drawn[1]})
    assert post(client, "/login/second", {"way": "certificate", "given": PIN}).location == "/login/renew"
    assert client.get("/security").status_code == 303
    given = {"new": "Suzhou-2026-river", "again": "Suzhou-2026-river"}
    assert post(client, "/login/renew", given).location == "/"


def test_only_the_security_officer_has_that_page(here: Installation) -> None:
    assert here.inside("approve").get("/credentials").status_code == 403


def test_turning_a_factor_on_asks_for_the_password_again_and_changes_the_session(here: Installation) -> None:
    client = here.inside("approve")
    before = token_of(client)
    assert client.get("/security/totp/enrol").location == "/security"
    assert post(client, "/security/totp", {"password": "wrong"}).status_code == 401
    assert post(client, "/security/totp", {"password": PASSWORD}).location == "/security/totp/enrol"
    assert token_of(client) != before and here.zhunyu.accounts.session(before) is None
    assert "<svg" in client.get("/security/totp/enrol").text


@pytest.mark.parametrize(
    ("agent", "words"),
    [(EDGE, "Windows 电脑的 Edge 浏览器"), (PHONE, "iPhone的 微信"), ("curl/8", "未知设备"), ("", "未知设备"),
     ("Mozilla/5.0 (X11; Linux x86_64; Kylin) Firefox/115.0", "麒麟电脑的 Firefox 浏览器")],
)  # fmt: skip
def test_a_device_is_named_in_words(agent: str, words: str) -> None:
    assert device_words(agent) == words
