"""`zhunyu fmt` and `zhunyu rename` from the command line: what they say, their exit codes, and all or nothing."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli
from engine.commands import rewriting
from tests.unit.matters.roots import lay
from tests.unit.matters.test_linking import MATTER
from tests.unit.matters.test_robustness import TESTS

Run = Callable[..., tuple[int, str]]
FILE = "matters/sample_change.yaml"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    root = lay(tmp_path / "home")
    (root / "matters").mkdir()
    (root / FILE).write_text(MATTER.replace("有住宿 = 是\n    require", "有住宿==是\n    require"), encoding="utf-8")
    (root / "matters" / "sample_change.tests.yaml").write_text(TESTS, encoding="utf-8")
    return root


@pytest.fixture
def run(home: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    monkeypatch.setenv("ZHUNYU_HOME", str(home))

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        try:
            cli.main(arguments)
        except SystemExit as end:
            told = capsys.readouterr()
            return int(end.code or 0), told.out + told.err
        told = capsys.readouterr()
        return 0, told.out + told.err

    return call


def test_check_lists_what_is_untidy_and_writes_nothing(run: Run, home: Path) -> None:
    before = (home / FILE).read_bytes()
    assert run("fmt", "--check") == (1, f"需要整理 {FILE}\n1 个文件需要整理。\n")
    assert (home / FILE).read_bytes() == before


def test_fmt_writes_the_tidy_text_once_and_keeps_the_mode(run: Run, home: Path) -> None:
    (home / FILE).chmod(0o640)
    assert run("fmt", "sample_change") == (0, f"已整理 {FILE}\n1 个文件已整理。\n")
    assert (home / FILE).read_text(encoding="utf-8") == MATTER
    assert (home / FILE).stat().st_mode & 0o777 == 0o640
    assert run("fmt", "--check") == (0, "0 个文件需要整理。\n")


def test_a_file_with_faults_is_told_and_left_while_the_others_are_tidied(run: Run, home: Path) -> None:
    broken = home / "matters" / "broken.yaml"
    broken.write_text("matter: broken\nform: [1\n", encoding="utf-8")
    code, told = run("fmt")
    assert (code, "matters/broken.yaml:" in told, "1 个有错误没有整理" in told) == (1, True, True)
    assert (broken.read_text(encoding="utf-8"), (home / FILE).read_text(encoding="utf-8")) == (
        "matter: broken\nform: [1\n",
        MATTER,
    )


def test_an_unknown_matter_is_told(run: Run) -> None:
    code, told = run("fmt", "nobody")
    assert (code, "A003 没有事项 nobody" in told) == (1, True)


@pytest.mark.parametrize(
    ("given", "code", "made"),
    [
        ("when: a<=1\n", 0, "when: a ≤ 1\n"),
        ("matter: x\ntests:\n  - name: a<=1\n", 0, "matter: x\ntests:\n  - name: a<=1\n"),
        ("when: [a\n", 1, "when: [a\n"),
    ],
)
def test_a_stream_is_tidied_or_given_back(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
    given: str,
    code: int,
    made: str,
) -> None:
    from engine.commands.terminal import Terminal

    out = io.TextIOWrapper(io.BytesIO(), encoding="utf-8")
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given.encode()), encoding="utf-8"))
    monkeypatch.setattr("sys.stdout", out)
    assert rewriting.tidy_stream(home, Terminal()) == code
    assert out.buffer.getvalue().decode() == made


def test_rename_writes_every_place_and_says_where(run: Run, home: Path) -> None:
    code, told = run("rename", "sample_change", "床位数", "核定床位")
    assert (code, "“床位数”已改为“核定床位”：1 个文件，4 处。" in told, f"{FILE}:36" in told) == (0, True, True)
    assert "床位数" not in (home / FILE).read_text(encoding="utf-8")


def test_a_refused_rename_says_why_and_writes_nothing(run: Run, home: Path) -> None:
    before = (home / FILE).read_bytes()
    code, told = run("rename", "sample_change", "床位数", "加床数")
    assert (code, told) == (1, "M131 “加床数”已经用作别的名称。 请换一个名称。\n")
    assert (home / FILE).read_bytes() == before


def test_when_one_file_cannot_be_written_none_is(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    paths = [home / FILE, home / "matters" / "sample_change.tests.yaml"]
    before = [path.read_bytes() for path in paths]
    move = os.replace

    def fail(source: str, target: Path) -> None:
        if target == paths[1].resolve() and Path(source).read_bytes() == b"new":
            raise OSError("no space left on device")
        move(source, target)

    monkeypatch.setattr("os.replace", fail)
    with pytest.raises(OSError, match="no space"):
        rewriting.write_all(dict.fromkeys(paths, "new"))
    assert [path.read_bytes() for path in paths] == before
    assert sorted(path.name for path in (home / "matters").iterdir()) == sorted(path.name for path in paths)


def test_a_linked_file_stays_a_link(home: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere.yaml"
    elsewhere.write_text("old", encoding="utf-8")
    link = home / "matters" / "linked.yaml"
    link.symlink_to(elsewhere)
    rewriting.write_all({link: "new"})
    assert (link.is_symlink(), elsewhere.read_text(encoding="utf-8")) == (True, "new")
