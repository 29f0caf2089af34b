"""Tests whose expectation a person still has to confirm: told apart, counted for nothing, confirmed after a look."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as xml
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli
from engine.commands import testing
from engine.errors import Problem
from engine.matters.catalogue import Catalogue
from tests.project import copied, project_loaded

ROOT = Path(__file__).resolve().parents[3]
MATTER = "public_place_reissue"
TESTS = Path("matters/public_place") / f"{MATTER}.tests.yaml"
Run = Callable[..., tuple[int, str]]


@pytest.fixture(scope="module")
def loaded() -> tuple[Catalogue, tuple[Problem, ...]]:
    return project_loaded()


@pytest.fixture
def run(
    loaded: tuple[Catalogue, tuple[Problem, ...]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Run the command on a copy of the tests, the matters read once; exit code and output."""
    copied(tmp_path)
    monkeypatch.setattr(testing, "load_catalogue", lambda home, **_: loaded)
    monkeypatch.setenv("ZHUNYU_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, said: str = "") -> tuple[int, str]:
        capsys.readouterr()
        monkeypatch.setattr("sys.stdin", io.StringIO(said))
        with pytest.raises(SystemExit) as end:
            cli.main(arguments)
        return int(end.value.code or 0), capsys.readouterr().out

    return call


def waiting(*lines: str, name: str = "等人确认的") -> None:
    """Add a test that waits for confirmation."""
    added = "".join(f"    {line}\n" for line in (*lines, "expect: 待确认"))
    TESTS.write_text(TESTS.read_text(encoding="utf-8") + f"  - name: {name}\n{added}", encoding="utf-8")


def asking(line: str) -> None:
    """Let the file ask for other percentages."""
    text = TESTS.read_text(encoding="utf-8")
    TESTS.write_text(re.sub(r"(?m)^coverage: .*$", line, text), encoding="utf-8")


def test_it_is_told_apart_with_what_the_engine_says_now(run: Run) -> None:
    waiting("original: {valid_to: 2026-11-03}")
    code, said = run("test", MATTER)
    assert code == 0 and "1 个待确认。" in said
    assert "等人确认的\n    现在的结果：秒批，由 instant" in said


def test_strict_ends_with_one_while_a_test_waits(run: Run) -> None:
    assert run("test", MATTER, "--strict")[0] == 0
    waiting()
    assert run("test", MATTER, "--strict")[0] == 1


def test_it_counts_for_no_coverage_unless_asked(run: Run) -> None:
    text = TESTS.read_text(encoding="utf-8")
    name = "证上名称已经过时的"
    start = text.index(f"  - name: {name}")
    end = text.index("  - name: ", start + 1)
    gone, kept = text[start:end], text[:start] + text[end:]
    lines = [line.strip() for line in gone.splitlines()[1:] if not line.strip().startswith("expect")]
    TESTS.write_text(kept, encoding="utf-8")
    waiting(*lines)
    assert run("test", MATTER, "--coverage", "--threshold", "100")[0] == 1
    assert run("test", MATTER, "--coverage", "--threshold", "100", "--with-unconfirmed")[0] == 0


def test_junit_marks_it_skipped(run: Run) -> None:
    waiting()
    run("test", MATTER, "--junit", "out.xml")
    suite = xml.parse("out.xml").getroot()
    assert (suite.get("skipped"), suite.get("failures")) == ("1", "0")
    assert "秒批" in str(suite[-1][0].get("message"))


def test_confirming_fills_in_what_came_out_and_keeps_the_rest(run: Run) -> None:
    waiting("original: {valid_to: 2025-11-02}  # 一年前", name="过期一年的")
    before = TESTS.read_text(encoding="utf-8")
    code, said = run("confirm", MATTER, said="y\n")
    assert code == 0 and "1 个测试已确认" in said
    after = TESTS.read_text(encoding="utf-8")
    assert after[: before.index("    expect: 待确认")] == before[: before.index("    expect: 待确认")]
    assert after.endswith(
        "    expect: {outcome: 改办, by: still_valid, findings: [still_valid], to: public_place_new}\n"
    )
    assert run("test", MATTER, "--strict")[0] == 0


def test_saying_no_leaves_it_as_it_is(run: Run) -> None:
    waiting()
    before = TESTS.read_bytes()
    assert run("confirm", MATTER, said="n\n")[0] == 1
    assert TESTS.read_bytes() == before


def test_only_the_named_ones_are_asked_about(run: Run) -> None:
    waiting(name="甲")
    waiting(name="乙")
    assert run("confirm", MATTER, "乙", "--yes")[0] == 0
    assert TESTS.read_text(encoding="utf-8").count("待确认") == 1


def test_a_test_written_in_braces_is_filled_in_there(run: Run) -> None:
    line = "  - {name: 待确认的一个, facts: {licence: !unavailable}, expect: 待确认}\n"
    TESTS.write_text(TESTS.read_text(encoding="utf-8") + line, encoding="utf-8")
    assert run("confirm", MATTER, "--yes")[0] == 0
    assert "{name: 待确认的一个, facts: {licence: !unavailable}, expect: {outcome: 转人工" in TESTS.read_text(
        encoding="utf-8"
    )


def test_an_application_that_cannot_be_filed_is_not_confirmed(run: Run) -> None:
    waiting("given: {phone: !absent }")
    code, said = run("confirm", MATTER, "--yes")
    assert code == 1 and "请先改测试" in said and "待确认" in TESTS.read_text(encoding="utf-8")


def test_with_nothing_to_confirm_it_says_so(run: Run) -> None:
    assert run("confirm", MATTER)[0] == 1


def test_the_thresholds_of_the_file_hold_without_an_option(run: Run) -> None:
    asking("coverage: {rows: 100, mutants: 100}")
    assert run("test", MATTER, "--coverage")[0] == 0
    code, said = run("test", MATTER, "--mutate")
    assert code == 1 and "变异 97.8%，应达 100%" in said


def test_a_threshold_beyond_a_hundred_is_a_fault_of_the_file(run: Run) -> None:
    asking("coverage: {rows: 101}")
    code, said = run("test", MATTER)
    assert code == 1 and "M114" in said
