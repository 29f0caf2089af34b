"""Confidential matters (重特事项): sealed as a whole wherever they lie, out of every public place, read by few."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from engine.adapters.sql.database import Database
from engine.adapters.sql.tables.metadata import metadata
from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import CertificateStatus
from engine.model.people import Subject
from engine.ports.accounts import Account
from engine.ports.certificates import CertificateQuery
from engine.ports.effects import Job
from engine.ports.world import Answer
from engine.services.accounts import Session
from engine.services.certificates import Certificates
from engine.services.desk import Desk
from engine.services.desk_acting import DeskActing
from engine.services.worklist import WorkList
from tests.flow.key_world import KeyWorld
from tests.flow.test_protection import everything
from tests.flow.world import PHONE, located, session
from tests.unit.pipeline import sample

SITE = str(sample.ANSWERS["site"])


SQLITE = pytest.mark.parametrize("database", ["sqlite"], indirect=True)


@pytest.fixture
def made(database: Database, tmp_path: Path) -> Iterator[KeyWorld]:
    one = KeyWorld(database, tmp_path)
    one.staff("sec", "aud")
    one.world.publish(located(confidential=True))
    yield one
    one.world.facts.close()


def subject() -> Subject:
    found = session().subject
    assert found is not None
    return found


def desk(made: KeyWorld) -> Desk:
    world = made.world
    return Desk(store=world.store, clock=world.clock, files=made.files, shelf=world.shelf)


def acting(made: KeyWorld) -> DeskActing:
    world = made.world
    return DeskActing(store=world.store, clock=world.clock, shelf=world.shelf, committing=world.committing)


def worklist(made: KeyWorld) -> WorkList:
    return WorkList(store=made.world.store, clock=made.world.clock, ids=made.world.ids, shelf=made.world.shelf)


def staff(id: str, *roles: str) -> Session:
    return Session("", Account(id, id, "staff", id, roles=roles, district="黄浦区"), None, "", "")


def manual(made: KeyWorld) -> Case:
    made.world.registry.says = lambda _: Answer("value", {"status": "存续", "address": "别处"})
    return made.world.filed(session())


def test_nothing_of_a_confidential_case_lies_in_the_clear(made: KeyWorld) -> None:
    case = made.settled()
    stored = everything(made.world)
    words = [PHONE, SITE, subject().name, subject().code, *(text for text in case.summary.split(" · "))]
    with made.world.store.read() as tx:
        face = [text for one in tx.certificates.of_case(case.id) for text in one.face.values()]
    words += [text for text in face if text not in (case.authority_name, face[0]) and text[:4] != "2026"]
    assert face and [word for word in words if word in stored] == []


@SQLITE
def test_a_confidential_case_is_whole_again_when_it_is_read(made: KeyWorld) -> None:
    case = made.settled()
    again = made.world.load(case.id)
    assert again == case and again.confidential and again.answers["phone"] == PHONE and again.subjects == (subject(),)
    with made.world.store.read() as tx:
        assert {one.actor.name for one in tx.cases.events(case.id)} >= {session().account.name}


@SQLITE
def test_a_confidential_certificate_is_found_by_its_holder_and_by_nobody_else(made: KeyWorld) -> None:
    case, world = made.settled(), made.world
    register = Certificates(
        store=world.store, clock=world.clock, files=made.files, shelf=world.shelf, seals=None, legal=None  # type: ignore[arg-type]
    )
    with world.store.read() as tx:
        mine = tx.certificates.find(CertificateQuery(holder_code=subject().code))
        by_name = tx.certificates.find(CertificateQuery(text=subject().name))
        number = tx.certificates.of_case(case.id)[0].number
    assert [one.holder_name for one in mine] == [subject().name] and mine[0].status is CertificateStatus.VALID
    assert by_name == () and register.public_search(number) == () and register.public_search(subject().name) == ()
    told = register.standing(mine[0], number)
    assert (told.state, told.certificate) == ("unknown", None)


@SQLITE
def test_a_push_of_a_confidential_case_says_nothing_but_its_state(made: KeyWorld) -> None:
    bodies: list[Job] = []
    made.world.filed(session())
    effects = made.world.effects(lambda job: bodies.append(job) or "")  # type: ignore[func-returns-value]
    for job in effects.claim(("push",), 20):
        effects.run(job)
    text = msgspec.json.encode([job.body for job in bodies]).decode()
    assert bodies and [word for word in (subject().name, subject().code, SITE, PHONE) if word in text] == []


@SQLITE
def test_a_confidential_case_is_read_only_by_who_took_its_task(made: KeyWorld) -> None:
    case, found = manual(made), desk(made)
    with made.world.store.read() as tx:
        task = tx.cases.tasks(case.id)[0]
    clerk, other = staff("W1", task.role), staff("W2", task.role)
    assert [line.case.number for line in worklist(made).page(clerk).lines] == [case.number]
    with pytest.raises(ZhunyuError, match="A002 重特事项只有经办人可以查看"):
        found.case(clerk, case.id)
    acting(made).claim(clerk, case.id, task.task)
    assert found.view(clerk, case.id).case.answers["phone"] == PHONE
    for reading in (found.case, found.view):
        with pytest.raises(ZhunyuError, match="A002"):
            reading(other, case.id)
    with pytest.raises(ZhunyuError, match="A002"):
        found.upload(other, case.id, "U1")


@SQLITE
def test_the_applicant_follows_a_confidential_case_as_any_other(made: KeyWorld) -> None:
    case = made.settled()
    view = made.world.cases.view(session(), case.id)
    assert [moment.kind for moment in view.timeline][:2] == ["收件", "预审"] and view.certificates


def test_a_destroyed_confidential_case_leaves_its_certificate_in_the_register(made: KeyWorld) -> None:
    case = made.settled()
    made.keys.destroy(case.id, by="sec", second="aud", reason="到期")
    with made.world.store.read() as tx:
        found = tx.certificates.of_case(case.id)[0]
    assert (found.holder_name, found.face, found.number != "") == ("（已按规定销毁）", {}, True)
    made.seal_history()
    assert made.history.verify().faults == ()


@SQLITE
def test_the_work_list_shows_a_destroyed_case_among_what_was_done(made: KeyWorld) -> None:
    case, found = manual(made), desk(made)
    with made.world.store.read() as tx:
        task = tx.cases.tasks(case.id)[0]
    clerk = staff("W1", task.role)
    acting(made).claim(clerk, case.id, task.task)
    made.world.cases.withdraw(session(), case.id)
    made.carry_out()
    with made.database.write() as connection:
        tasks = metadata.tables["tasks"]
        connection.execute(sa.update(tasks).where(tasks.c.case == case.id).values(closed_by="W1"))
    made.keys.destroy(case.id, by="sec", second="aud", reason="到期")
    assert [line.case.number for line in worklist(made).page(clerk, "done").lines] == [case.number]
    with pytest.raises(ZhunyuError, match="K006"):
        found.case(clerk, case.id)
