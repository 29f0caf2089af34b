"""Lists as files: what a cell says, which files are refused, and that a list written is the list that is read."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook  # type: ignore[import-untyped]

from engine.model.form import Field, Option
from engine.model.rows import MOST_ROWS
from engine.model.rule import Rule
from engine.model.types import Type
from engine.stages.lists.cells import answer_of, text_of
from engine.stages.lists.reading import LARGEST, read_list
from engine.stages.lists.writing import table, template

TEXT = Type("text")
NAME = Field("name", "姓名", "文本", TEXT)
CODE = Field("code", "证件号码", "文本", TEXT)
DAY = Field("day", "出生日期", "日期", Type("date"))
DEPTH = Field("depth", "水深", "数", Type("number"), unit="米", required=False)
YES = Field("yes", "多单位", "是否", Type("bool"))
KIND = Field("kind", "岗位", "单选", TEXT, options=(Option("医师"), Option("技师")), when=Rule("多单位 = 是", True))
MANY = Field("many", "项目", "多选", Type("multi"), options=(Option("甲"), Option("乙")), required=False)
COLUMNS = (NAME, CODE, DAY, DEPTH, YES, KIND, MANY)
HEADS = ("姓名", "证件号码", "出生日期", "水深（米）", "多单位", "岗位", "项目")
ROW = ("张示例", "310101197102111016", "1971-02-11", "1.5", "是", "技师", "甲、乙")
SAID = {
    "name": "张示例", "code": "310101197102111016", "day": "1971-02-11", "depth": "1.5", "yes": True, "kind": "技师",
    "many": ["甲", "乙"],
}  # fmt: skip


def workbook(*rows: tuple[Any, ...], heads: tuple[Any, ...] = HEADS) -> bytes:
    book = Workbook()
    for row in (heads, *rows):
        book.active.append(row)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def problems(*rows: tuple[Any, ...], heads: tuple[Any, ...] = HEADS, name: str = "清单.xlsx") -> tuple[str, ...]:
    sheet = read_list(name, workbook(*rows, heads=heads), COLUMNS)
    assert not (sheet.rows and sheet.problems)
    return sheet.problems


@pytest.mark.parametrize(
    ("field", "cell", "said"),
    [
        (DAY, datetime(1971, 2, 11), "1971-02-11"),
        (DAY, date(1971, 2, 11), "1971-02-11"),
        (DAY, "1971年2月11日", "1971-02-11"),
        (DAY, "1971/2/11", "1971-02-11"),
        (DAY, 19710211, "1971-02-11"),
        (DAY, datetime(1971, 2, 11, 8), "1971-02-11 08:00:00"),
        (DAY, "不记得", "不记得"),
        (CODE, 13800000701, "13800000701"),
        (CODE, 13800000701.0, "13800000701"),
        (CODE, True, "是"),
        (DEPTH, 0.1, "0.1"),
        (DEPTH, 1e-07, "0.0000001"),
        (YES, "否", False),
        (YES, True, True),
        (YES, "也许", "也许"),
        (MANY, "甲；乙", ["甲", "乙"]),
        (NAME, "  ", None),
        (NAME, None, None),
    ],
)
def test_a_cell_says_what_a_form_would_be_told(field: Field, cell: Any, said: Any) -> None:
    assert answer_of(field, cell) == (said, "")


def test_formulas_lost_digits_and_endless_texts_are_no_answers() -> None:
    for field, cell, why in ((NAME, "=A1", "公式"), (CODE, 310101197102111016, "丢失"), (NAME, "长" * 5001, "5000")):
        value, fault = answer_of(field, cell)
        assert value is None and why in fault


def test_an_answer_stands_in_a_cell_as_it_is_read_again() -> None:
    assert tuple(text_of(field, SAID[field.id]) for field in COLUMNS) == ROW
    assert (text_of(NAME, None), text_of(NAME, {"district": "黄浦区", "street": "外滩"})) == ("", "黄浦区 外滩")


def test_a_list_is_read_from_workbooks_and_from_both_kinds_of_csv() -> None:
    text = f"{','.join(HEADS)}\n\n{','.join(ROW)}\n"
    for name, data in (("a.XLSX", workbook(ROW, (None, " "))), ("a.csv", text.encode("utf-8-sig")),
                       ("a.csv", text.encode("gb18030"))):  # fmt: skip
        assert read_list(name, data, COLUMNS).rows == (SAID,)


def test_a_list_that_was_written_can_be_read_again() -> None:
    heads, row = (*HEADS, "状态", "要更正的内容"), (*ROW, "要更正", "=1")
    assert read_list("a.xlsx", table("清单", heads, [row]), COLUMNS).rows == (SAID,)


def test_the_template_has_the_columns_their_choices_and_how_to_fill_them_in() -> None:
    book = load_workbook(io.BytesIO(template("人员[清单]", COLUMNS)))
    sheet, notes, choices = book.worksheets
    assert (sheet.title, choices.sheet_state) == ("人员清单", "hidden")
    assert [cell.value for cell in sheet[1]] == [*HEADS[:3], "水深（米）（选填）", "多单位", "岗位", "项目（选填）"]
    assert {(str(one.sqref), one.formula1) for one in sheet.data_validations.dataValidation} == {
        (f"E2:E{MOST_ROWS + 1}", "'选项'!$E$1:$E$2"), (f"F2:F{MOST_ROWS + 1}", "'选项'!$F$1:$F$2")
    }  # fmt: skip
    told = {row[0]: row[1:3] for row in notes.iter_rows(values_only=True) if row[1]}
    assert told["岗位"] == ("从下拉中选一个", "多单位 = 是 时必填") and told["水深（米）"] == ("数字，单位米", "选填")
    assert told["项目"] == ("写选项，几项用顿号分开：甲、乙", "选填")
    sheet.append(ROW)
    target = io.BytesIO()
    book.save(target)
    assert read_list("a.xlsx", target.getvalue(), COLUMNS).rows == (SAID,)


def test_every_fault_of_a_file_is_told_with_its_place_and_nothing_of_it_is_taken() -> None:
    assert problems(ROW, ("=B2", *ROW[1:])) == ("第 3 行“姓名”是公式；请改成写定的内容（选择性粘贴为值）。",)
    assert [one[:8] for one in problems(ROW, heads=("名字", *HEADS[1:]))] == ["第 1 列的列名", "第一行里没有这些"]
    assert "列名“姓名”有两列。请只留一列。" in problems(ROW, heads=("姓名", "姓名", *HEADS[2:]))
    assert problems((*ROW, "多的"))[0].startswith("第 2 行第 8 列没有列名")
    assert problems() == ("文件里没有要办理的行。请按模板，从第二行起填写。",)


def test_many_faults_are_counted_and_too_many_rows_are_told() -> None:
    told = problems(*[("=1", *ROW[1:])] * 30)
    assert len(told) == 21 and told[-1] == "还有 10 处同类问题。"
    text = "\n".join((",".join(HEADS), *[",".join(ROW)] * (MOST_ROWS + 1)))
    assert read_list("a.csv", text.encode(), COLUMNS).problems == (f"一份清单最多 {MOST_ROWS} 行。请分成几份。",)
    blank = f"{','.join(HEADS)}\n" + "\n" * 20001
    assert "含空行" in read_list("a.csv", blank.encode(), COLUMNS).problems[0]


def test_what_is_no_list_is_refused_before_it_is_opened() -> None:
    bomb = io.BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", "0" * (10 * LARGEST + 1))
    for name, data, why in (
        ("a.xlsx", bomb.getvalue(), "解开后过大"), ("a.xlsx", b"text", "不是 .xlsx"), ("a.xls", b"", "只能上传"),
        ("a.csv", b"x" * (LARGEST + 1), "超过 5 MB"), ("a.csv", ("x" * 200000).encode(), ""),
    ):  # fmt: skip
        sheet = read_list(name, data, COLUMNS)
        assert sheet.rows == () and sheet.problems and why in sheet.problems[0]


def test_a_required_column_may_be_missing_only_where_it_depends_on_another() -> None:
    heads = HEADS[:5]
    assert problems(ROW[:5], heads=heads) == ()
    assert problems(ROW[1:5], heads=HEADS[1:5])[0].startswith("第一行里没有这些列：姓名。")
