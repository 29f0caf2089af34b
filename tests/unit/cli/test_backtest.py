"""`zhunyu backtest` on an installation with past cases: the manual's example, the files it writes, its errors."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine import cli
from engine.bootstrap import migrate, opened
from engine.settings import load
from tests.unit.cli.past_cases import decide, past_cases

ROOT = Path(__file__).resolve().parents[3]
MATTER = "public_place_new"
MANUAL = (ROOT / "docs" / "动态推演.md").read_text(encoding="utf-8")
FILE = ROOT / "matters" / "public_place" / f"{MATTER}.yaml"
END_OF_PRECHECK = "  - use: public_place_new.precheck\n"


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data directory with the cases the manual speaks of."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("installation")
        patch.setenv("ZHUNYU_DATA_DIR", str(folder / "data"))
        patch.setenv("ZHUNYU_DEMO", "0")
        with opened(load()) as zhunyu:
            migrate(zhunyu)
            _, cases = past_cases(zhunyu, ROOT, MATTER)
            manual = [case for case in cases if case.decision is None]
            for number, case in enumerate(manual[:-3]):
                decide(zhunyu, case, refused=number % 4 == 0)
        yield folder


@pytest.fixture
def said(installation: Path, capsys: pytest.CaptureFixture[str]):
    def call(*arguments: str) -> tuple[int, str, str]:
        capsys.readouterr()
        with pytest.raises(SystemExit) as end:
            cli.main(("backtest", *arguments))
        out = capsys.readouterr()
        return int(end.value.code or 0), out.out, out.err

    return call


def draft(folder: Path, added: str) -> Path:
    """The published file with some lines more at the end of its pre-check."""
    text = FILE.read_text(encoding="utf-8")
    assert END_OF_PRECHECK in text
    path = folder / "草案.yaml"
    path.write_text(text.replace(END_OF_PRECHECK, END_OF_PRECHECK + added), encoding="utf-8")
    return path


def test_the_example_of_the_manual_comes_out_as_it_says(said, tmp_path: Path) -> None:
    added = re.search(r"```yaml\n(.*?)```", MANUAL, re.S)
    shown = re.search(r"结果是：\n\n```\n(.*?)```", MANUAL, re.S)
    assert added and shown
    page, report = tmp_path / "报告.html", tmp_path / "报告.json"
    code, out, _ = said(MATTER, "--draft", str(draft(tmp_path, added[1])), "--html", str(page), "--json", str(report))
    assert code == 0
    for line in shown[1].splitlines():
        assert line in out, line
    found = json.loads(report.read_bytes())
    assert (found["judged"], found["flipped"], found["work"]["hours_more"]) == (37, 16, 120.0)
    keys = set(re.findall(r"`(\w+)`", MANUAL.split("## 报告的 JSON")[1].split("## 出错时")[0]))
    assert set(found) <= keys and set(found["work"]) <= keys and set(found["staff"]) <= keys
    html = page.read_text(encoding="utf-8")
    assert (
        html.count("<svg") == 2
        and "大型场所" in html
        and found["flips"][0]["rules"][0]["examples"][0]["number"] in html
    )
    assert not re.search(r'(?:src|href)="|url\(|@import|<script|https?://', html)


def test_a_broken_draft_tells_all_its_faults_where_they_are(said, tmp_path: Path) -> None:
    wrong = {"a": "经营面织 ≤ 1", "b": "无此名 = 1"}
    lines = (f"  - {{id: {id}, require: {rule}, else: 不行。, on_fail: 转人工}}\n" for id, rule in wrong.items())
    path = draft(tmp_path, "".join(lines))
    code, _, err = said(MATTER, "--draft", str(path))
    assert code == 1 and "A004 草案" in err and "有 2 个错误" in err
    assert len(re.findall(rf"{path}:\d+:\d+ R102", err)) == 2


@pytest.mark.parametrize(
    ("options", "what"),
    [
        (("--since", "2026-13-01"), "A004 “2026-13-01”不是日期"),
        (("--until", "昨天"), "A004 “昨天”不是日期"),
        (("--law-day", "20260101"), "A004 “20260101”不是日期"),
        (("--since", "2026-12-01", "--until", "2026-11-01"), "A004 起日 2026-12-01 晚于止日 2026-11-01"),
        (("--until", "2020-01-01"), "A003 2020-01-01 以前没有"),
    ],
)
def test_what_cannot_be_replayed_is_said_plainly(said, options: tuple[str, ...], what: str) -> None:
    code, _, err = said(MATTER, *options)
    assert code == 1 and what in err


def test_the_working_tree_is_the_draft_when_none_is_named(said) -> None:
    code, out, _ = said(MATTER, "--limit", "2")
    assert code == 0 and "推演 2 件，结论改变 0 件" in out


def test_an_unknown_matter_is_refused(said) -> None:
    code, _, err = said("no_such_matter")
    assert code == 1 and "没有事项 no_such_matter" in err


def test_hostile_words_of_a_draft_stay_words_on_the_page(said, tmp_path: Path) -> None:
    added = '  - {id: x, title: "<script>alert(1)</script>", require: 经营面积 ≤ 150, else: 不行。, on_fail: 转人工}\n'
    page = tmp_path / "r.html"
    code, _, _ = said(MATTER, "--limit", "6", "--draft", str(draft(tmp_path, added)), "--html", str(page))
    html = page.read_text(encoding="utf-8")
    assert code == 0 and "&lt;script&gt;" in html and "<script>" not in html
