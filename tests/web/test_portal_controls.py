"""Every kind of control as it is drawn: labelled, described, safe, and read back as it was written."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

import pytest
from flask import render_template_string
from werkzeug.datastructures import MultiDict

from engine.model.form import Field, Group, Option
from engine.model.matter import Matter
from engine.model.types import Part, Type
from engine.web.forms.build import bind
from engine.web.forms.kinds import known_kinds
from engine.web.forms.page import draw
from tests.web.portal_world import PortalWorld, sample

PAGE = '{% from "forms/fields.html" import groups with context %}{{ groups(views) }}'
OPTIONS = tuple(Option(name) for name in ("甲", "乙", "丙"))
MANY = tuple(Option(f"第{number}项") for number in range(9))
TEXT = Type("text")
PARTS = {
    "人员": {"name": Part("姓名", TEXT), "id_no": Part("证件号", TEXT), "phone": Part("手机", TEXT)},
    "区街道": {"district": Part("区", TEXT), "street": Part("街道", TEXT)},
}
COLUMNS = tuple(
    Field(f"c{place}", kind, kind, TEXT, options=OPTIONS)
    for place, kind in enumerate(("文本", "整数", "日期", "单选", "多选", "是否"))
)
ANSWERS: dict[str, Any] = {
    "文本": '<script>"&', "长文本": "一\n二", "数": "12.5", "整数": 3, "金额": "100.00", "日期": "2026-05-01",
    "单选": "乙", "多选": ["甲", "丙"], "是否": False, "人员": {"name": "陈示安", "id_no": "X1", "phone": "138"},
    "统一社会信用代码": "91310101MADEM0011X", "身份证号": "31010119710211101X", "电话": "13800000001",
    "区街道": {"district": "甲", "street": "外滩街道"}, "地址": "示例路1号", "承诺": True,
    "表格": [{"c0": "厅", "c1": 2, "c2": "2026-05-01", "c3": "甲", "c4": ["乙"], "c5": True}],
}  # fmt: skip


def matter(kind: str, options: tuple[Option, ...] = OPTIONS) -> Matter:
    columns = COLUMNS if kind == "表格" else ()
    field = Field("x", "项", kind, Type("text", parts=PARTS.get(kind, {})), options=options, columns=columns,
                  help="怎么填", text="本单位承诺。", unit="平方米" if kind == "数" else "")  # fmt: skip
    return sample(hash="", groups=(Group("all", "全部", (field,)),))


def drawn(world: PortalWorld, one: Matter, answers: dict[str, Any], told: dict[str, str], **more: Any) -> Controls:
    form = bind(one, answers)
    form.tell(told)
    with world.app.test_request_context():
        page = render_template_string(PAGE, views=draw(one, form, {}, **more))
    controls = Controls()
    controls.feed(page)
    return controls


class Controls(HTMLParser):
    """What a browser would find: controls with their attributes, labels, ids, and what it would send."""

    def __init__(self) -> None:
        super().__init__()
        self.controls: list[dict[str, str | None]] = []
        self.labels: set[str] = set()
        self.ids: list[str] = []
        self.sent: MultiDict[str, str] = MultiDict()
        self._in_label = self._in_template = False
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        if tag == "template":
            self._in_template = True
        if self._in_template:
            return
        if found.get("id"):
            self.ids.append(str(found["id"]))
        if tag == "label":
            self._in_label = True
            self.labels.add(str(found.get("for")))
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.controls.append(found | {"labelled": "yes" if self._in_label else None})
        name = str(found.get("name"))
        if tag == "input" and (found.get("type") not in ("radio", "checkbox") or "checked" in found):
            self.sent.add(name, str(found.get("value") or ""))
        if tag == "select":
            self._select = name
        if tag == "option" and "selected" in found and self._select:
            self.sent.add(self._select, str(found.get("value")))
        if tag == "textarea":
            self._area = name

    def handle_data(self, data: str) -> None:
        if self._area:
            self.sent.add(self._area, data)

    def handle_endtag(self, tag: str) -> None:
        if tag == "template":
            self._in_template = False
        if tag == "label":
            self._in_label = False
        if tag == "textarea":
            self._area = None


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_every_control_has_a_label(portal_world: PortalWorld, kind: str) -> None:
    page = drawn(portal_world, matter(kind), {}, {})
    bare = [one.get("name") for one in page.controls if not one["labelled"] and one.get("id") not in page.labels]
    assert (bool(page.controls), [name for name in bare if name != "x.0.c4"]) == (True, [])


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_no_id_is_given_twice(portal_world: PortalWorld, kind: str) -> None:
    page = drawn(portal_world, matter(kind), ANSWERS, {"x": "不对。"}, extra_rows={"x": 2})
    assert len(page.ids) == len(set(page.ids))


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_what_describes_a_control_exists(portal_world: PortalWorld, kind: str) -> None:
    page = drawn(portal_world, matter(kind), {}, {"x": "不对。"})
    named = " ".join(str(one.get("aria-describedby") or "") for one in page.controls).split()
    assert set(named) <= set(page.ids)


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_an_answer_is_read_back_as_it_was_drawn(portal_world: PortalWorld, kind: str) -> None:
    page = drawn(portal_world, matter(kind), {"x": ANSWERS[kind]}, {})
    assert bind(matter(kind), formdata=page.sent).answers() == {"x": ANSWERS[kind]}


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_an_answer_from_a_source_is_sent_back_unchanged(portal_world: PortalWorld, kind: str) -> None:
    page = drawn(portal_world, matter(kind), {"x": ANSWERS[kind]}, {}, locked={"x": "营业执照"})
    assert bind(matter(kind), formdata=page.sent).answers() == {"x": ANSWERS[kind]}


@pytest.mark.parametrize("kind", sorted(known_kinds()))
def test_an_answer_of_a_foreign_shape_does_not_break_the_page(portal_world: PortalWorld, kind: str) -> None:
    shapes: tuple[Any, ...] = ("字", 5, True, ["甲"], {"name": "甲"}, [{"c0": "甲"}], ["甲", {"c0": 1}])
    assert all(drawn(portal_world, matter(kind), {"x": shape}, {}).ids for shape in shapes)


def test_a_long_list_of_choices_is_a_select(portal_world: PortalWorld) -> None:
    page = drawn(portal_world, matter("单选", MANY), {"x": "第8项"}, {})
    assert [one.get("type") for one in page.controls] == [None]


def test_a_short_list_of_choices_is_radio_buttons(portal_world: PortalWorld) -> None:
    page = drawn(portal_world, matter("单选"), {}, {})
    assert [one.get("type") for one in page.controls] == ["radio"] * 3
