"""Pages of site inspections, expert panels and the phone."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from PIL import Image

from tests.web.admin_world import AdminWorld, Desk
from tests.web.field_world import PLAN, accepted, field_world, ids, planned


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AdminWorld]:
    with field_world(tmp_path_factory.mktemp("field")) as made:
        yield made


def sent(desk: Desk, path: str, **given: Any) -> Any:
    """A post of the page on the phone, with the token it asked for."""
    token = desk.client.get("/field/session", headers={"Accept": "application/json"}).json["csrf"]
    return desk.client.post(path, headers={"X-CSRFToken": token, "Accept": "application/json"}, **given)


def picture() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (64, 48), "teal").save(out, "JPEG")
    return out.getvalue()


def test_a_visit_is_planned_on_its_page_and_shown_on_the_case(world: AdminWorld) -> None:
    case = planned(world, "示例路1号甲")
    page = world.desk("inspect1").page(f"/cases/{case.id}")
    assert "沪卫监-2" in page and f"/field#{case.id}" in page


def test_a_plan_that_is_refused_keeps_what_was_typed(world: AdminWorld) -> None:
    case = accepted(world, "示例路1号乙")
    given = {**PLAN, "place": "后门进", "people": [ids(world)["inspect1"]], "version": case.version}
    answer = world.desk("inspect1").post(f"/cases/{case.id}/visit", given)
    assert (answer.status_code, "后门进" in answer.text, "2 名以上" in answer.text) == (422, True, True)


def test_who_has_no_certificate_number_cannot_be_chosen(world: AdminWorld) -> None:
    case = accepted(world, "示例路1号丙")
    page = world.desk("inspect1").page(f"/cases/{case.id}/visit")
    people = ids(world)
    assert f'value="{people["all"]}" disabled' in page and f'value="{people["inspect2"]}"><' in page


def test_the_applicant_sees_when_and_where(world: AdminWorld) -> None:
    case = planned(world, "示例路1号丁")
    words = [one.words for one in world.zhunyu.cases.view(world.applicant, case.id).timeline]
    assert any("2099-01-05 上午" in one and "021-60000000" in one for one in words)


def test_the_phone_takes_a_visit_along_without_what_is_sensitive_and_sends_it_once(world: AdminWorld) -> None:
    case = planned(world, "示例路1号戊")
    desk = world.desk("inspect1")
    bundle = desk.client.get(f"/field/visits/{case.id}").json
    assert "R_clean" in bundle["html"] and set(bundle["base"]) == {"=result", "=opinion", "=attest"}
    report = {"key": "report-0001", "pairs": [["R_clean", "整洁"]], "base": bundle["base"], "result": "符合"}
    report["attest"] = {"kind": "拒绝签字", "name": "陈示在", "reason": "不认可", "witness": "居委会"}
    answers = [sent(desk, f"/field/visits/{case.id}/report", data=json.dumps(report)) for _ in range(2)]
    assert [one.json["again"] for one in answers] == [False, True]
    shot = {"key": "photo-0001", "at": "2026-01-05T09:00:00+08:00"}
    for _ in range(2):
        given = {**shot, "photo": (io.BytesIO(picture()), "现场照片.jpg")}
        assert sent(desk, f"/field/visits/{case.id}/photos", data=given).status_code == 200
    visit = world.case(case).visits[0]
    assert (len(visit.photos), visit.sent) == (1, ("report-0001",))
    assert desk.client.get(f"/cases/{case.id}/files/{visit.photos[0].id}").mimetype == "image/jpeg"
    paper = desk.client.get(f"/cases/{case.id}/visits/inspect-1/record")
    assert paper.data[:5] == b"%PDF-"
    assert 'value="符合" checked' in desk.page(f"/cases/{case.id}/act/finish_step")


def test_what_another_wrote_otherwise_comes_back_as_a_clash(world: AdminWorld) -> None:
    case = planned(world, "示例路1号己")
    one, two = world.desk("inspect1"), world.desk("inspect2")
    base = two.client.get(f"/field/visits/{case.id}").json["base"]
    for desk, words, status in ((one, "整洁", 200), (two, "杂乱", 409)):
        report = {"key": f"report-{words}-1", "pairs": [["R_clean", words]], "base": base}
        answer = sent(desk, f"/field/visits/{case.id}/report", data=json.dumps(report))
        assert answer.status_code == status
    told = answer.json
    assert (told["by"], told["clashes"][0]["mine"], told["clashes"][0]["theirs"]) == ("黄核甲", "杂乱", "整洁")


def test_nobody_else_takes_the_visit_along_or_sends(world: AdminWorld) -> None:
    case = planned(world, "示例路1号庚")
    assert world.desk("all").client.get(f"/field/visits/{case.id}").status_code == 403
    assert sent(world.desk("all"), f"/field/visits/{case.id}/report", data='{"key": "report-x-1"}').status_code == 403


def test_a_session_that_ended_is_told_as_such_and_a_report_without_a_token_is_refused(world: AdminWorld) -> None:
    client = world.app.test_client()
    assert client.get("/field/session", headers={"Accept": "application/json"}).status_code == 401
    assert world.desk("inspect1").client.post("/field/visits/X/report", data="{}").status_code == 400


def test_experts_are_invited_accept_and_vote_and_the_secretary_closes(world: AdminWorld) -> None:
    case = planned(world, "示例路1号辛")
    for login in ("inspect1", "inspect2"):
        given = {"result": "符合", "opinion": "一致", "R_clean": "整洁", "R_tel": "13800001111"}
        assert world.desk(login).act(world.case(case), "finish_step", given).status_code == 303
    window, people = world.desk("all"), ids(world)
    both = [people["expert1"], people["expert2"]]
    version = world.case(case).version
    few = window.post(f"/cases/{case.id}/panel", {"people": both[:1], "due": "2099-01-09", "version": version})
    assert few.status_code == 422
    asked = window.post(f"/cases/{case.id}/panel", {"people": both, "due": "2099-01-09", "version": version})
    assert asked.status_code == 303
    for login in ("expert1", "expert2"):
        expert = world.desk(login)
        assert expert.client.get("/").location.endswith("/reviews")
        assert case.number in expert.page("/reviews")
        assert expert.client.get(f"/cases/{case.id}").status_code == 403
        assert expert.post(f"/reviews/{case.id}/answer", {"answer": "accept"}).status_code == 303
        assert expert.post(f"/reviews/{case.id}/opinion", {"vote": "同意"}).status_code == 422
        assert expert.post(f"/reviews/{case.id}/opinion", {"vote": "同意", "opinion": "可行。"}).status_code == 303
    assert "可行。" in window.page(f"/cases/{case.id}/panel")
    form = window.page(f"/cases/{case.id}/act/finish_step")
    assert 'value="通过" checked' in form and "同意 2 票" in form
    done = window.act(world.case(case), "finish_step", {"result": "通过", "opinion": "同意 2 票"})
    assert done.status_code == 303, done.text
    assert window.client.get(f"/cases/{case.id}/panels/expert-1/opinions").data[:5] == b"%PDF-"


def test_the_manifest_names_icons_that_are_there(world: AdminWorld) -> None:
    client = world.app.test_client()
    told = json.loads(client.get("/app.webmanifest").data)
    sizes = {one["sizes"] for one in told["icons"] if client.get(one["src"]).status_code == 200}
    assert (told["display"], sizes) == ("standalone", {"192x192", "512x512"})


def test_the_worker_keeps_one_page_and_its_parts_and_nothing_of_anybody(world: AdminWorld) -> None:
    client = world.desk("inspect1").client
    source = client.get("/field-worker.js").text
    told = json.loads(re.search(r"const KEPT = (\{.*?\});", source)[1])  # type: ignore[index]
    assert told["page"] == "/field" and all(one.startswith("/static/") for one in told["kept"])
    assert client.get("/field-worker.js").headers["Cache-Control"] == "no-cache"
    page = client.get("/field").text
    assert "黄核甲" not in page and "csrf" not in page.replace("csrf-token", "")


def weight(client: Any, path: str, known: set[str]) -> int:
    """Bytes that come over the network for a page and what it links to, as they are served; `known` are had already."""
    total, queue = 0, [path]
    while queue:
        at = queue.pop()
        if at in known and at != path:
            continue
        known.add(at)
        answer = client.get(at, headers={"Accept-Encoding": "gzip"}, follow_redirects=True)
        assert answer.status_code == 200, at
        total += len(answer.data)
        if at == path:
            text = gzip.decompress(answer.data).decode() if answer.headers.get("Content-Encoding") else answer.text
            queue += re.findall(r'(?:href|src)="(/static/[^"]+)"', text)
            assert "http://" not in text.replace("http://www.w3.org", "")
    return total


def test_the_first_page_is_light_and_the_next_ones_lighter(world: AdminWorld) -> None:
    case = planned(world, "示例路1号壬")
    client, known = world.desk("inspect1").client, set[str]()
    assert weight(client, "/", known) <= 150_000
    for path in (f"/cases/{case.id}", f"/cases/{case.id}/act/finish_step", "/me", f"/cases/{case.id}/visit"):
        assert weight(client, path, known) <= 30_000, path
    assert weight(client, "/field", set()) <= 150_000


def test_text_is_served_small_and_only_to_who_takes_it(world: AdminWorld) -> None:
    client = world.app.test_client()
    small = client.get("/login", headers={"Accept-Encoding": "gzip, br"})
    plain = client.get("/login")
    assert small.headers["Content-Encoding"] == "gzip" and "Content-Encoding" not in plain.headers
    assert "Accept-Encoding" in small.headers["Vary"] and len(small.data) < len(plain.data) / 2


def test_the_bar_of_a_phone_has_what_one_may_open(world: AdminWorld) -> None:
    bar = re.search(r'<nav class="phone-bar".*?</nav>', world.desk("inspect1").page("/me"), re.S)
    assert bar is not None and "待办" in bar[0] and "我的" in bar[0]
