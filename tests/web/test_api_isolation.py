"""Nobody reads or changes through the API what belongs to another: every operation that names something owned."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from engine.model.case import SupplementItem
from engine.model.commands import AskSupplement
from engine.model.people import Actor
from portal.api.mount import ROUTES
from tests.web.api_contract import address
from tests.web.api_world import BATHS, BY_HAND, INSTANT, World, pdf

CLERK = Actor("staff", "st-1", "王窗口", roles=("窗口",), district="")
OWNED = ("<draft_id>", "<case_id>", "<certificate_id>")
FOREIGN = [(method, path, view.__name__) for method, path, view in ROUTES if any(name in path for name in OWNED)]
BODIES: dict[str, Any] = {
    "save_answers": {"answers": BY_HAND},
    "precheck": {},
    "verify_fact": {"fact": "licence", "consent": True},
    "move_draft": {"to": "api_sample"},
    "withdraw_case": {"reason": "改变主意"},
    "sign_for_case": {"secret": "246810"},
    "answer_supplement": {"answers": {"area": "90"}},
}
FILES = frozenset({"upload_material", "upload_supplement"})


class Owned:
    """What the hotel has: a draft with a file, a case that waits for a supplement, a certificate."""

    def __init__(self, world: World) -> None:
        self.world, self.client = world, world.client()
        granted, waiting = self.client.case("granted-1"), self.client.case("waiting-1", BY_HAND)
        world.settle_effects()
        self.draft = self.client.draft()
        upload = self.client.send_file(f"/drafts/{self.draft}/materials/plan/files", "平面图.pdf", pdf()).json
        case = world.zhunyu.cases.view(world.session("hotel"), waiting["id"]).case
        asked = AskSupplement((SupplementItem("请补正面积", fields=("area",), materials=("plan",)),))
        world.zhunyu.cases._committing.carry_out(case, asked, CLERK)
        self.case, self.certificate = waiting["id"], granted["certificates"][0]["id"]
        self.names = {
            "draft_id": self.draft, "case_id": self.case, "certificate_id": self.certificate,
            "upload_id": upload["id"], "material_id": "plan", "kind": "supplement",
        }  # fmt: skip

    def state(self) -> tuple[Any, ...]:
        """Everything of it, as its owner reads it."""
        paths = (f"/drafts/{self.draft}", f"/cases/{self.case}", f"/cases/{self.case}/timeline",
                 f"/certificates/{self.certificate}")  # fmt: skip
        return tuple(self.client.get(path).json for path in paths)


@pytest.fixture(scope="module")
def owned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Owned]:
    world = World(tmp_path_factory.mktemp("api"))
    yield Owned(world)
    world.close()


def send(owned: Owned, who: str, method: str, path: str, name: str, **more: Any) -> Any:
    plain = path.replace("any(receipt, decision, supplement):", "").replace("<", "{").replace(">", "}")
    place = address(plain, owned.names)
    client = owned.world.client(who)
    if name in FILES:
        more |= {"data": {"file": (io.BytesIO(pdf()), "平面图.pdf")}, "content_type": "multipart/form-data"}
    return client.call(method, place, BODIES.get(name), **more)


@pytest.mark.parametrize(("method", "path", "name"), FOREIGN, ids=[name for _, _, name in FOREIGN])
def test_what_belongs_to_another_is_not_found(owned: Owned, method: str, path: str, name: str) -> None:
    refused = send(owned, "pool", method, path, name)
    assert (refused.status_code, refused.json["code"]) == (404, "A003"), refused.text


@pytest.mark.parametrize(("method", "path", "name"), FOREIGN, ids=[name for _, _, name in FOREIGN])
def test_an_attempt_on_what_belongs_to_another_changes_nothing(owned: Owned, method: str, path: str, name: str) -> None:
    before = owned.state()
    send(owned, "pool", method, path, name)
    assert owned.state() == before


@pytest.mark.parametrize(("method", "path", "name"), FOREIGN, ids=[name for _, _, name in FOREIGN])
def test_what_was_made_for_one_subject_is_not_found_when_acting_for_another(
    owned: Owned, method: str, path: str, name: str
) -> None:
    refused = send(owned, "hotel", method, path, name, headers={"X-Subject": BATHS.code})
    assert (refused.status_code, refused.json["code"]) == (404, "A003"), refused.text


def test_the_draft_of_another_cannot_be_submitted(owned: Owned) -> None:
    refused = owned.world.client("pool").submit(owned.draft, "not-my-draft-1")
    assert (refused.status_code, refused.json["code"]) == (404, "A003")


def test_lists_show_nothing_of_another(owned: Owned) -> None:
    other = owned.world.client("pool")
    assert [other.get(path).json["items"] for path in ("/drafts", "/cases", "/certificates")] == [[], [], []]


def test_the_case_file_of_another_is_not_found(owned: Owned) -> None:
    client = owned.client
    draft = client.draft(INSTANT)
    upload = client.send_file(f"/drafts/{draft}/materials/plan/files", "平面图.pdf", pdf()).json["id"]
    case = client.submit(draft, "with-a-file-1").json["id"]
    assert client.get(f"/cases/{case}/files/{upload}").data == pdf()
    assert owned.world.client("pool").get(f"/cases/{case}/files/{upload}").status_code == 404


def test_a_file_handed_in_for_one_case_does_not_serve_another(owned: Owned) -> None:
    answer = {"answers": {}, "uploads": {"plan": ["forged-handle"]}}
    refused = owned.client.post(f"/cases/{owned.case}/supplement", answer)
    assert (refused.status_code, refused.json["problems"][0]["path"]) == (422, "uploads.plan.0")


def test_the_owner_answers_the_supplement_with_a_file(owned: Owned) -> None:
    place = f"/cases/{owned.case}/supplement"
    handed = owned.client.send_file(f"{place}/materials/plan/files", "平面图.pdf", pdf())
    assert handed.status_code == 201, handed.text
    answer = {"answers": {"area": "90"}, "uploads": {"plan": [handed.json["handle"]]}}
    answered = owned.client.post(place, answer)
    assert (answered.status_code, answered.json["status"]) == (200, "已收件"), answered.text
    assert answered.json["uploads"]["plan"][0]["id"] == handed.json["id"]
