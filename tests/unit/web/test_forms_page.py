"""What a page shows of a form: sections, messages, and the rules given to the browser."""

from __future__ import annotations

from engine.model.form import Field, Group, Option
from engine.model.matter import Duration, Limits, Matter
from engine.model.rule import Rule
from engine.model.types import Part, Type
from engine.web.forms.build import bind
from engine.web.forms.page import browser_rules, draw, element_id, summary

TEXT = Type("text")
IS_HOTEL = Rule("类型 = 宾馆", {"==": [{"var": "type"}, "宾馆"]}, ("type",))
ALIVE = Rule("营业执照.状态 = 存续", {"==": [{"var": "licence.status"}, "存续"]}, ("licence.status",))
CODED = Rule("类型 属于 代码.住宿", {"in": [{"var": "type"}, {"var": "code.stay"}]}, ("code.stay", "type"))
PERSON = Type("record", parts={"name": Part("姓名", TEXT), "phone": Part("手机", Type("text", optional=True))})


def sample(*groups: Group) -> Matter:
    return Matter(
        id="sample", title="示例", kind="行政许可", line="示例", applicant=("法人",), basis=(), effective="2025-01-01",
        limits=Limits(Duration(20)), groups=groups, decide=(),
    )  # fmt: skip


TYPE = Field("type", "类型", "单选", Type("enum"), options=(Option("宾馆"), Option("旅店")))
ROOMS = Field("rooms", "客房数", "整数", Type("number"), when=IS_HOTEL)
OWNER = Field("owner", "负责人", "人员", PERSON)
HALLS = Field("halls", "影厅", "表格", Type("rows"), columns=(Field("hall", "厅", "文本", TEXT),), min="2")
MATTER = sample(Group("a", "场所", (TYPE, ROOMS)), Group("b", "人员", (OWNER, HALLS)))


def test_a_section_whose_fields_are_all_hidden_is_hidden() -> None:
    groups = draw(MATTER, bind(MATTER, {}), {"owner": False, "halls": False})
    assert [group.visible for group in groups] == [True, False]


def test_only_the_fields_asked_for_are_drawn() -> None:
    groups = draw(MATTER, bind(MATTER, {}), {}, only={"owner"})
    assert [[view.field.id for view in group.fields] for group in groups] == [["owner"]]


def test_a_field_from_a_source_names_it_and_is_not_asked() -> None:
    view = draw(MATTER, bind(MATTER, {"type": "宾馆"}), {}, locked={"type": "营业执照"})[0].fields[0]
    assert (view.known, view.origin) == (True, "营业执照")


def test_a_table_shows_at_least_its_least_number_of_rows() -> None:
    view = draw(MATTER, bind(MATTER, {"halls": [{"hall": "一"}]}), {}, extra_rows={"halls": 1})[1].fields[1]
    assert view.rows == [{"hall": "一"}, {}, {}]


def test_only_the_declared_parts_of_a_person_are_asked() -> None:
    view = draw(MATTER, bind(MATTER, {}), {})[1].fields[0]
    assert view.parts == {"name": "姓名", "phone": "手机"}


def test_a_part_that_may_be_blank_is_not_required() -> None:
    view = draw(MATTER, bind(MATTER, {}), {})[1].fields[0]
    assert [view.part_required(part) for part in view.parts] == [True, False]


def test_the_summary_follows_the_form_and_leads_to_the_first_control() -> None:
    lines = summary(MATTER, {"halls.1.hall": "请填写厅。", "owner": "请填写负责人。", "type": "请选择类型。"})
    assert [line.target for line in lines] == ["f-type", "f-owner-name", "f-halls-1-hall"]


def test_a_message_of_a_row_says_which_row() -> None:
    assert summary(MATTER, {"halls.1.hall": "请填写厅。"})[0].message == "影厅第 2 行：请填写厅。"


def test_an_element_id_has_no_dots() -> None:
    assert element_id("halls.1.hall") == "f-halls-1-hall"


def test_the_browser_is_given_conditions_on_form_fields_alone() -> None:
    fact = Field("extra", "其他", "文本", TEXT, when=ALIVE)
    rules = browser_rules(sample(Group("a", "场所", (TYPE, ROOMS, fact))), {})
    assert rules["when"] == {"rooms": [IS_HOTEL.logic]}


def test_a_condition_on_a_code_list_is_given_with_the_list() -> None:
    coded = Field("extra", "其他", "文本", TEXT, when=CODED)
    rules = browser_rules(sample(Group("a", "场所", (TYPE, coded))), {"code": {"stay": ["宾馆"]}})
    assert (rules["when"], rules["known"]) == ({"extra": [CODED.logic]}, {"code": {"stay": ["宾馆"]}})


def test_a_condition_of_the_section_goes_with_each_of_its_fields() -> None:
    group = Group("a", "住宿", (Field("beds", "床位", "整数", Type("number")),), when=IS_HOTEL)
    assert browser_rules(sample(Group("t", "类型", (TYPE,)), group), {})["when"] == {"beds": [IS_HOTEL.logic]}
