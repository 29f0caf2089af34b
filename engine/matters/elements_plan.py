"""Reading rules/elements.yaml: the national codes of the matters, and what is wrong between it and the catalogue."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from engine.errors import ZhunyuError
from engine.matters import structure, tree
from engine.matters.yaml_reader import Map, read
from engine.model.elements import NO_SUB_ITEM, ElementsPlan, MainItem, catalog_code, code_faults
from engine.model.matter import Matter

FILE = "rules/elements.yaml"
MOST_MATTERS = 99


def load_elements(home: Path) -> ElementsPlan:
    """The plan of a home; ZhunyuError S001 with every fault when the file is missing or wrong."""
    node, problems = read(home / FILE, FILE)
    if node is not None and not problems:
        problems = structure.check(node, "elements")
    if node is None or problems:
        raise ZhunyuError("S001", f"{FILE} 不能使用。", "请按列出的位置改正。", status=500, problems=tuple(problems))
    return _plan(node)


def faults(plan: ElementsPlan, matters: Iterable[Matter], known: Iterable[str]) -> Iterator[str]:
    """What does not fit: matters without a place or with two, unknown ids, main items with one code, wrong codes.

    `known` are the ids of all matter files, withdrawn ones included.
    """
    listed = Counter(id for item in plan.items for id in item.matters)
    yield from (f"{id} 列了 {times} 次。" for id, times in sorted(listed.items()) if times > 1)
    yield from (f"没有事项 {id}。" for id in sorted(set(listed) - set(known)))
    crowded = (one.title for one in plan.items if len(one.matters) > MOST_MATTERS)
    yield from (f"主项“{title}”超过 {MOST_MATTERS} 个办理项。" for title in crowded)
    codes: dict[str, str] = {}
    for matter in matters:
        item = plan.item_of(matter.id)
        if item is None:
            yield f"{matter.id}（{matter.title}）没有列在任何主项里。"
            continue
        if item.title != matter.main_item:
            yield f"{matter.id} 的主项是“{matter.main_item}”，却列在“{item.title}”里。"
        code = catalog_code(plan, matter.kind, item)
        yield from (f"{matter.id}：{words}。" for words in code_faults(code))
        if codes.setdefault(code, item.title) != item.title:
            yield f"“{codes[code]}”和“{item.title}”的基本编码同为 {code}。"


def _plan(node: Map) -> ElementsPlan:
    return ElementsPlan(
        region=tree.text(node, "region"),
        department=tree.text(node, "department"),
        kinds={key: str(value) for key, value in node["kinds"].items()},
        levels={key: str(value) for key, value in node["levels"].items()},
        items=tuple(
            MainItem(title, tree.text(one, "code"), tree.texts(one, "matters"), tree.text(one, "sub", NO_SUB_ITEM))
            for title, one in node["items"].items()
        ),
        texts={key: str(value) for key, value in (node.get("texts") or {}).items()},
        confirm=tree.texts(node, "confirm"),
    )
