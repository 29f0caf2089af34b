from __future__ import annotations

import re

import pytest

from engine.web.app import WebApp
from engine.web.words import answer, day, instant, tone
from tests.web.kit import Settings, small_app


@pytest.fixture(scope="module")
def app() -> WebApp:
    return small_app()


def test_a_post_without_a_csrf_token_is_refused(app: WebApp) -> None:
    client = app.test_client()
    client.get("/enter?as=applicant")
    answer = client.post("/mine")
    assert (answer.status_code, "页面已过期" in answer.text) == (400, True)


def test_a_post_with_the_csrf_token_of_the_page_passes(app: WebApp) -> None:
    client = app.test_client()
    client.get("/enter?as=applicant")
    found = re.search(r'name="csrf-token" content="([^"]+)"', client.get("/mine").text)
    assert found is not None
    assert client.post("/mine", headers={"X-CSRFToken": found[1]}).status_code == 200


def test_a_page_allows_no_inline_script_or_style(app: WebApp) -> None:
    policy = app.test_client().get("/").headers["Content-Security-Policy"]
    assert ("unsafe" in policy, "script-src 'self'" in policy, "object-src 'none'" in policy) == (False, True, True)


def test_the_base_page_holds_no_inline_script_or_style(app: WebApp) -> None:
    assert re.findall(r"<script(?![^>]*src=)|style=|<style|\son\w+=", app.test_client().get("/").text) == []


def test_the_session_cookie_is_http_only_and_same_site(app: WebApp) -> None:
    cookie = app.test_client().get("/enter?as=applicant").headers["Set-Cookie"]
    assert ("HttpOnly" in cookie, "SameSite=Lax" in cookie) == (True, True)


def test_the_session_cookie_is_secure_when_the_settings_say_so() -> None:
    client = small_app(settings=Settings(cookie_secure=True)).test_client()
    assert "; Secure" in client.get("/enter?as=applicant").headers["Set-Cookie"]


def test_the_cookie_names_of_the_two_apps_differ() -> None:
    assert small_app("admin").config["SESSION_COOKIE_NAME"] != small_app("portal").config["SESSION_COOKIE_NAME"]


def test_a_signed_in_page_is_not_stored(app: WebApp) -> None:
    client = app.test_client()
    client.get("/enter?as=applicant")
    assert client.get("/mine").headers["Cache-Control"] == "no-store"


def test_a_static_file_under_its_hash_is_kept_for_a_year(app: WebApp) -> None:
    client = app.test_client()
    found = re.search(r'href="(/static/[0-9a-f]+/css/site\.css)"', client.get("/").text)
    assert found is not None
    assert "immutable" in client.get(found[1]).headers["Cache-Control"]


def test_a_static_file_outside_the_folder_is_not_found(app: WebApp) -> None:
    assert app.test_client().get("/static/0/../app.py").status_code == 404


def test_a_refusal_is_a_page_with_what_and_next(app: WebApp) -> None:
    answer = app.test_client().get("/refuse")
    assert (answer.status_code, "已被他人处理。" in answer.text, "请刷新后再办。" in answer.text) == (409, True, True)


def test_a_refusal_of_a_program_is_a_problem_with_its_code(app: WebApp) -> None:
    answer = app.test_client().get("/refuse", headers={"Accept": "application/json"})
    assert (answer.get_json(force=True)["code"], answer.content_type) == ("C002", "application/problem+json")


def test_a_defect_shows_its_number_and_nothing_of_its_cause(app: WebApp) -> None:
    answer = app.test_client().get("/broken", headers={"X-Request-Id": "abcdefgh-1"})
    assert (answer.status_code, "abcdefgh-1" in answer.text, "secret detail" in answer.text) == (500, True, False)


def test_an_unknown_page_is_a_chinese_404(app: WebApp) -> None:
    answer = app.test_client().get("/nowhere")
    assert (answer.status_code, "找不到这个页面" in answer.text) == (404, True)


def test_a_wrong_method_names_the_right_ones(app: WebApp) -> None:
    answer = app.test_client().delete("/desk")
    assert (answer.status_code, "GET" in answer.headers["Allow"]) == (405, True)


def test_a_route_called_too_often_is_refused() -> None:
    client = small_app().test_client()
    assert [client.get("/often").status_code for _ in range(3)] == [200, 200, 429]


def test_visitors_behind_a_trusted_proxy_are_counted_apart() -> None:
    client = small_app(settings=Settings(proxies=1)).test_client()
    codes = [client.get("/often", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)]
    assert codes == [200, 200, 200]


def test_without_a_trusted_proxy_a_forwarded_address_is_not_believed() -> None:
    client = small_app().test_client()
    codes = [client.get("/often", headers={"X-Forwarded-For": f"203.0.113.{n}"}).status_code for n in range(3)]
    assert codes == [200, 200, 429]


def test_readiness_asks_the_store(app: WebApp) -> None:
    assert app.test_client().get("/readyz").text == "ready\n"


def test_an_app_whose_store_fails_is_not_ready() -> None:
    broken = small_app()
    broken.extensions["zhunyu"].accounts = None
    assert broken.test_client().get("/readyz").status_code == 503


def test_logging_in_drops_what_the_cookie_held_before(app: WebApp) -> None:
    client = app.test_client()
    client.get("/")
    with client.session_transaction() as kept:
        before = kept["csrf_token"]
    client.get("/enter?as=applicant")
    client.get("/")
    with client.session_transaction() as kept:
        assert kept["csrf_token"] != before


@pytest.mark.parametrize(
    ("value", "words"),
    [(True, "是"), ([], "—"), (["甲", "乙"], "甲、乙"), ({"name": "李四", "phone": ""}, "李四"), ("", "—")],
)
def test_an_answer_reads_in_words(value: object, words: str) -> None:
    assert answer(value) == words


def test_an_instant_reads_to_the_minute() -> None:
    assert instant("2026-11-23T14:27:09+08:00") == "2026-11-23 14:27"


def test_a_day_reads_in_chinese() -> None:
    assert day("2026-01-02") == "2026年1月2日"


def test_a_status_has_a_tone() -> None:
    assert tone("待补正") == "warn"
