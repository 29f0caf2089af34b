"""Other departments' systems: signed answers, no way round purpose and consent, and the holder's pages."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from engine.trust import sm2
from engine.trust.listing import read_list
from engine.trust.message import verify_message
from tests.web.api_world import HOTEL, PASSWORD, USE, World

NONCE = "departments-nonce-0001"
PURPOSE = {"matter": USE, "officer": "王经办", "reference": "示食许2026-1"}
LEGAL = {**PURPOSE, "basis": "《食品安全法》第三十五条"}


class Shared:
    """A world with a certificate, and a department's client."""

    def __init__(self, world: World) -> None:
        self.world, self.market = world, world.client("market")
        case = world.client().case("shared-1")
        world.settle_effects()
        self.id, self.number = case["certificates"][0]["id"], case["certificates"][0]["number"]

    def ask(self, what: str, body: Any, who: str = "market") -> TestResponse:
        client = self.world.client(who)
        return client.post(f"/provision/{what}", body, headers={"X-Zhunyu-Nonce": NONCE})

    def keys(self) -> dict[str, sm2.PublicKey]:
        told = self.market.get("/provision/keys").json["answers"]  # type: ignore[index]
        return {key: sm2.PublicKey.from_hex(point) for key, point in told.items()}

    def fault(self, answer: TestResponse, path: str, method: str = "POST", **change: Any) -> str | None:
        given = {"body": answer.data, "status": answer.status_code, **change}
        return verify_message(
            dict(answer.headers), f"{method} {given['status']}", f"/api/v1/provision/{path}", given["body"],
            self.keys(), self.world.zhunyu.clock.now(), 60,
        )  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shared]:
    world = World(tmp_path_factory.mktemp("provision"))
    yield Shared(world)
    world.close()


def test_every_answer_is_signed_with_the_nonce_it_was_asked_with(shared: Shared) -> None:
    answer = shared.ask("status", {"number": shared.number, "holder_code": HOTEL.code, "purpose": LEGAL})
    assert answer.status_code == 200 and answer.json["holder_matches"] is True  # type: ignore[index]
    assert answer.headers["X-Zhunyu-Nonce"] == NONCE
    assert shared.fault(answer, "status") is None


def test_a_refusal_is_signed_as_well_and_cannot_be_passed_off_as_a_success(shared: Shared) -> None:
    answer = shared.ask("certificate", {"number": shared.number, "consent": "0000-0000-0000", "purpose": PURPOSE})
    assert (answer.status_code, answer.json["code"]) == (403, "A021")  # type: ignore[index]
    assert shared.fault(answer, "certificate") is None
    assert shared.fault(answer, "certificate", status=200)
    assert shared.fault(answer, "file")
    assert shared.fault(answer, "certificate", body=answer.data + b" ")


def test_face_and_file_come_under_the_consent_of_the_holder(shared: Shared) -> None:
    code = shared.world.consent(shared.id, uses=1)
    body = {"number": shared.number, "consent": code, "purpose": PURPOSE}
    told = shared.ask("certificate", body).json
    assert told["state"] == "valid" and told["face"]["单位名称"] == HOTEL.name  # type: ignore[index]
    file = shared.ask("file", body)
    assert file.mimetype == "application/pdf" and shared.fault(file, "file") is None
    assert shared.world.zhunyu.certificates.by_file(file.data).state == "valid"
    assert shared.ask("file", body, "fire").json["code"] == "A021"  # type: ignore[index]


@pytest.mark.parametrize("who", ["hotel", "hotel_read", "pool"])
def test_an_applicants_token_asks_nothing_for_departments_and_the_other_way_round(shared: Shared, who: str) -> None:
    asked = shared.ask("status", {"number": shared.number, "purpose": LEGAL}, who)
    assert (asked.status_code, asked.json["code"]) == (403, "A002")  # type: ignore[index]
    assert shared.market.get("/certificates").status_code == 403
    assert shared.market.get(f"/certificates/{shared.id}/file").status_code == 403
    assert shared.market.get("/account").status_code == 403


def test_without_a_legal_ground_or_a_registered_purpose_nothing_is_told(shared: Shared) -> None:
    assert shared.ask("status", {"number": shared.number, "purpose": PURPOSE}).status_code == 400
    other = shared.ask("status", {"number": shared.number, "purpose": {**LEGAL, "matter": "别的事"}})
    assert (other.status_code, other.json["code"]) == (403, "A022")  # type: ignore[index]


def test_the_list_is_signed_by_itself_and_not_sent_again_unchanged(shared: Shared) -> None:
    answer = shared.market.get("/provision/changes?since=0")
    told = shared.market.get("/provision/keys").json["lists"]  # type: ignore[index]
    keys = {key: sm2.PublicKey.from_hex(point) for key, point in told.items()}
    assert read_list(answer.data, keys)["since"] == 0
    assert "max-age=60" in answer.headers["Cache-Control"]
    again = shared.market.get("/provision/changes?since=0", headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304 and shared.fault(again, "changes?since=0", "GET") is None


def test_a_departments_rate_is_limited_for_each_operation(shared: Shared) -> None:
    codes = [shared.ask("holdings", {}).status_code for _ in range(61)]
    shared.world.forget_rates()
    assert (codes[0], codes[-1]) == (400, 429)


def page(client: FlaskClient, path: str) -> str:
    found = client.get(path)
    assert found.status_code == 200, found.status
    return found.text


def signed_in(shared: Shared, login: str = "hotel") -> FlaskClient:
    client = shared.world.app.test_client()
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(client, "/login"))
    assert token
    client.post("/login", data={"login": login, "password": PASSWORD, "csrf_token": token[1]})
    return client


def send(client: FlaskClient, form_of: str, action: str, **values: str) -> TestResponse:
    token = re.search(r'name="csrf_token" value="([^"]+)"', page(client, form_of))
    assert token
    return client.post(action, data={"csrf_token": token[1], **values})


def test_the_holder_gives_sees_and_withdraws_a_consent_and_sees_who_looked(shared: Shared) -> None:
    client, here = signed_in(shared), f"/certificates/{shared.id}"
    assert f"{here}/consents" in page(client, "/certificates")
    chosen = re.search(r'<option value="([^"]+)"[^>]*>上海市示例消防救援局', page(client, f"{here}/consents"))
    assert chosen
    assert send(client, f"{here}/consents", f"{here}/consents", use="别的", days="7", uses="1").status_code == 422
    made = send(client, f"{here}/consents", f"{here}/consents", use=chosen[1], days="7", uses="1")
    assert made.status_code == 303
    shown = page(client, f"{here}/consents")
    code, ending = re.search(r'<b class="mono">([0-9A-Z-]{14})</b>', shown), re.search(r"[^\"]+/withdraw", shown)
    assert code and ending
    body = {"number": shared.number, "consent": code[1], "purpose": PURPOSE}
    assert shared.ask("certificate", body, "fire").status_code == 200
    assert send(client, f"{here}/consents", ending[0]).status_code == 303
    assert shared.ask("certificate", body, "fire").json["code"] == "A021"  # type: ignore[index]
    told = page(client, f"{here}/uses")
    assert "上海市示例消防救援局" in told and "王经办" in told and "没有提供" in told and "撤回授权" in told


def test_nobody_else_sees_a_holders_consents_and_uses(shared: Shared) -> None:
    client = signed_in(shared, "pool")
    assert client.get(f"/certificates/{shared.id}/consents").status_code == 404
    assert client.get(f"/certificates/{shared.id}/uses").status_code == 404
