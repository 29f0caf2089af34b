"""The real matters from draft to sealed certificate: the services decide as the tests beside the matters say."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

from engine.adapters.sql.database import Database
from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import MatterTest, load_tests
from engine.model.case import Status, Upload
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.matter import FactNeed
from engine.model.people import Subject
from engine.model.values import Missing
from engine.ports.accounts import Account
from engine.ports.certificates import CertificateVersion
from engine.ports.drafts import Consent, Draft
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.draft_filling import argument_digest
from tests.flow.world import World
from tests.project import project_catalogue

ROOT = Path(__file__).resolve().parents[2]
CATALOGUE = project_catalogue()
CONSENTED = "核验"
INSTANT = sorted(
    matter.id for matter in CATALOGUE.matters.values() if any(row.outcome == "秒批" for row in matter.decide)
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return CATALOGUE


def instant_test(catalogue: Catalogue, matter: str) -> MatterTest | None:
    """The first test that expects an instant approval."""
    (path,) = (ROOT / "matters").rglob(f"{matter}.tests.yaml")
    tests, _ = load_tests(path, catalogue)
    return next((test for test in tests if test.expect.get("outcome") == "秒批"), None)


@pytest.mark.parametrize("matter", INSTANT)
def test_an_application_that_its_matter_grants_at_once_is_granted_and_its_case_ends(
    database: Database, catalogue: Catalogue, matter: str
) -> None:
    test = instant_test(catalogue, matter)
    assert test is not None, "a matter with a row for instant approval needs a test of it"
    world = World(database)
    world.clock.move(_until(test.at, world))
    world.publishing.publish(msgspec.structs.replace(catalogue, matters={matter: catalogue.matters[matter]}), "测试")
    world.registry.by_path = answers_of(catalogue, test)
    session, draft = opened(world, catalogue, test)
    case = world.cases.submit(session, draft.id, "key")
    world.facts.close()
    world.seal(case)
    done = world.load(case.id)
    assert (done.assessment is not None and done.assessment.outcome, done.closed_at != "", done.status) == (
        "秒批", True, Status.ISSUED if done.certificates else Status.GRANTED
    )  # fmt: skip


def answers_of(catalogue: Catalogue, test: MatterTest) -> Callable[[Mapping[str, str], str], Answer]:
    """What the registry says, by the questions the matter asks."""
    needs = catalogue.matters[test.matter].facts
    says = {need.key: test.facts.get(need.key, Missing.EMPTY) for need in needs}

    def answer(asked: Mapping[str, str], path: str) -> Answer:
        need = next(need for need in needs if catalogue.reference.sources[need.source].path == path)
        value = says[need.key]
        if need.each and isinstance(value, tuple | list):
            value = value[_row(need, asked, test)]
        return Answer("empty") if value is Missing.EMPTY else Answer("value", value)

    return answer


def _row(need: FactNeed, asked: Mapping[str, str], test: MatterTest) -> int:
    """The row of the table that the question is about."""
    rows = test.answers[need.each]
    assert isinstance(rows, list)
    columns = {name: path.removeprefix("row.") for name, path in need.args.items() if path.startswith("row.")}
    return next(i for i, row in enumerate(rows) if all(_cell(row, one) == asked[name] for name, one in columns.items()))


def _cell(row: Any, path: str) -> str:
    for part in path.split("."):
        row = row[part]
    return ",".join(map(str, row)) if isinstance(row, list) else str(row)


def opened(world: World, catalogue: Catalogue, test: MatterTest) -> tuple[Session, Draft]:
    """A session of the test's applicant and a draft with its answers."""
    who, matter = test.applicant, catalogue.matters[test.matter]
    subject = Subject(str(who["kind"]), str(who["code"]), str(who["name"]))
    account = Account(id="A1", login="a1", kind="applicant", name=str(who["agent"]), level=int(str(who["level"])))
    session = Session("", account, subject, str(who["authority"]), "")
    original = registered(world, test, matter.acts_on.type) if matter.acts_on and test.original else ""
    uploads = {id: (Upload(id, f"{id}.pdf", "application/pdf", 1, ""),) for id in test.materials}
    draft = Draft(
        id=world.ids.new(), account="A1", subject=subject, matter=matter.id, matter_hash=matter.hash,
        acts_on=original, answers=dict(test.answers), uploads=uploads, revision=1, created_at=world.at,
        updated_at=world.at,
    )  # fmt: skip
    with world.store.write() as tx:
        tx.drafts.add(draft)
        for need in matter.facts:
            if catalogue.reference.sources[need.source].asks == CONSENTED:
                digest = argument_digest(need, draft.answers)
                given = Consent(world.ids.new(), draft.id, "A1", need.key, need.source, digest, world.at)
                tx.drafts.add_consent(given)
    return session, draft


def registered(world: World, test: MatterTest, type: str) -> str:
    """The certificate acted on, in the register."""
    given = dict(test.original or {})
    names = set(Certificate.__struct_fields__) - {"face", "item", "status", "type", "version"}
    own = {key: str(value) for key, value in given.items() if key in names}
    own = {"issued_on": "", "valid_from": "", "valid_to": "", "district": "", "number": "旧证1", **own}
    certificate = Certificate(
        **{**own, "id": world.ids.new(), "title": "旧证", "authority_name": str(given.get("authority", "")),
           "authority": "", "matter": "", "case": "", "holder_name": own.get("holder_name", ""),
           "holder_code": own.get("holder_code", "")},
        type=type, status=CertificateStatus(str(given.get("status", "有效"))), version=1,
        face=dict(given.get("face") or {}), item={key: value for key, value in given.items() if key not in names},
    )  # fmt: skip
    with world.store.write() as tx:
        tx.certificates.order(CertificateVersion(certificate, 1, "导入", "", world.at, "sealed"), (), 0)
    return certificate.id


def _until(day: str, world: World) -> timedelta:
    return datetime.fromisoformat(f"{day}T10:00:00+08:00") - world.clock.now()
