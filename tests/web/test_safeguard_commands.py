"""Recall and the draws from the command line, beside the running desk."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta

import pytest

from engine import cli
from engine.model.case import Case
from engine.model.matter import Matter
from tests.web.admin_world import AdminWorld
from tests.web.test_admin_safeguards import file, instant_matter

__all__ = ["file"]  # the fixture

Command = Callable[..., tuple[int, str]]
File = Callable[[Matter], Case]


@pytest.fixture
def zhunyu(admin_world: AdminWorld, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """The command on the desk's installation: exit code, and all that was said."""
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(admin_world.zhunyu.settings.data_dir))

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            cli.main(arguments)
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def test_a_recall_goes_from_finding_to_confirming(zhunyu: Command, file: File) -> None:
    matter = instant_matter("command_one")
    case = file(matter)
    basis = ("row", "instant", "--matter", matter.id)
    found = zhunyu("recall", "find", *basis, "--from", "2020-01-01")
    opened = zhunyu("recall", "open", *basis, "--reason", "漏了条件")
    id = re.search(r"召回 (\w{26})：1 件", opened[1])
    assert case.number in found[1] and "共 1 件" in found[1] and id is not None
    assert "待确认，1 / 1 件" in zhunyu("recall", "resume", id[1])[1]
    assert "1 件复核任务" in zhunyu("recall", "confirm", id[1])[1]
    assert zhunyu("recall", "undo", id[1])[0] == 1 and id[1] in zhunyu("recall", "list")[1]


def test_a_recall_is_undone(zhunyu: Command, file: File) -> None:
    matter = instant_matter("command_two")
    file(matter)
    opened = zhunyu("recall", "open", "version", matter.hash, "--reason", "发布有误")[1]
    id = re.search(r"召回 (\w{26})", opened)
    assert id is not None and zhunyu("recall", "undo", id[1]) == (0, "已整批撤回。\n")


def test_a_basis_is_frozen_and_lifted(zhunyu: Command, file: File) -> None:
    matter = instant_matter("command_three")
    file(matter)
    said = zhunyu("recall", "freeze", "row", "instant", "--matter", matter.id, "--reason", "漏了条件")[1]
    freeze = re.search(r"已冻结（(\w{26})）", said)
    stopped = file(matter)
    assert stopped.assessment is not None and freeze is not None
    assert (stopped.assessment.by, zhunyu("recall", "lift", freeze[1], "--reason", "已改正")[0]) == ("frozen", 0)


def test_a_misspelt_instant_is_told(zhunyu: Command) -> None:
    code, said = zhunyu("recall", "find", "source", "registry.business", "--from", "昨天")
    assert (code, said.startswith("A004")) == (1, True)


def test_the_draw_of_a_day_that_had_none_is_not_found(zhunyu: Command, admin_world: AdminWorld) -> None:
    day = (admin_world.zhunyu.clock.now() - timedelta(days=400)).date().isoformat()
    code, said = zhunyu("draw", day)
    assert (code, said.startswith("A003")) == (1, True)
