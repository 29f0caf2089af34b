from __future__ import annotations

import pytest

from engine.web.access import access, undeclared
from engine.web.app import WebApp
from tests.web.kit import small_app


@pytest.fixture(scope="module")
def app() -> WebApp:
    return small_app()


def test_a_route_without_declared_access_stops_the_start(app: WebApp) -> None:
    with pytest.raises(RuntimeError, match="declares no access"):
        small_app().add_url_rule("/open", "open", lambda: "open")


def test_an_access_rule_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        access("everyone")


def test_a_role_rule_needs_a_role() -> None:
    with pytest.raises(ValueError, match="does not exist"):
        access("role")


def test_every_route_of_the_kit_declares_access(app: WebApp) -> None:
    assert undeclared(app) == ()


def test_a_visitor_is_sent_to_sign_in_and_comes_back_to_the_page(app: WebApp) -> None:
    answer = app.test_client().get("/mine?page=2")
    assert (answer.status_code, answer.location) == (303, "/login?next=%2Fmine%3Fpage%3D2")


def test_htmx_is_told_to_go_to_the_sign_in_page(app: WebApp) -> None:
    answer = app.test_client().get("/mine", headers={"HX-Request": "true", "HX-Current-URL": "http://localhost/mine?a=1"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (401, "/login?next=%2Fmine%3Fa%3D1")


def test_a_program_is_refused_with_a_problem(app: WebApp) -> None:
    answer = app.test_client().get("/api/cases")
    assert (answer.status_code, answer.content_type, answer.get_json(force=True)["code"]) == (
        401, "application/problem+json", "A001",
    )  # fmt: skip


def test_a_bearer_token_with_the_scope_passes_without_a_csrf_token(app: WebApp) -> None:
    assert app.test_client().post("/api/cases", headers={"Authorization": "Bearer api"}).status_code == 200


def test_an_unknown_bearer_token_does_not_fall_back_to_the_cookie(app: WebApp) -> None:
    client = app.test_client()
    client.get("/enter?as=applicant")
    assert client.get("/api/cases", headers={"Authorization": "Bearer nobody"}).status_code == 401


def test_an_api_token_does_not_open_pages(app: WebApp) -> None:
    assert app.test_client().get("/mine", headers={"Authorization": "Bearer api"}).status_code == 403


def test_a_member_of_staff_without_the_role_is_refused() -> None:
    client = small_app("admin").test_client()
    client.get("/enter?as=clerk")
    assert client.get("/approve").status_code == 403


def test_a_member_of_staff_with_the_role_passes() -> None:
    client = small_app("admin").test_client()
    client.get("/enter?as=approver")
    assert client.get("/approve").status_code == 200


def test_an_applicant_session_is_nobody_in_the_admin_app() -> None:
    client = small_app("admin").test_client()
    client.get("/enter?as=applicant")
    assert client.get("/desk").status_code == 303


def test_metrics_are_shown_to_this_machine(app: WebApp) -> None:
    assert b"zhunyu_requests_total" in app.test_client().get("/metrics").data


@pytest.mark.parametrize("headers", [{"X-Forwarded-For": "127.0.0.1"}, {}])
def test_metrics_are_not_shown_to_others(app: WebApp, headers: dict[str, str]) -> None:
    address = "127.0.0.1" if headers else "203.0.113.9"
    answer = app.test_client().get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert answer.status_code == 403


def test_the_navigation_shows_only_what_the_visitor_may_open(app: WebApp) -> None:
    text = app.test_client().get("/").text
    assert ("我的办件" in text, ">审批<" in text) == (True, False)
