from __future__ import annotations

import json
import re
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path

import pytest

from engine import cli
from tests.project import copied

ROOT = Path(__file__).resolve().parents[3]
MATTER = "public_place_reissue"
TESTS = Path("matters/public_place") / f"{MATTER}.tests.yaml"
MANUAL = (ROOT / "docs" / "规则测试.md").read_text(encoding="utf-8")
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `zhunyu test` of one matter in a copy of the project's data; exit code and output."""
    copied(tmp_path)
    monkeypatch.setenv("ZHUNYU_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main(("test", MATTER, *arguments))
        return int(end.value.code or 0), capsys.readouterr().out

    return call


def without(name: str) -> None:
    """Take one test out of the file."""
    text = TESTS.read_text(encoding="utf-8")
    start = text.index(f"  - name: {name}")
    TESTS.write_text(text[:start] + text[text.index("  - name: ", start + 1) :], encoding="utf-8")


def failing() -> None:
    text = TESTS.read_text(encoding="utf-8")
    TESTS.write_text(text.replace("outcome: 秒批", "outcome: 转人工", 1), encoding="utf-8")


def test_without_options_nothing_is_said_of_coverage(run: Run) -> None:
    assert "覆盖" not in run()[1]


def test_piped_the_figures_are_plain_cells_between_tabs(run: Run) -> None:
    line = next(line for line in run("--coverage")[1].splitlines() if line.startswith(MATTER) and "%" in line)
    assert re.fullmatch(rf"{MATTER}\t\d+(\t[\d.]+%（\d+/\d+）){{4}}", line)


def test_coverage_at_the_threshold_ends_with_zero(run: Run) -> None:
    assert run("--coverage", "--threshold", "100")[0] == 0


def test_coverage_below_the_threshold_ends_with_one_and_names_the_matter(run: Run) -> None:
    without("证上名称已经过时的")
    code, said = run("--coverage", "--threshold", "100")
    assert code == 1 and f"低于 100%：{MATTER}。" in said


def test_a_matter_without_tests_is_told_and_does_not_reach_the_threshold(run: Run) -> None:
    TESTS.with_name("public_place_cancel.tests.yaml").unlink()
    code, said = run("public_place_cancel", "--coverage", "--threshold", "1")
    assert code == 1 and "public_place_cancel\t0\t0%（0/2）" in said


def test_what_is_missing_is_told_with_its_file_and_line(run: Run) -> None:
    without("证上名称已经过时的")
    said = run("--coverage")[1]
    assert re.search(r"rules/fragments/checks\.yaml:\d+ \S+ 核对 face_current：没有未通过的测试", said)


def test_coverage_is_told_when_a_test_fails_too(run: Run) -> None:
    failing()
    code, said = run("--coverage")
    assert code == 1 and "100%" in said


def test_a_surviving_mutant_is_told_with_its_place_and_in_words(run: Run) -> None:
    without("到期当天的，还能补")
    said = run("--mutate")[1]
    assert re.search(r"\.yaml:\d+ \S+ 核对 still_valid：“原证\.有效期止 ≥ 今天”改成“原证\.有效期止 > 今天”", said)


def test_the_score_of_mutants_is_held_to_the_threshold(run: Run) -> None:
    assert (run("--mutate", "--threshold", "90")[0], run("--mutate", "--threshold", "100")[0]) == (0, 1)


def test_a_threshold_beyond_a_hundred_is_a_wrong_use(run: Run) -> None:
    assert run("--threshold", "101")[0] == 2


def test_the_json_holds_figures_and_every_condition_with_its_tests(run: Run, tmp_path: Path) -> None:
    run("--coverage", "--mutate", "--json", "report.json")
    (one,) = json.loads((tmp_path / "report.json").read_bytes())
    assert (
        set(one["figures"]) == {"裁决行", "核对结果", "条件真假", "MC/DC", "变异"}
        and one["rules"][0]["atoms"][0]["true"]
    )


def test_the_page_needs_nothing_from_outside_and_escapes_what_it_shows(run: Run, tmp_path: Path) -> None:
    text = TESTS.read_text(encoding="utf-8")
    TESTS.write_text(text.replace("证照库里有且有效的", "<b>证照库</b>里有且有效的", 1), encoding="utf-8")
    run("--html", "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert "<b>" not in page and not re.search(r"(src|href)=\"(?!#)", page)


def test_the_page_is_marked_up_for_those_who_do_not_see_it(run: Run, tmp_path: Path) -> None:
    run("--coverage", "--mutate", "--html", "report.html")
    reader = Reader()
    reader.feed((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert (reader.language, reader.tables - reader.captions, reader.unscoped, reader.open) == ("zh-CN", 0, 0, [])


def test_every_option_the_manual_names_exists() -> None:
    commands = ("test", "suggest", "confirm", "case-test")
    known = {name for command in commands for option in cli.cli.commands[command].params for name in option.opts}
    assert set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*", MANUAL)) - known == set()


def test_the_tests_shown_in_the_manual_pass(run: Run) -> None:
    shown, *_ = re.findall(r"```yaml\n(.*?)```", MANUAL, re.DOTALL)
    names = re.findall(r"- name: (.+)", shown)
    TESTS.write_text(TESTS.read_text(encoding="utf-8") + shown, encoding="utf-8")
    assert [run("-n", name)[1].splitlines()[-1] for name in names] == ["1 个测试通过，0 个未通过。"] * 2


class Reader(HTMLParser):
    """Counts what a screen reader needs, and the elements that were never closed."""

    def __init__(self) -> None:
        super().__init__()
        self.language, self.tables, self.captions, self.unscoped = "", 0, 0, 0
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.language = given.get("lang") or self.language
        self.tables += tag == "table"
        self.captions += tag == "caption"
        self.unscoped += tag == "th" and "scope" not in given
        if tag not in ("meta", "br"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag
