"""Every kind of field: what is taken, what it becomes, and what is said when it is wrong."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.form import Field, Option
from engine.model.types import Part, Type
from engine.model.values import Missing
from engine.stages.form.convert import CONVERTERS, convert

TODAY = date(2026, 2, 10)
TEXT = Type("text")
OPTIONS = (Option("宾馆"), Option("旅店"), Option("公共浴室"))


def field(kind: str, **changes: object) -> Field:
    return Field("f", "字段", kind, TEXT, options=OPTIONS, **changes)


COLUMNS = (field("文本"), Field("n", "数量", "整数", Type("number"), min="1"))


@pytest.mark.parametrize(
    ("asked", "raw", "value", "kept"),
    [
        (field("文本"), "  泊云  ", "泊云", "泊云"),
        (field("长文本"), "一\r\n二", "一\n二", "一\n二"),
        (field("数", places=2), "１２.５", Decimal("12.5"), "12.5"),
        (field("数", places=2), 12.5, Decimal("12.5"), "12.5"),
        (field("数", places=2), "1,200.50", Decimal("1200.50"), "1200.50"),
        (field("整数"), "12", 12, 12),
        (field("日期"), "2026/02/09", date(2026, 2, 9), "2026-02-09"),
        (field("单选"), "旅店", "旅店", "旅店"),
        (field("多选"), ["公共浴室", "宾馆"], ("宾馆", "公共浴室"), ["宾馆", "公共浴室"]),
        (field("是否"), "否", False, False),
        (field("承诺"), "是", True, True),
        (field("电话"), "138 0000 0000", "13800000000", "13800000000"),
        (field("统一社会信用代码"), " 11110224344395501x ", "11110224344395501X", "11110224344395501X"),
        (field("身份证号"), "11010519491231002x", "11010519491231002X", "11010519491231002X"),
        (
            field("人员"),
            {"name": "张三", "phone": "13800000000"},
            {"name": "张三", "id_no": Missing.EMPTY, "phone": "13800000000"},
            {"name": "张三", "phone": "13800000000"},
        ),
        (
            field("表格", columns=COLUMNS),
            [{"f": "", "n": ""}, {"f": "臭氧机", "n": "2"}],
            ({"f": "臭氧机", "n": 2},),
            [{"f": "臭氧机", "n": 2}],
        ),
    ],
)
def test_a_good_answer_becomes_its_typed_value(asked: Field, raw: object, value: object, kept: object) -> None:
    result = convert(asked, raw, TODAY)
    assert (result.value, result.kept, result.errors) == (value, kept, {})


@pytest.mark.parametrize("kind", sorted(CONVERTERS))
def test_a_blank_answer_is_empty_for_every_kind(kind: str) -> None:
    assert convert(field(kind, columns=COLUMNS), None, TODAY).value is Missing.EMPTY


@pytest.mark.parametrize(
    ("asked", "raw", "path", "words"),
    [
        (field("文本", max="3"), "四个字了", "", "最多 3 个字"),
        (field("文本", min="3"), "两字", "", "至少填写 3 个字"),
        (field("文本"), "a\x00b", "", "不能显示"),
        (field("文本", pattern=r"\d{6}", pattern_hint="请填写 6 位邮编。"), "2000", "", "6 位邮编"),
        (field("数", places=2), "1e5", "", "请填写数字"),
        (field("数", places=2), "NaN", "", "请填写数字"),
        (field("数", places=2), "1.005", "", "最多 2 位小数"),
        (field("数", above="0", unit="平方米"), "0", "", "必须大于 0 平方米"),
        (field("整数", min="1"), "0", "", "不能小于 1"),
        (field("整数"), "1.5", "", "请填写整数"),
        (field("整数"), True, "", "请填写数字"),
        (field("日期"), "2026-02-30", "", "存在的日期"),
        (field("日期", max="今天"), "2026-02-11", "", "不能晚于今天"),
        (field("单选"), "超市", "", "所列选项"),
        (field("多选"), ["宾馆", "超市"], "", "所列选项"),
        (field("多选"), "宾馆", "", "所列选项"),
        (field("是否"), "也许", "", "是"),
        (field("电话"), "12", "", "11 位手机号"),
        (field("统一社会信用代码"), "11110224344395501Y", "", "校验"),
        (field("身份证号"), "110105194912310021", "", "校验"),
        (field("人员"), {"name": "张三", "phone": "1"}, "phone", "11 位手机号"),
        (field("人员"), "张三", "", "结构"),
        (field("区街道"), {"district": "浦西区", "street": "外滩街道"}, "district", "所列选项"),
        (field("表格", columns=COLUMNS), [{"f": "机", "n": "0"}], "0.n", "不能小于 1"),
        (field("表格", columns=COLUMNS), [{"f": "机"}], "0.n", "请填写数量"),
        (field("表格", columns=COLUMNS, max="1"), [{"f": "机", "n": 1}] * 2, "", "最多 1 行"),
    ],
)
def test_a_bad_answer_is_told_where_and_why(asked: Field, raw: object, path: str, words: str) -> None:
    assert words in convert(asked, raw, TODAY).errors[path]


def test_a_wrong_part_of_a_person_keeps_the_rest_of_what_was_typed() -> None:
    parts = {"name": Part("姓名", TEXT), "phone": Part("电话", TEXT)}
    asked = Field("p", "负责人", "人员", Type("record", parts=parts))
    assert convert(asked, {"name": "张三", "phone": "1"}, TODAY).kept["name"] == "张三"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["f", "n", "name", "district"]), inner),
    max_leaves=8,
)


@given(kind=st.sampled_from(sorted(CONVERTERS)), raw=JSON)
def test_no_input_makes_a_converter_raise(kind: str, raw: object) -> None:
    result = convert(field(kind, columns=COLUMNS), raw, TODAY)
    assert result.errors or result.value is not None
