"""What the manual of rule tests shows is what the commands do."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import cli
from engine.matters.catalogue import load_catalogue
from engine.matters.tests_file import load_file
from tests.project import copied

ROOT = Path(__file__).resolve().parents[3]
MANUAL = (ROOT / "docs" / "规则测试.md").read_text(encoding="utf-8")
MATTER = "public_place_reissue"
BLOCKS = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    copied(tmp_path)
    monkeypatch.setenv("ZHUNYU_HOME", str(tmp_path))
    return tmp_path / "matters/public_place" / f"{MATTER}.tests.yaml"


def called(*arguments: str) -> int:
    with pytest.raises(SystemExit) as end:
        cli.main(arguments)
    return int(end.value.code or 0)


def test_the_suggestion_shown_is_made_written_and_confirmed_as_shown(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    suggested = next(block for block in BLOCKS if "待确认" in block)
    confirmed = next(block for block in BLOCKS if block.startswith("    expect: "))
    before = project.read_text(encoding="utf-8")
    assert called("suggest", MATTER) == 0
    assert suggested in capsys.readouterr().out
    assert project.read_text(encoding="utf-8") == before
    assert called("suggest", MATTER, "--write") == 0
    assert called("confirm", MATTER, "有效期止", "--yes") == 0
    expected = suggested.replace("    expect: 待确认\n", confirmed)
    assert expected in project.read_text(encoding="utf-8")
    assert project.read_text(encoding="utf-8").startswith(before)


def test_the_thresholds_shown_are_taken(project: Path) -> None:
    line = next(block for block in BLOCKS if block.startswith("coverage:"))
    text = re.sub(r"(?m)^coverage:.*\n", "", project.read_text(encoding="utf-8"))
    project.write_text(line + text, encoding="utf-8")
    catalogue, _ = load_catalogue(project.parents[2])
    found, problems = load_file(project, catalogue)
    assert problems == () and set(found.coverage) == {"rows", "findings", "atoms", "mcdc", "mutants"}


def test_every_command_shown_exists_with_its_options() -> None:
    lines = re.findall(r"(?m)^zhunyu .*$", MANUAL)
    assert len(lines) >= 12
    for line in lines:
        _, command, *words = line.split()
        known = {name for option in cli.cli.commands[command].params for name in option.opts}
        assert {word for word in words if word.startswith("-")} <= known, line
