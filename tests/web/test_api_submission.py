"""Filing through the API: pre-check, idempotency, following, the certificate, and the edges of a request."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from portal.api import gate
from tests.web.api_world import BY_HAND, INSTANT, Client, World, pdf


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("api"))
    yield world
    world.close()


@pytest.fixture
def client(world: World) -> Client:
    world.forget_rates()
    return world.client()


def test_the_catalogue_is_searched_without_a_token(world: World) -> None:
    found = Client(world.app.test_client()).get("/matters?text=示例").json
    assert [card["id"] for card in found["items"]] == ["api_sample"]  # type: ignore[index]


def test_a_declaration_carries_its_conditions_as_json_logic(client: Client) -> None:
    declaration = client.get("/matters/api_sample").json
    assert declaration["materials"][0]["when"] == {"text": "总是", "logic": True, "reads": []}  # type: ignore[index]


def test_a_declaration_is_not_sent_again_to_a_client_that_has_it(client: Client) -> None:
    tag = client.get("/matters/api_sample").headers["ETag"]
    again = client.get("/matters/api_sample", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_the_precheck_tells_before_submission_that_it_is_instant(client: Client) -> None:
    seen = client.post(f"/drafts/{client.draft(INSTANT)}/precheck", {"complete": True}).json
    assert (seen["ready"], seen["instant"], seen["assessment"]["outcome"]) == (True, True, "秒批")  # type: ignore[index]


def test_the_precheck_of_other_answers_leaves_the_draft_alone(client: Client) -> None:
    draft = client.draft(INSTANT)
    client.post(f"/drafts/{draft}/precheck", {"answers": BY_HAND})
    assert client.get(f"/drafts/{draft}").json["answers"] == INSTANT  # type: ignore[index]


def test_answers_are_not_saved_over_a_revision_that_has_passed(client: Client) -> None:
    refused = client.call("PUT", f"/drafts/{client.draft()}/answers", {"answers": BY_HAND, "revision": 1})
    assert (refused.status_code, refused.json["code"]) == (409, "A013")  # type: ignore[index]


def test_the_same_key_and_body_give_the_same_case(client: Client) -> None:
    draft = client.draft()
    first, second = client.submit(draft, "same-key-1"), client.submit(draft, "same-key-1")
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json["id"] == second.json["id"]  # type: ignore[index]


def test_the_same_submission_sent_at_once_makes_one_case(world: World, client: Client) -> None:
    draft = client.draft(BY_HAND)
    with ThreadPoolExecutor(4) as pool:
        sent = list(pool.map(lambda _: world.client().submit(draft, "at-once-1"), range(4)))
    assert [one.status_code for one in sent] == [201] * 4
    assert len({one.json["id"] for one in sent}) == 1  # type: ignore[index]


def test_the_same_key_for_another_draft_is_refused(client: Client) -> None:
    client.submit(client.draft(), "same-key-2")
    refused = client.submit(client.draft(BY_HAND), "same-key-2")
    assert (refused.status_code, refused.json["code"]) == (409, "A005")  # type: ignore[index]


def test_the_same_key_with_another_insist_is_refused(client: Client) -> None:
    draft = client.draft()
    client.submit(draft, "same-key-3")
    refused = client.submit(draft, "same-key-3", insist=True)
    assert (refused.status_code, refused.json["code"]) == (409, "A005")  # type: ignore[index]


def test_a_submission_without_a_key_names_the_header(client: Client) -> None:
    refused = client.post("/cases", {"draft": client.draft()})
    assert (refused.status_code, refused.json["problems"][0]["path"]) == (400, "Idempotency-Key")  # type: ignore[index]


def test_a_form_that_is_not_in_order_names_every_field(client: Client) -> None:
    refused = client.submit(client.draft({"area": "-1"}), "wrong-form-1")
    assert refused.status_code == 422
    assert {one["path"] for one in refused.json["problems"]} == {"site", "area"}  # type: ignore[index]


def test_an_unchanged_case_is_not_sent_again(client: Client) -> None:
    case = client.case("unchanged-1", BY_HAND)["id"]
    tag = client.get(f"/cases/{case}").headers["ETag"]
    again = client.get(f"/cases/{case}", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_a_withdrawn_case_gets_another_etag(client: Client) -> None:
    case = client.case("withdrawn-1", BY_HAND)["id"]
    tag = client.get(f"/cases/{case}").headers["ETag"]
    assert client.post(f"/cases/{case}/withdrawal", {"reason": "改变主意"}).json["status"] == "已撤回"  # type: ignore[index]
    assert client.get(f"/cases/{case}", headers={"If-None-Match": tag}).status_code == 200


def test_a_granted_case_can_no_longer_be_withdrawn(client: Client) -> None:
    refused = client.post(f"/cases/{client.case('too-late-1')['id']}/withdrawal", {})
    assert (refused.status_code, refused.json["code"]) == (409, "C001")  # type: ignore[index]


def test_pages_of_cases_join_without_gap_or_repetition(client: Client) -> None:
    for number in range(3):
        client.case(f"paged-case-{number}", BY_HAND)
    whole = [line["id"] for line in client.get("/cases?limit=100").json["items"]]  # type: ignore[index]
    joined, after = [], ""
    while True:
        page = client.get("/cases", query_string={"limit": 2, "after": after}).json
        joined += [line["id"] for line in page["items"]]  # type: ignore[index]
        after = page["next"]  # type: ignore[index]
        if not after:
            break
    assert joined == whole


def test_a_certificate_is_downloaded_and_verified_by_its_file(world: World, client: Client) -> None:
    made = client.case("certificate-1")["certificates"][0]
    world.settle_effects()
    file = client.get(f"/certificates/{made['id']}/file")
    assert (file.mimetype, file.data[:5]) == ("application/pdf", b"%PDF-")
    checked = client.send_file("/verification", "证照.pdf", file.data).json
    assert (checked["state"], checked["number"]) == ("valid", made["number"])  # type: ignore[index]


def test_an_altered_certificate_file_is_found_out(world: World, client: Client) -> None:
    made = client.case("certificate-2")["certificates"][0]
    world.settle_effects()
    data = client.get(f"/certificates/{made['id']}/file").data
    altered = data[:600] + bytes([data[600] ^ 1]) + data[601:]
    assert client.send_file("/verification", "证照.pdf", altered).json["state"] == "altered"  # type: ignore[index]


def test_a_certificate_that_is_being_made_is_told_so(client: Client) -> None:
    made = client.case("certificate-3")["certificates"][0]
    refused = client.get(f"/certificates/{made['id']}/file")
    assert (refused.status_code, refused.json["code"]) == (409, "C005")  # type: ignore[index]


def test_a_number_is_verified_without_a_token(world: World, client: Client) -> None:
    number = client.case("certificate-4")["certificates"][0]["number"]
    told = Client(world.app.test_client()).get("/verification", query_string={"number": number}).json
    assert told["state"] == "issuing"  # type: ignore[index]


def test_a_receipt_is_a_pdf(client: Client) -> None:
    case = client.case("receipt-1", BY_HAND)["id"]
    assert client.get(f"/cases/{case}/documents/receipt").data[:5] == b"%PDF-"


def test_an_oversize_json_body_is_refused(client: Client) -> None:
    body = b'{"answers":{"site":"' + b"a" * gate.JSON_LIMIT + b'"}}'
    refused = client.call("PUT", f"/drafts/{client.draft()}/answers", data=body, content_type="application/json")
    assert (refused.status_code, refused.json["code"]) == (413, "A413")  # type: ignore[index]


def test_an_oversize_upload_is_refused(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(gate, "FILE_LIMIT", 1000)
    refused = client.send_file(f"/drafts/{client.draft()}/materials/plan/files", "平面图.pdf", pdf() + b" " * 2000)
    assert (refused.status_code, refused.json["code"]) == (413, "A413")  # type: ignore[index]


def test_a_file_of_another_kind_is_refused_with_the_reason(client: Client) -> None:
    refused = client.send_file(f"/drafts/{client.draft()}/materials/plan/files", "平面图.pdf", b"MZ not a pdf")
    assert (refused.json["code"], bool(refused.json["detail"])) == ("A007", True)  # type: ignore[index]


@pytest.mark.parametrize(
    "body",
    [
        b"{",
        b"[]",
        b'{"matter": NaN}',
        b'"\xff"',
        b'{"matter": "\\u0000"}',
        b"[" * 5000,
        b'{"matter": 9007199254740993}',
    ],
)
def test_a_body_that_is_not_a_json_object_is_refused(client: Client, body: bytes) -> None:
    refused = client.call("POST", "/drafts", data=body, content_type="application/json")
    assert (refused.status_code, refused.json["code"]) == (400, "A012")  # type: ignore[index]


def test_an_unknown_key_of_a_body_is_named(client: Client) -> None:
    refused = client.post("/drafts", {"matter": "api_sample", "actson": "x"})
    assert refused.json["problems"][0]["path"] == "actson"  # type: ignore[index]


def test_another_media_type_is_refused(client: Client) -> None:
    refused = client.call("POST", "/drafts", data=b"matter=api_sample", content_type="text/plain")
    assert (refused.status_code, refused.json["code"]) == (415, "A415")  # type: ignore[index]


def test_an_unknown_address_answers_with_a_problem(client: Client) -> None:
    refused = client.get("/nothing")
    assert (refused.status_code, refused.mimetype) == (404, "application/problem+json")


def test_a_wrong_method_names_the_right_ones(client: Client) -> None:
    refused = client.call("DELETE", "/matters")
    assert (refused.status_code, refused.json["code"], "GET" in refused.headers["Allow"]) == (405, "A405", True)  # type: ignore[index]


def test_a_defect_is_told_without_its_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_given: object) -> None:
        raise RuntimeError("the secret detail")

    monkeypatch.setattr("engine.services.cases.Cases.mine", broken)
    refused = client.get("/cases")
    assert (refused.status_code, refused.json["code"], "secret" in refused.text) == (500, "S500", False)  # type: ignore[index]


def test_answers_tell_how_much_of_the_rate_is_left(client: Client) -> None:
    first, second = client.get("/cases"), client.get("/cases")
    assert int(first.headers["RateLimit-Remaining"]) == int(second.headers["RateLimit-Remaining"]) + 1


def test_a_client_that_asks_too_often_is_told_when_to_come_again(client: Client) -> None:
    answers = [client.get("/verification?number=1") for _ in range(61)]
    assert (answers[-1].status_code, answers[-1].json["code"]) == (429, "A006")  # type: ignore[index]
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
