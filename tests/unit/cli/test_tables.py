"""`zhunyu table` on copies of real matters: every decide table goes out and comes back the same."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from engine import cli
from engine.commands.tables import _matter
from engine.matters import spreadsheet
from engine.matters.candidate import load_candidate
from engine.matters.catalogue import files
from engine.matters.scopes import scope_of
from engine.matters.table import item
from engine.matters.table_rows import table_of_rows
from engine.matters.table_section import replaced
from tests.project import project_loaded
from tests.unit.matters.tables import item as table_item
from tests.unit.matters.tables import project

ROOT = Path(__file__).resolve().parents[3]
CATALOGUE, _ = project_loaded()
LONGEST = sorted(
    (one for one, matter in CATALOGUE.matters.items() if not matter.together),
    key=lambda one: -max(len(row.when.text) for row in CATALOGUE.matters[one].decide),
)
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small project whose matter decides by a table."""
    made = project(tmp_path, table_item("经营面积 | 类别", "< 100 | 宾馆", "- | 旅店"), "# 以下是尾注\nfees: 不收费\n")
    monkeypatch.setenv("ZHUNYU_HOME", str(made))
    monkeypatch.chdir(made)
    return made


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `zhunyu table …`; exit code and all it said."""

    def call(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = 0
        try:
            cli.main(("table", *arguments))
        except SystemExit as end:
            code = int(end.code or 0)
        said = capsys.readouterr()
        return code, said.out + said.err

    return call


def text(home: Path) -> str:
    return (home / "matters" / "x" / "sample.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["xlsx", "dmn"])
def test_a_table_goes_out_and_back_into_the_file(home: Path, run: Run, kind: str) -> None:
    before, _ = _matter(home, "sample")
    assert "3 行，命中 先中" in run("export", "sample", "--to", f"out.{kind}")[1]
    code, said = run("import", f"out.{kind}", "--matter", "sample")
    assert code == 0 and "decide:\n  - hit: 先中\n    table: |\n" in said
    written = text(home)
    assert run("import", f"out.{kind}", "--matter", "sample", "--into")[0] == 0
    assert _matter(home, "sample")[0].decide == before.decide
    assert text(home).split("decide:")[0] == written.split("decide:")[0]
    assert text(home).endswith("# 以下是尾注\nfees: 不收费\n") and "decide: # 裁决\n" in text(home)
    assert sorted(one.name for one in (home / "matters" / "x").iterdir()) == ["sample.yaml"]


def test_a_table_with_an_error_is_not_written(home: Path, run: Run) -> None:
    matter, scope = _matter(home, "sample")
    (home / "bad.xlsx").write_bytes(spreadsheet.write_xlsx(table_of_rows(matter.decide[:2], scope), {}))
    before = text(home)
    code, said = run("import", "bad.xlsx", "--matter", "sample", "--into")
    assert code == 1 and "M152" in said and "没有改动" in said
    assert text(home) == before


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("export", "sample", "--to", "x.csv"), "D101"),
        (("export", "nothing", "--to", "x.xlsx"), "A003"),
        (("import", "none.xlsx", "--matter", "sample"), "D101"),
        (("import", "matters/x/sample.yaml", "--matter", "sample"), "D101"),
    ],
)
def test_a_wrong_use_is_one_line_with_its_code(run: Run, arguments: tuple[str, ...], code: str) -> None:
    found, said = run(*arguments)
    assert found == 1 and code in said and "Traceback" not in said


def test_a_file_with_two_tables_is_refused(home: Path, run: Run) -> None:
    run("export", "sample", "--to", "one.dmn")
    made = (home / "one.dmn").read_text(encoding="utf-8")
    begin, end = made.index("  <decision "), made.index("</decision>") + len("</decision>")
    (home / "two.dmn").write_text(made[:end] + made[begin:end] + made[end:], encoding="utf-8")
    found, said = run("import", "two.dmn", "--matter", "sample")
    assert found == 1 and "D102" in said and "2 张" in said


@pytest.mark.parametrize("matter_id", LONGEST[:3])
def test_a_matter_decides_the_same_with_its_table_from_a_spreadsheet(matter_id: str) -> None:
    matter, path = CATALOGUE.matters[matter_id], files(ROOT)[matter_id]
    made = table_of_rows(matter.decide, scope_of(matter, CATALOGUE.reference))
    again, problems = spreadsheet.read_xlsx(spreadsheet.write_xlsx(made, {}), "x.xlsx")
    assert problems == () and again is not None
    text = replaced(path.read_text(encoding="utf-8"), item(again))
    changed, _ = load_candidate(ROOT, matter_id, text.encode(), path.name)
    assert changed.matters[matter_id].decide == matter.decide


def test_renaming_a_field_rewrites_the_tables_heads_cells_and_reasons(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decide = (
        "  - table: |\n"
        "      | 编号 | 使用面积 | 经营面积 | 结果 | 理由 |\n"
        "      |------|----------|----------|------|------|\n"
        "      | a | ≤ 经营面积 | < 5, > 经营面积 | 转人工 | 经营面积 {经营面积}。 |\n"
        "      | otherwise | - | - | 转人工 | - |\n"
    )
    home = project(tmp_path, decide)
    monkeypatch.setenv("ZHUNYU_HOME", str(home))
    before = _matter(home, "sample")[0].decide
    cli.main(("rename", "sample", "经营面积", "营业面积"))
    after = _matter(home, "sample")[0].decide
    assert text(home).endswith(
        "      | 编号 | 使用面积 | 营业面积 | 结果 | 理由 |\n"
        "      |------|----------|----------|------|------|\n"
        "      | a | ≤ 营业面积 | < 5, > 营业面积 | 转人工 | 经营面积 {营业面积}。 |\n"
        "      | otherwise | - | - | 转人工 | - |\n"
    )
    assert [row.when.logic for row in after] == [row.when.logic for row in before]
