"""Document readers type one line; it is read by formats that are data, and checked."""

from __future__ import annotations

from datetime import date

import pytest

from engine.errors import ZhunyuError
from engine.model.checkdigits import id_check_character
from engine.services.id_reading import read_line

TODAY = date(2026, 11, 30)
NUMBER = (body := "31010119900307451") + id_check_character(body)
FIRM = "91310101MADEM0011X"


@pytest.mark.parametrize(
    "line",
    [
        f"陈示安|男|汉|19900307|上海市黄浦区示例路1号|{NUMBER}|上海市公安局黄浦分局|20200101|20400101",
        f"陈示安,{NUMBER},1990-03-07,上海市黄浦区示例路1号",
        f"陈示安#{NUMBER}#1990年3月7日#上海市黄浦区示例路1号\r\n",
        f"{NUMBER}|陈示安|19900307|上海市黄浦区示例路1号|",
        f"陈示安\t男\t汉\t19900307\t上海市黄浦区示例路1号\t{NUMBER}",
        f"姓名：陈示安 性别：男 民族：汉 出生：1990年3月7日 住址：上海市黄浦区示例路1号 公民身份号码：{NUMBER}",
    ],
)
def test_every_known_format_gives_the_same_person(line: str) -> None:
    found = read_line(line, TODAY)
    assert (found.kind, found.name, found.code, found.born, found.address) == (
        "自然人", "陈示安", NUMBER, "1990-03-07", "上海市黄浦区示例路1号"
    )  # fmt: skip


def test_a_business_licence_gives_the_organisation_and_who_represents_it() -> None:
    found = read_line(f"{FIRM}|上海示例泊云酒店有限公司|陈示安|示例路1号", TODAY)
    assert (found.kind, found.name, found.legal) == ("法人", "上海示例泊云酒店有限公司", "陈示安")
    said = read_line(f"名称：上海示例泊云酒店有限公司；统一社会信用代码：{FIRM}；法定代表人：陈示安", TODAY)
    assert (said.kind, said.code, said.legal) == ("法人", FIRM, "陈示安")


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("", "没有读到内容"),
        ("陈示安 310101", "没有识别出"),
        ("甲" * 600, "过长"),
        (f"陈示安,{NUMBER[:17]}{'1' if NUMBER[17] != '1' else '2'},19900307,示例路", "校验位"),
        (f"陈示安,{NUMBER},19910307,示例路", "出生日期与号码不一致"),
        (f",{NUMBER},19900307,示例路", "没有姓名"),
        (f"{FIRM[:17]}A|示例公司|陈示安|示例路", "校验位"),
    ],
)
def test_a_line_that_is_not_right_says_what_is_wrong_without_the_number(line: str, told: str) -> None:
    with pytest.raises(ZhunyuError) as refused:
        read_line(line, TODAY)
    assert told in refused.value.what and NUMBER not in str(refused.value)
    assert refused.value.next
