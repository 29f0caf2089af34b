"""The worked examples of the manual come out as it says."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from engine import cli
from engine.matters.proof_codes import MEANINGS
from tests.unit.services.proof_worlds import project

MANUAL = (Path(__file__).resolve().parents[3] / "docs" / "规则证明与推演.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"### (.*?)\n\n```yaml\n(.*?)```\n\n```text\n(.*?)```", MANUAL, re.DOTALL)


@pytest.mark.parametrize(("title", "matter", "told"), EXAMPLES, ids=[one[0] for one in EXAMPLES])
def test_an_example_comes_out_as_the_manual_says(
    title: str,
    matter: str,
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("ZHUNYU_HOME", str(project(tmp_path, decide=matter)))
    monkeypatch.setenv("ZHUNYU_DATA_DIR", str(tmp_path / "data"))
    with pytest.raises(SystemExit):
        cli.main(("prove", "--at", "2026-11-25"))
    lines = iter(capsys.readouterr().out.splitlines())
    for wanted in told.strip().splitlines():
        assert any(wanted in line for line in lines), (title, wanted)


def test_the_manual_has_its_examples_and_names_every_code() -> None:
    assert len(EXAMPLES) == 6
    assert set(re.findall(r"P\d{3}", MANUAL)) == set(MEANINGS)


def test_the_options_of_the_manual_exist(capsys: pytest.CaptureFixture[str]) -> None:
    known = set()
    for command in ("prove", "lint"):
        cli.main((command, "--help"))
        known |= set(re.findall(r"--[a-z-]+", capsys.readouterr().out))
    assert set(re.findall(r"(?<![\w-])--[a-z]+(?:-[a-z]+)*", MANUAL)) - known == set()
