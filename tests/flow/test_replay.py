"""A decision read back years later, with its own facts and its own version of the matter, is the same decision."""

from __future__ import annotations

import msgspec
import pytest

from engine.model.case import Assessment, Case
from engine.model.certificate import Certificate
from engine.model.commands import Accept
from engine.model.events import CertificateLocked
from engine.model.matter import Matter
from engine.model.people import Actor
from engine.pipeline.assess import assess
from engine.pipeline.context import Application
from engine.ports.world import Answer
from engine.services.offices import office_for
from tests.flow.world import World, hashed, located, session
from tests.unit.pipeline import sample

YEARS = 365 * 7
CLERK: Actor = sample.CLERK


def read_back(world: World, id: str) -> tuple[Case, Matter, Certificate | None]:
    """From the database alone: the case, the version it was judged under, the certificate as it was then."""
    fresh = World.__new__(World)  # a process that knows nothing yet: only the store is the same
    fresh.store = world.store
    with world.store.read() as tx:
        case = tx.cases.load(id)
        assert case is not None
        matter = tx.versions.load(case.matter_hash)
        locks = [one.event for one in tx.cases.events(id) if isinstance(one.event, CertificateLocked)]
        seen = tx.certificates.version(case.acts_on, locks[0].version) if locks else None
    assert matter is not None
    return case, matter, seen.certificate if seen else None


def judged_again(world: World, id: str) -> tuple[Assessment, Assessment]:
    """As it was judged when it was filed, and as it is judged now for that day."""
    case, matter, original = read_back(world, id)
    assert case.assessment is not None
    day = sample.NOW.date()
    office = office_for(matter, case.answers, original, day)
    application = Application(case.answers, case.uploads, case.subjects[0], case.facts, original, office)
    return case.assessment, assess(matter, application, case.initiator, day, sample.CALENDAR)


@pytest.mark.parametrize("address", [sample.ANSWERS["site"], "别处", None])
def test_an_assessment_is_the_same_years_later(world: World, address: str | None) -> None:
    value = {"status": "存续", "address": address}
    world.registry.says = lambda _: Answer("value", value) if address else Answer("unavailable", reason="来源停机")
    case = world.filed(session())
    world.later(days=YEARS)
    before, after = judged_again(world, case.id)
    assert after == before


def test_the_facts_of_the_day_count_not_those_of_today(world: World) -> None:
    case = world.issued(session())
    world.registry.says = lambda _: Answer("value", {"status": "注销", "address": "别处"})
    world.later(days=YEARS)
    assert judged_again(world, case.id)[1].outcome == "秒批"


def test_the_version_of_the_day_counts_not_the_one_on_the_shelf(world: World) -> None:
    case = world.issued(session())
    world.later(days=YEARS)
    world.publish(located(decide=(), title="示例许可（七年后）"))
    before, after = judged_again(world, case.id)
    assert (after.by, after) == ("instant", before)


def test_a_case_decided_by_people_is_judged_alike_after_its_decision(world: World) -> None:
    world.registry.says = lambda _: Answer("value", {"status": "吊销", "address": "别处"})
    case = world.filed(session())
    world.committing.carry_out(case, Accept("材料齐全"), CLERK)
    world.later(days=YEARS)
    before, after = judged_again(world, case.id)
    assert [(one.check, one.result, one.message) for one in after.findings] == [
        (one.check, one.result, one.message) for one in before.findings
    ]


def test_an_action_on_a_certificate_is_judged_on_the_certificate_as_it_was(world: World) -> None:
    first = world.issued(session())
    world.publish(located(), hashed(sample.cancelling(authorities=(sample.OFFICE,))))
    case = world.filed(session(), "sample_cancel", first.certificates[0])
    world.later(days=YEARS)
    before, after = judged_again(world, case.id)
    assert after == before


def test_the_stored_bytes_are_the_same_after_reading_and_writing(world: World) -> None:
    case = world.filed(session())
    encoded = msgspec.json.encode(case, order="deterministic")
    assert msgspec.json.encode(read_back(world, case.id)[0], order="deterministic") == encoded
