"""The national codes of government matters (GB/T 39554.1-2020): put together, taken apart, checked.

基本编码 12 = region 2, kind 2, department 2, main item 3, sub-item 3. 实施编码 31 = the office's 统一社会信用代码
18, its level 1, 基本编码 12. 业务办理项编码 33 = 实施编码 and a number of two digits from 01. Letters may stand in the
segments of items.
"""

from __future__ import annotations

import re

import msgspec

from engine.model.checkdigits import uscc_reason

NO_SUB_ITEM = "000"
CATALOG_LENGTH, TASK_LENGTH, ITEM_LENGTH = 12, 31, 33
TASK_TYPES = frozenset(("01", "02", "03", "04", "05", "06", "07", "08", "09", "10", "20"))  # GB/T 39046-2020 A.1
_CATALOG = re.compile(r"[0-9]{2}(?P<kind>[0-9]{2})[0-9]{2}[0-9A-Z]{3}[0-9A-Z]{3}", re.ASCII)
_LEVEL = re.compile(r"[1-6]", re.ASCII)


class MainItem(msgspec.Struct, frozen=True, omit_defaults=True):
    """A main item of the basic catalogue: its signs, its sub-item's, and its matters in the order of their numbers.

    A matter that is withdrawn keeps its place, so that no number is given twice.
    """

    title: str
    code: str
    matters: tuple[str, ...]
    sub: str = NO_SUB_ITEM


class ElementsPlan(msgspec.Struct, frozen=True):
    """What the export needs beyond the matters: segments of the codes, and texts every matter has alike.

    `kinds` and `levels` map the words of the matters to their digits; `texts` fills fields of the implementation list
    by their names (consulting, supervision, place and hours of handling …); `confirm` waits for confirmation.
    """

    region: str
    department: str
    kinds: dict[str, str]
    levels: dict[str, str]
    items: tuple[MainItem, ...]
    texts: dict[str, str] = {}
    confirm: tuple[str, ...] = ()

    def item_of(self, matter: str) -> MainItem | None:
        """The main item a matter belongs to."""
        return next((one for one in self.items if matter in one.matters), None)


def catalog_code(plan: ElementsPlan, kind: str, item: MainItem) -> str:
    """The 基本编码 of a main item as a kind of matter (行政许可, 行政备案 …)."""
    return f"{plan.region}{plan.kinds[kind]}{plan.department}{item.code}{item.sub}"


def task_code(office: str, level: str, catalog: str) -> str:
    """The 实施编码; "" while the office has no credit code yet."""
    return f"{office}{level}{catalog}" if office else ""


def item_code(task: str, number: int) -> str:
    """The 业务办理项编码, `number` from 1; "" while there is no 实施编码."""
    return f"{task}{number:02d}" if task else ""


def code_faults(catalog: str, task: str = "", item: str = "") -> tuple[str, ...]:
    """What is wrong with the three codes of a row, in words; codes that are "" are not there yet and not checked."""
    return tuple(
        one for one in (_catalog_fault(catalog), *_task_faults(task, catalog), _item_fault(item, task)) if one
    )


def _catalog_fault(catalog: str) -> str:
    if len(catalog) != CATALOG_LENGTH:
        return f"基本编码应为 {CATALOG_LENGTH} 位，现为 {len(catalog)} 位"
    found = _CATALOG.fullmatch(catalog)
    if found is None:
        return "基本编码前六位应为数字，后六位应为数字或大写字母"
    return "" if found["kind"] in TASK_TYPES else f"基本编码的事项类型 {found['kind']} 不在 GB/T 39046 表 A.1 里"


def _task_faults(task: str, catalog: str) -> tuple[str, ...]:
    if not task:
        return ()
    if len(task) != TASK_LENGTH:
        return (f"实施编码应为 {TASK_LENGTH} 位，现为 {len(task)} 位",)
    level = "" if _LEVEL.fullmatch(task[18]) else f"实施编码第 19 位（行使层级）“{task[18]}”不是 1 至 6"
    apart = "" if task[19:] == catalog else "实施编码第 20 至 31 位与基本编码不同"
    return (uscc_reason(task[:18]), level, apart)


def _item_fault(item: str, task: str) -> str:
    if not item:
        return ""
    if len(item) != ITEM_LENGTH:
        return f"业务办理项编码应为 {ITEM_LENGTH} 位，现为 {len(item)} 位"
    if item[:TASK_LENGTH] != task:
        return "业务办理项编码前 31 位与实施编码不同"
    number = item[TASK_LENGTH:]
    return "" if number.isdigit() and number != "00" else "业务办理项编码末两位应为 01 起的顺序码"
