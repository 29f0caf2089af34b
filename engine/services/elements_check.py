"""The reverse check: a file of national elements held against the matters as they are declared."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from engine.model.elements import TASK_TYPES, code_faults
from engine.services.elements import Elements, Row

REQUIRED = {
    "up_task_directory": ("catalog_code", "task_name", "task_type", "by_law", "use_level", "task_state"),
    "up_task_general_basic": (
        "catalog_code", "task_code", "task_handle_item", "task_name", "task_type", "by_law", "use_level", "dept_name",
        "dept_code", "project_type", "promise_day", "server_type", "is_fee", "task_state",
    ),
    "up_task_general_extend": ("task_handle_item", "result_name", "is_online"),
    "up_task_general_material": ("task_handle_item", "material_name", "is_need", "source_type"),
    "up_task_general_questions": ("question", "answer"),
}  # fmt: skip
SETS = {
    "task_type": TASK_TYPES, "use_level": frozenset("123456"), "task_state": frozenset("123"),
    "project_type": frozenset("129"), "is_need": frozenset("123"), "is_fee": frozenset("01"),
    "material_type": frozenset("123"), "material_format": frozenset("123"),
    "source_type": frozenset(("10", "20", "99")), "server_type": frozenset("123456"),
}  # fmt: skip
_KEYS = {
    "up_task_directory": ("catalog_code",),
    "up_task_general_material": ("dept_name", "local_task_code", "task_handle_item", "material_name"),
    "up_task_general_questions": ("dept_name", "local_task_code", "task_handle_item", "question"),
}
_USUAL_KEY = ("dept_name", "local_task_code", "task_handle_item")


def faults(given: Mapping[str, Sequence[Row]], declared: Elements) -> Iterator[str]:
    """What is wrong in the file itself, and where it says something else than the matters; one sentence each."""
    for section, rows in given.items():
        if section not in declared.sections:
            yield f"没有 {section} 这张表。"
            continue
        yield from _empty(section, rows)
        for place, row in enumerate(rows, 1):
            yield from (f"{section} 第 {place} 行：{words}。" for words in _row_faults(row))
        yield from _differences(section, rows, declared.sections[section])
    yield from (f"缺少 {section} 这张表。" for section in declared.sections if section not in given)


def _empty(section: str, rows: Sequence[Row]) -> Iterator[str]:
    for key in REQUIRED.get(section, ()):
        places = [str(place) for place, row in enumerate(rows, 1) if not row.get(key, "")]
        if places:
            first = f"第 {'、'.join(places[:3])} 行" + ("……" if len(places) > 3 else "")
            yield f"{section} 有 {len(places)} 行没有填写 {key}：{first}。"


def _row_faults(row: Row) -> Iterator[str]:
    for key, allowed in SETS.items():
        wrong = [one for one in row.get(key, "").split(";") if one and one not in allowed]
        if wrong:
            yield f"{key} 的“{'、'.join(wrong)}”不在代码表里"
    yield from code_faults(row.get("catalog_code", ""), row.get("task_code", ""), row.get("task_handle_item", ""))


def _differences(section: str, given: Sequence[Row], declared: Sequence[Row]) -> Iterator[str]:
    keys = _KEYS.get(section, _USUAL_KEY)
    theirs = {_key(row, keys): row for row in given}
    if len(theirs) < len(given):
        yield f"{section} 有 {len(given) - len(theirs)} 行重复。"
    ours = {_key(row, keys): row for row in declared}
    for key, row in ours.items():
        if key not in theirs:
            yield f"{section} 缺少 {_said(row)}。"
            continue
        other = theirs[key]
        changed = [name for name in row if name != "task_version" and row[name] != other.get(name, "")]
        if changed:
            yield f"{section} {_said(row)}：{'、'.join(changed)}与事项不同。"
    yield from (f"{section} 多出 {_said(row)}。" for key, row in theirs.items() if key not in ours)


def _key(row: Row, keys: Sequence[str]) -> tuple[str, ...]:
    return tuple(row.get(key, "") for key in keys)


def _said(row: Row) -> str:
    more = row.get("material_name") or row.get("question") or row.get("dept_name", "")
    return f"“{row.get('task_name', '')}”{more}"
