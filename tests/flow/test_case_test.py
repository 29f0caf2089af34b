"""A filed case, read back from the store with its sealed answers, becomes a test without anybody's data."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.commands import case_testing
from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.test_writer import append_tests
from engine.matters.tests_file import load_tests
from engine.services.backtest_past import Past, read_past
from engine.services.case_tests import as_written, personal, scene_of_case
from engine.services.matter_tests import run_tests
from tests.flow.world import World, reference, session


def test_a_filed_case_becomes_a_test_that_passes(world: World, tmp_path: Path) -> None:
    case = world.filed(session(1))
    matter = world.shelf.version(case.matter_hash)
    catalogue = Catalogue({matter.id: matter}, reference())
    with world.store.read() as tx:
        past = read_past(tx, world.shelf, case.id)
    assert isinstance(past, Past) and case.assessment is not None
    path = tmp_path / "matters" / f"{matter.id}.tests.yaml"
    append_tests(path, matter.id, [as_written(past, catalogue)[0]], catalogue)
    said = path.read_text(encoding="utf-8")
    found = personal(scene_of_case(past, matter), catalogue)
    assert [value for value in found if len(value) > 1 and value in said] == []
    (outcome,) = run_tests(catalogue, load_tests(path, catalogue)[0])
    assert outcome.passed and outcome.test.expect["outcome"] == case.assessment.outcome


def test_a_case_that_is_not_there_is_told(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    class Opened:
        def __enter__(self) -> World:
            return world

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(case_testing, "ready", lambda settings: Opened())
    monkeypatch.setattr(case_testing, "opened_by_hand", lambda *_: None)
    monkeypatch.setattr(case_testing, "load", lambda: None)
    with pytest.raises(ZhunyuError, match="A003"):
        case_testing.write_case_test("没有这一件", "", False, case_testing.Terminal())
