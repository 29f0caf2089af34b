"""Every operation of the OpenAPI document, driven with fitting and unfitting requests: it answers as documented."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.web.access import declared
from portal.api.contract import OPERATIONS
from portal.api.mount import ROUTES
from portal.api.shape import shown
from portal.api.shapes_matters import MatterShape
from tests.project import project_loaded
from tests.web.api_contract import address, anything, check, fitting, follow, mostly, operations, text, valid
from tests.web.api_world import BY_HAND, HOTEL, USE, Client, World, api_matter, pdf

NAMES = sorted(OPERATIONS)
# An address cannot hold these: a slash, also quoted, begins another part.
odd_name = text.filter(lambda one: one not in ("", ".", "..") and "/" not in one)
DRIVEN = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


class Driven:
    """A world with something of everything in it, and its document."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.client = world.client()
        self.document: dict[str, Any] = json.loads(self.client.get("/openapi.json").data)
        self.entries = {one[2]["operationId"]: one for one in operations(self.document)}
        granted, waiting = self.client.case("granted-1"), self.client.case("waiting-1", BY_HAND)
        world.settle_effects()
        foreign = world.client("pool").case("foreign-1")
        self.known = {
            "matter_id": ["api_sample"], "matter": ["api_sample"], "to": ["api_sample"], "material_id": ["plan"],
            "case_id": [granted["id"], waiting["id"], foreign["id"]],
            "outside_number": ["SH-2026-000001", "SH-2026-000002"],
            "certificate_id": [granted["certificates"][0]["id"], foreign["certificates"][0]["id"]],
            "kind": ["receipt", "decision", "supplement"],
            "number": [granted["certificates"][0]["number"]], "holder_code": [HOTEL.code], "type": ["api_sample"],
            "consent": [world.consent(granted["certificates"][0]["id"])],
            "field": [field.id for field in api_matter().fields()],
        }  # fmt: skip
        self.renew()

    def renew(self) -> None:
        """A draft with a file, again when the last one was filed or deleted."""
        self.world.forget_rates()
        if "draft_id" in self.known:
            last = self.client.get(f"/drafts/{self.known['draft_id'][0]}")
            if last.status_code == 200 and not last.json["case"] and last.json["uploads"].get("plan"):  # type: ignore[index]
                return
        draft = self.client.draft()
        upload = self.client.send_file(f"/drafts/{draft}/materials/plan/files", "平面图.pdf", pdf()).json
        self.known |= {"draft_id": [draft], "draft": [draft], "upload_id": [upload["id"]]}


@pytest.fixture(scope="module")
def driven(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Driven]:
    world = World(tmp_path_factory.mktemp("api"))
    yield Driven(world)
    world.close()


def headers_of(data: st.DataObject, entry: dict[str, Any]) -> dict[str, str]:
    """Header parameters: a fitting key mostly, odd ones sometimes."""
    plain = st.text(st.characters(min_codepoint=33, max_codepoint=126), max_size=12)
    sent = {}
    for one in entry["parameters"]:
        chance = data.draw(st.integers(0, 9), label=one["name"]) if one["in"] == "header" else 0
        if one["name"] == "Idempotency-Key" and chance:
            sent[one["name"]] = data.draw(plain) if chance == 1 else f"key-{data.draw(st.integers(0, 10**9))}"
        elif chance == 1:
            sent[one["name"]] = data.draw(plain)
    return sent


def body_of(data: st.DataObject, driven: Driven, entry: dict[str, Any]) -> dict[str, Any]:
    """A request body: fitting, arbitrary JSON, or arbitrary bytes under an arbitrary type."""
    way = data.draw(st.integers(0, 9), label="body")
    content = entry.get("requestBody", {}).get("content", {})
    if way == 0:
        media = data.draw(st.sampled_from(["application/json", "text/plain", "multipart/form-data", ""]))
        return {"data": data.draw(st.binary(max_size=60)), "content_type": media}
    if way <= 2:
        return {"data": json.dumps(data.draw(anything)), "content_type": "application/json"}
    if "application/json" in content:
        known = {**driven.known, "matter": [USE]} if "provision" in entry["operationId"] else driven.known
        value = data.draw(fitting(driven.document, content["application/json"]["schema"], known))
        return {"data": json.dumps(value), "content_type": "application/json"}
    if "multipart/form-data" in content:
        file = (io.BytesIO(data.draw(st.just(pdf()) | st.binary(max_size=60))), data.draw(text))
        part: Any = file if way > 3 else data.draw(text)
        return {"data": {data.draw(st.just("file") | text): part}, "content_type": "multipart/form-data"}
    return {}


