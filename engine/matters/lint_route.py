"""What the periods of a route must keep to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Map
from engine.model.matter import Matter
from engine.model.route import ACCEPTING, DECIDING, OPPOSED, UNOPPOSED, Step

_PERSONAL = ("身份证号", "电话", "人员")


def check(node: Map, matter: Matter) -> Iterator[Problem]:
    """Periods at steps that cannot keep them, and limits shorter than the period."""
    for step, written in zip(matter.route, node.get("route") or (), strict=True):
        if step.wait is not None:
            yield from _period(step, written, "wait", step.wait.days, step.wait.unit)
        if step.publicity is not None:
            yield from _period(step, written, "publicity", step.publicity.days, step.publicity.unit)
            yield from _publicity(node, matter, step, written)


def _publicity(node: Map, matter: Matter, step: Step, written: Map) -> Iterator[Problem]:
    """A publicity ends in one of two ways, shows nothing personal, and stops the clock only where the law says so."""
    section: Map = written["publicity"]
    assert step.publicity is not None
    if step.wait is not None:
        yield tree.at("M204", tree.place(written, "wait"), f"环节 {step.id} 又等待又公示。", "请分成两个环节。")
    if set(step.results) != {UNOPPOSED, OPPOSED}:
        what = f"公示环节 {step.id} 的结论应为 {UNOPPOSED} 和 {OPPOSED}。"
        advice = f"请写 results: {{{UNOPPOSED}: 环节, {OPPOSED}: 环节}}。"
        yield tree.at("M204", tree.place(written, "results"), what, advice)
    if step.publicity.excluded and not step.publicity.basis:
        what = f"公示环节 {step.id} 不计入时限，没有写依据。"
        yield tree.at("M204", tree.place(section, "excluded"), what, "请补上 basis:；法律没有规定的，公示计入时限。")
    if matter.confidential:
        yield tree.at("M205", section.mark, "重特事项不公示。", "请删去公示环节。")
    for path, mark in zip(step.publicity.shows, section["shows"].item_at, strict=False):
        if personal(matter, path):
            title = matter.titles.get(path, path)
            yield tree.at("M205", mark, f"{title}是个人信息，不能公示。", "请删去，或改用可以公开的内容。")


def personal(matter: Matter, path: str) -> bool:
    """Whether a path holds, or has in it, what may not be shown to everybody."""
    kinds = {field.id: field.kind for field in matter.fields()}
    if kinds.get(path.split(".", maxsplit=1)[0]) in _PERSONAL:
        return True
    if path in ("applicant.code", "original.holder_code") and "自然人" in matter.applicant:
        return True
    sensitive = [field.id for field in matter.fields() if field.sensitive] + list(matter.sensitive)
    return any(path == one or path.startswith(one + ".") or one.startswith(path + ".") for one in sensitive)


def _period(step: Step, written: Map, key: str, days: int, unit: str) -> Iterator[Problem]:
    mark = tree.place(written, key)
    if step.role in (ACCEPTING, DECIDING):
        what = f"环节 {step.id} 由{step.role}办，不能等待。"
        yield tree.at("M203", mark, what, "请另写一个环节，放在它前面。")
    if step.auto is not None:
        what = f"环节 {step.id} 要等待，又写了自动完成。"
        yield tree.at("M203", mark, what, "请删去 auto 或等待期。")
    if step.within is not None and unit == "工作日" and step.within <= days:
        what = f"环节 {step.id} 限 {step.within} 个工作日，等待期却要 {days} 个。"
        yield tree.at("M203", tree.place(written, "within"), what, f"请把 within 写成 {days + 1} 以上。")
