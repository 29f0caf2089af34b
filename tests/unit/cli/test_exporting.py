"""`zhunyu export`: files out, and the reverse check."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.commands import elements
from engine.commands.elements import check, write
from engine.commands.terminal import Terminal
from engine.errors import ZhunyuError
from tests.project import project_loaded

ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("kind", ["json", "xlsx"])
def test_a_file_written_and_read_back_differs_in_nothing_but_the_codes_to_come(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(elements, "load_catalogue", lambda _home: project_loaded())
    target = tmp_path / f"elements.{kind}"
    write(ROOT, target, Terminal())
    capsys.readouterr()
    assert check(ROOT, target, Terminal()) == 1
    told = capsys.readouterr().out.splitlines()
    assert all("没有填写" in line for line in told[:-1])
    assert told[-1].endswith(f"{len(told) - 1} 处不符。")


def test_a_file_of_another_kind_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ZhunyuError, match=r"\.csv"):
        write(ROOT, tmp_path / "elements.csv", Terminal())


def test_a_file_that_is_no_list_of_elements_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "x.json"
    broken.write_text(json.dumps([1, 2]), encoding="utf-8")
    with pytest.raises(ZhunyuError, match="不是要素文件"):
        check(ROOT, broken, Terminal())


def test_a_file_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    broken = tmp_path / "x.xlsx"
    broken.write_bytes(b"not a workbook")
    with pytest.raises(ZhunyuError, match="不是电子表格"):
        check(ROOT, broken, Terminal())