@pytest.mark.parametrize("name", NAMES)
def test_every_operation_answers_as_documented_whatever_it_is_sent(driven: Driven, name: str) -> None:
    method, path, entry = driven.entries[name]
    places = [one["name"] for one in entry["parameters"] if one["in"] == "path"]
    queries = [one for one in entry["parameters"] if one["in"] == "query"]

    @DRIVEN
    @given(st.data())
    def drive(data: st.DataObject) -> None:
        driven.renew()
        names = {place: data.draw(mostly(driven.known[place], odd_name), label=place) for place in places}
        asked = {
            one["name"]: data.draw(fitting(driven.document, one["schema"], {}) | text, label=one["name"])
            for one in queries
            if data.draw(st.booleans())
        }
        scopes = [one["bearer"] for one in entry["security"]]
        fit, other = ("market", "hotel") if ["provide"] in scopes else ("hotel", "market")
        fit = "platform" if ["transfer"] in scopes else fit
        who = data.draw(mostly([fit], st.sampled_from(["hotel_read", "pool", other, ""])))
        client = Client(driven.world.app.test_client(), driven.world.tokens.get(who, ""))
        response = client.flask.open(
            address(path, names), method=method, query_string=asked,
            headers={**client.headers, **headers_of(data, entry)}, **body_of(data, driven, entry),
        )  # fmt: skip
        check(driven.document, entry, response)

    drive()


def test_every_route_of_the_api_but_its_documentation_is_an_operation_of_the_document(driven: Driven) -> None:
    assert {view.__name__ for _method, _path, view in ROUTES} - {"openapi", "docs"} == set(driven.entries)


def test_every_operation_declares_in_the_document_the_scope_that_the_kit_enforces(driven: Driven) -> None:
    for _method, path, view in ROUTES:
        if view.__name__ in driven.entries:
            security = driven.entries[view.__name__][2]["security"]
            rule = f"api:{security[0]['bearer'][0]}" if security else "public"
            assert declared(view) == rule, path


def test_every_matter_of_the_catalogue_is_told_as_documented(driven: Driven) -> None:
    catalogue, _problems = project_loaded()
    schema = driven.document["components"]["schemas"]["MatterShape"]
    for matter in catalogue.matters.values():
        told = shown(MatterShape, matter, route=[step.title for step in matter.route])
        valid(driven.document, schema, told.model_dump(mode="json"))
    assert catalogue.matters


def test_the_document_names_the_bearer_scheme(driven: Driven) -> None:
    assert driven.document["components"]["securitySchemes"]["bearer"]["scheme"] == "bearer"


def test_every_reference_of_the_document_leads_somewhere(driven: Driven) -> None:
    def walk(node: Any) -> int:
        if isinstance(node, dict):
            found = 1 if "$ref" in node and follow(driven.document, node) is not None else 0
            return found + sum(walk(one) for one in node.values())
        return sum(walk(one) for one in node) if isinstance(node, list) else 0

    assert walk(driven.document) > 100


def test_every_part_of_a_body_is_explained(driven: Driven) -> None:
    schemas = driven.document["components"]["schemas"]
    silent = [
        f"{model}.{name}"
        for model, schema in schemas.items()
        for name, part in schema.get("properties", {}).items()
        if not part.get("description")
    ]
    assert silent == []


def test_every_schema_of_the_document_is_a_valid_json_schema(driven: Driven) -> None:
    for schema in driven.document["components"]["schemas"].values():
        jsonschema.Draft202012Validator.check_schema(schema)


def test_the_readable_page_tells_every_operation_without_script_or_foreign_address(driven: Driven) -> None:
    page = driven.client.flask.get("/api/v1/docs")
    assert page.status_code == 200
    for method, path, _entry in driven.entries.values():
        assert f'{method}</span> <span class="mono">{path}<' in page.text
    assert "http://" not in page.text and "https://" not in page.text and "style=" not in page.text


def test_the_document_is_not_sent_again_to_a_client_that_has_it(driven: Driven) -> None:
    tag = driven.client.get("/openapi.json").headers["ETag"]
    again = driven.client.get("/openapi.json", headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
