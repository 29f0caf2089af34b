"""Linking 会签 and 或签: who signs a step together, and where it goes when somebody does not agree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from engine.matters import tree
from engine.matters.linking import Linking
from engine.matters.yaml_reader import Map
from engine.model.moving import AGREED, ALL_SIGN, DISAGREED
from engine.model.route import ACCEPTING, DECIDING

CODE = "M227"
GOES_ON, GOES_BACK = "继续", "退回"
_ALONE = ("results", "record", "auto", "outside", "publicity", "wait")  # what does not go with it


class Joint(NamedTuple):
    """The words of a step that is signed together; all empty for any other."""

    sign: str
    signers: tuple[str, ...]
    results: dict[str, str]


def joint(linking: Linking, node: Map) -> Joint:
    """What a step says of it, with every fault of it told."""
    sign, signers = tree.text(node, "sign"), tree.texts(node, "signers")
    if not sign:
        for key in ("signers", "disagree"):
            if key in node:
                what = f"写了 {key}，没有写 sign。"
                linking.add(CODE, tree.place(node, key), what, "请写 sign: 会签 或 sign: 或签。")
        return Joint("", (), {})
    for key, what, advice in _faults(node, sign, signers):
        linking.add(CODE, tree.place(node, key), what, advice)
    role = tree.text(node, "role")
    ordered = (role, *(one for one in signers if one != role)) if signers else ()
    return Joint(sign, ordered, {AGREED: "", DISAGREED: _disagreed(linking, node)})


def _faults(node: Map, sign: str, signers: tuple[str, ...]) -> Iterator[tuple[str, str, str]]:
    title, role = node["title"], tree.text(node, "role")
    if role in (ACCEPTING, DECIDING):
        yield "sign", f"“{title}”由{role}办理，受理和决定只由一个机关的人作出。", "请另写一个审查、核查环节。"
    for key in _ALONE:
        if key in node:
            yield key, f"{sign}的环节不写 {key}，它的结论是同意、不同意。", f"请删去 {key}，或另写一个环节。"
    if signers and (role not in signers or len(set(signers)) != len(signers)):
        yield "signers", f"signers 里应当有{role}，并且不重复。", "请改正。"
    if signers and "staff" in node:
        yield "staff", "写了 signers 的不写 staff：每个岗位各一人。", "请删去 staff。"
    people = len(signers) or int(node.get("staff", 1))
    if sign == ALL_SIGN and people < 2:
        yield "sign", "会签至少要两人或两个岗位。", "请写 staff: 2，或者用 signers 写明岗位。"


def _disagreed(linking: Linking, node: Map) -> str:
    """The step it goes to when somebody does not agree, "" for the next one."""
    word = tree.text(node, "disagree", GOES_ON)
    if word == GOES_ON:
        return ""
    route = linking.node.get("route") or ()
    ids = [str(one["step"]) for one in route]
    target = word
    if word == GOES_BACK:
        place = ids.index(str(node["step"]))
        target = ids[place - 1] if place else ""
    found = next((one for one in route if str(one["step"]) == target), None)
    if found is None or str(found["role"]) == ACCEPTING:
        what = f"不同意时去不了 {word}：前面没有受理以后的环节。" if word == GOES_BACK else f"没有可以去的环节 {word}。"
        linking.add(CODE, tree.place(node, "disagree"), what, tree.near(word, [GOES_ON, GOES_BACK, *ids]))
        return ""
    return target
