"""The matters as national elements: the basic catalogue and the implementation list (GB/T 39554.2-2020).

Sections and field names are those of the national platform's tables (up_task_…), with the office's name in every row,
since its codes may not be known yet. Every value is text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from engine.model.authority import CITY, Authority
from engine.model.elements import ElementsPlan, catalog_code, item_code, task_code
from engine.model.matter import Matter
from engine.model.rule import ALWAYS
from engine.stages.workflow import route_of

Row = dict[str, str]
IN_USE, WORKDAYS, ON_THE_SPOT, WITHIN_A_TERM = "1", "1", "1", "2"
_UNITS = {"工作日": "1", "自然日": "2"}
_SERVED = {"自然人": "1", "法人": "2;3;4;6"}  # GB/T 39046-2020 A.4
_NEED = {"必要": "1", "情形必要": "1", "非必要": "2"}
_SOURCES = {"": "10", "申请人自备": "10", "在线表单生成": "10"}
_ISSUED_BY_OFFICES, _ELSEWHERE = "20", "99"
_FREE = "不收费"


class Elements(msgspec.Struct, frozen=True):
    """The sections of the export by their names, each a list of rows; `missing` says in words what is not known yet."""

    sections: dict[str, tuple[Row, ...]]
    missing: tuple[str, ...]


def elements_of(
    plan: ElementsPlan, matters: Iterable[Matter], titles: Mapping[str, str], day: str
) -> Elements:
    """Everything the matters say of themselves on a day, in the fields of the national tables.

    Directory rows stand once a main item and kind; those of the implementation list once a matter and office.
    `titles` are the names of the certificate types by id.
    """
    listed = [(matter, item) for matter in matters if (item := plan.item_of(matter.id)) is not None]
    directory: dict[str, Row] = {}
    sections: dict[str, list[Row]] = {
        name: [] for name in ("up_task_general_basic", "up_task_general_extend", "up_task_general_material",
                              "up_task_general_fee_project", "up_task_general_questions")
    }  # fmt: skip
    unknown: set[str] = set()
    for matter, item in listed:
        catalog = catalog_code(plan, matter.kind, item)
        directory.setdefault(catalog, _directory(plan, matter, item.title, catalog))
        number = item.matters.index(matter.id) + 1
        for office in _offices(matter, day):
            task = task_code(office.code, _level(plan, office), catalog)
            keys = _keys(catalog, task, item_code(task, number), matter, office)
            if not office.code:
                unknown.add(office.name)
            sections["up_task_general_basic"].append({**keys, **_basic(plan, matter, office)})
            sections["up_task_general_extend"].append({**keys, **_extend(plan, matter, titles)})
            sections["up_task_general_material"] += [{**keys, **one} for one in _materials(matter)]
            sections["up_task_general_fee_project"] += [{**keys, **one} for one in _fees(matter)]
            sections["up_task_general_questions"] += [
                {**keys, "question": one.ask, "answer": one.answer} for one in matter.questions
            ]
    found = {"up_task_directory": tuple(directory.values()), **{name: tuple(rows) for name, rows in sections.items()}}
    return Elements(found, _unknown(unknown))


def _unknown(offices: set[str]) -> tuple[str, ...]:
    if not offices:
        return ()
    names = "、".join(sorted(offices))
    return (f"{len(offices)} 个机关还没有统一社会信用代码，它们的实施编码和业务办理项编码空着：{names}。",)


def _offices(matter: Matter, day: str) -> Iterator[Authority]:
    """The offices in force on the day, the newest grant of each district."""
    newest: dict[tuple[str, str], Authority] = {}
    for office in matter.authorities:
        if not office.since or office.since <= day:
            newest[office.district, office.name] = office
    yield from newest.values()


def _level(plan: ElementsPlan, office: Authority) -> str:
    return plan.levels["市级" if office.district in ("", CITY) else "区级"]


def _keys(catalog: str, task: str, item: str, matter: Matter, office: Authority) -> Row:
    return {
        "catalog_code": catalog, "local_catalog_code": "", "task_code": task, "local_task_code": matter.code,
        "task_handle_item": item, "task_name": matter.title, "dept_name": office.name,
    }  # fmt: skip


def _directory(plan: ElementsPlan, matter: Matter, title: str, catalog: str) -> Row:
    levels = {_level(plan, office) for office in matter.authorities}
    return {
        "catalog_code": catalog, "local_catalog_code": "", "task_name": title, "task_type": plan.kinds[matter.kind],
        "by_law": "\n".join(matter.basis), "use_level": ";".join(sorted(levels)), "task_state": IN_USE,
        "task_version": "1", "plan_effective_date": matter.effective, "plan_cancel_date": "",
    }  # fmt: skip


def _basic(plan: ElementsPlan, matter: Matter, office: Authority) -> Row:
    legal, at_once = matter.limits.legal, bool(matter.decide) and any(row.outcome == "秒批" for row in matter.decide)
    promised = matter.limits.promised.get("转人工", matter.limits.promised.get("秒批"))
    return {
        **plan.texts,
        "task_type": plan.kinds[matter.kind],
        "by_law": "\n".join(matter.basis),
        "use_level": _level(plan, office),
        "dept_code": office.code,
        "project_type": ON_THE_SPOT if at_once and not promised else WITHIN_A_TERM,
        "anticipate_day": "" if legal.days is None else str(legal.days),
        "anticipate_type": _UNITS.get(legal.unit, ""),
        "anticipate_explain": _legal_words(matter),
        "promise_day": "" if promised is None else str(promised),
        "promise_type": WORKDAYS if promised is not None else "",
        "promise_explain": "条件核对一致的当场办结。" if at_once else "",
        "accept_condition": "\n".join(matter.conditions),
        "handle_flow": " → ".join(step.title for step in route_of(matter)),
        "server_type": ";".join(_SERVED[one] for one in matter.applicant),
        "special_procedure": "、".join(matter.limits.stops),
        "is_fee": "0" if matter.fees == _FREE else "1",
        "fee_basis": "" if matter.fees == _FREE else matter.fees,
        "task_state": IN_USE,
        "task_version": matter.hash[:16],
        "plan_effective_date": matter.effective,
        "plan_cancel_date": "",
    }


def _legal_words(matter: Matter) -> str:
    legal = matter.limits.legal
    if legal.days is None:
        return "法律、法规没有规定期限。"
    if legal.days == 0:
        return "当场办结。"
    days, by = matter.limits.extend_days, matter.limits.extend_by
    extended = f"，经{by}批准可以延长 {days} 日" if days else ""
    return f"自{legal.start}之日起 {legal.days} 个{legal.unit}{extended}。"


def _extend(plan: ElementsPlan, matter: Matter, titles: Mapping[str, str]) -> Row:
    results = list(dict.fromkeys(titles.get(one.type, one.title) for one in matter.certificates))
    return {"result_name": "、".join(results), "result_type": "10" if results else "", "is_online": "1"}


def _materials(matter: Matter) -> Iterator[Row]:
    for place, need in enumerate(matter.materials, 1):
        ways = "；".join(f"{one.way}核到的免于提交" for one in need.waive)
        when = "" if need.when == ALWAYS else f"{need.when.text}时提交"
        yield {
            "material_name": need.title,
            "material_type": "2",
            "material_format": "2",
            "is_need": _NEED[need.need],
            "page_num": "1",
            "page_format": "、".join(need.accept),
            "source_type": _SOURCES.get(need.source, _ISSUED_BY_OFFICES if "部门" in need.source else _ELSEWHERE),
            "source_explain": need.source,
            "fill_explain": need.help,
            "accept_stand": "；".join(one for one in (when, ways) if one),
            "by_law": need.basis,
            "order_num": str(place),
        }


def _fees(matter: Matter) -> Iterator[Row]:
    if matter.fees != _FREE:
        yield {"fee_name": matter.fees, "fee_stand": matter.fees, "by_law": "", "is_desc": "0", "desc_explain": ""}
