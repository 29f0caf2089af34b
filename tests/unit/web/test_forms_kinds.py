"""What a browser sends becomes JSON answers; conversion never fails."""

from __future__ import annotations

from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from engine.model.form import Field, Group, Option
from engine.model.matter import Duration, Limits, Matter
from engine.model.types import Type
from engine.stages.form.convert import CONVERTERS
from engine.web.forms.build import bind, form_class
from engine.web.forms.kinds import known_kinds, reads

COLUMNS = (
    Field("hall", "厅", "文本", Type("text")),
    Field("seats", "座位", "整数", Type("number")),
    Field("use", "用途", "多选", Type("multi"), options=(Option("甲"), Option("乙"))),
)


def matter(*fields: Field, hash: str = "") -> Matter:
    return Matter(
        id="sample", title="示例", kind="行政许可", line="示例", applicant=("法人",), basis=(), effective="2025-01-01",
        limits=Limits(Duration(20)), groups=(Group("all", "全部", fields),), decide=(), hash=hash,
    )  # fmt: skip


def answer(kind: str, sent: list[tuple[str, str]], **more: Any) -> Any:
    field = Field("x", "项", kind, Type("text"), **more)
    return bind(matter(field), formdata=MultiDict(sent)).answers().get("x")


@pytest.mark.parametrize(
    ("kind", "typed", "kept"),
    [
        ("文本", "  泊云酒店 \r\n", "泊云酒店"),
        ("文本", "a\x00b", "ab"),
        ("长文本", "一\r\n二", "一\n二"),
        ("数", "１，０００．５", "1000.5"),
        ("数", "约一百", "约一百"),
        ("整数", "12", 12),
        ("整数", "12.5", "12.5"),
        ("整数", "9" * 40, "9" * 40),
        ("日期", "2026/5/1", "2026-05-01"),
        ("日期", "2026年5月1日", "2026-05-01"),
        ("日期", "明天", "明天"),
        ("统一社会信用代码", " 9131 0101 madem0011x ", "91310101MADEM0011X"),
        ("身份证号", "31010119710211101x", "31010119710211101X"),
        ("电话", "138 0000 0001", "13800000001"),
        ("单选", "没有的选项", "没有的选项"),
        ("是否", "是", True),
        ("是否", "否", False),
        ("是否", "也许", None),
        ("承诺", "是", True),
        ("承诺", "on", None),
    ],
)
def test_one_value_becomes_the_answer_of_its_kind(kind: str, typed: str, kept: Any) -> None:
    assert answer(kind, [("x", typed)]) == kept


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_a_blank_field_of_any_kind_is_absent(kind: str) -> None:
    assert answer(kind, [("x", "  ")], columns=COLUMNS) is None


def test_every_kind_the_core_converts_can_be_read_from_a_form() -> None:
    assert set(known_kinds()) == set(CONVERTERS)


def test_a_kind_registered_twice_is_a_defect() -> None:
    with pytest.raises(ValueError, match="twice"):
        reads("文本")(lambda field, name, sent: None)


def test_several_choices_come_in_the_order_they_are_offered() -> None:
    options = (Option("甲"), Option("乙"), Option("丙"))
    assert answer("多选", [("x", "丙"), ("x", "甲"), ("x", "丙")], options=options) == ["甲", "丙"]


def test_the_parts_of_a_person_are_put_together() -> None:
    sent = [("x.name", "陈示安"), ("x.id_no", "31010119710211101x"), ("x.phone", "")]
    assert answer("人员", sent) == {"name": "陈示安", "id_no": "31010119710211101X"}


def test_district_and_street_are_put_together() -> None:
    sent = [("x.district", "黄浦区"), ("x.street", "外滩街道")]
    assert answer("区街道", sent) == {"district": "黄浦区", "street": "外滩街道"}


def test_table_rows_come_in_order_and_blank_rows_are_left_out() -> None:
    sent = [("x.10.hall", "二号厅"), ("x.2.hall", "一号厅"), ("x.2.seats", "80"), ("x.5.hall", " "), ("x.2.use", "乙")]
    assert answer("表格", sent, columns=COLUMNS) == [
        {"hall": "一号厅", "seats": 80, "use": ["乙"]},
        {"hall": "二号厅"},
    ]


@pytest.mark.parametrize("name", ["x.99999999.hall", "x.-1.hall", "x.a.hall", "x.", "x.١.hall", "x.1.other"])
def test_a_row_name_that_no_form_of_ours_has_is_passed_over(name: str) -> None:
    assert answer("表格", [(name, "1")], columns=COLUMNS) is None


def test_more_rows_than_a_form_may_have_are_cut_off() -> None:
    sent = [(f"x.{number}.hall", "厅") for number in range(900)]
    assert len(answer("表格", sent, columns=COLUMNS)) == 500


def test_a_value_for_no_field_is_not_an_answer() -> None:
    form = bind(matter(Field("x", "项", "文本", Type("text"))), formdata=MultiDict([("x", "1"), ("y", "2")]))
    assert form.answers() == {"x": "1"}


@pytest.mark.parametrize("name", ["data", "errors", "process", "meta", "answers", "validate", "name"])
def test_an_id_that_is_a_word_of_the_form_library_is_an_ordinary_field(name: str) -> None:
    form = bind(matter(Field(name, "项", "文本", Type("text"))), formdata=MultiDict([(name, "值")]))
    assert form.answers() == {name: "值"}


def test_a_stored_answer_is_shown_as_it_was_typed() -> None:
    form = bind(matter(Field("x", "项", "数", Type("number"))), {"x": "约一百"})
    assert form["x"].data == "约一百"


def test_the_class_of_a_published_version_is_made_once() -> None:
    one = matter(Field("x", "项", "文本", Type("text")), hash="f" * 64)
    assert form_class(one) is form_class(one)


def test_a_version_that_is_still_being_written_is_not_kept() -> None:
    one = matter(Field("x", "项", "文本", Type("text")))
    assert form_class(one) is not form_class(one)


def test_a_message_stands_at_the_field_its_path_belongs_to() -> None:
    form = bind(matter(Field("x", "项", "人员", Type("record"))), {"x": {"name": "陈"}})
    form.tell({"x.phone": "请填写电话。", "y": "没有这一项"})
    assert form["x"].messages == {"x.phone": "请填写电话。"}
