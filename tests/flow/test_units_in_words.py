"""A matter loaded from the store says numbers with their units, as the file it was published from does."""

from __future__ import annotations

from pathlib import Path

from engine.pipeline.assess import assessed
from engine.pipeline.context import Application
from engine.services.shelf import Shelf
from tests.flow.world import World
from tests.unit.matters.tables import item, linked
from tests.unit.pipeline import sample


def test_the_gap_of_a_published_matter_carries_its_unit(world: World, tmp_path: Path) -> None:
    catalogue, problems = linked(tmp_path, item("经营面积", "< 100"))
    assert problems == ()
    given = catalogue.matters["sample"]
    world.publish(given)
    stored = Shelf(store=world.store, timer=iter(range(100)).__next__).current("sample")
    assert stored == given and stored.units["area"] == "平方米"
    names = {"area": 150, "usable": 200}
    found = assessed(stored, Application({}, {}, sample.SUBJECT), sample.APPLICANT, names, sample.NOW.date()).traced()
    trace = found.rows[0].trace
    assert trace is not None
    assert (trace.actual, trace.required, trace.gap) == ("150 平方米", "< 100 平方米", "多 50 平方米")
