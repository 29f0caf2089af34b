"""What the periods of a route must keep to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Map
from engine.model.matter import Matter
from engine.model.route import ACCEPTING, DECIDING, Step


def check(node: Map, matter: Matter) -> Iterator[Problem]:
    """Periods at steps that cannot keep them, and limits shorter than the period."""
    for step, written in zip(matter.route, node.get("route") or (), strict=True):
        if step.wait is not None:
            yield from _period(step, written, "wait", step.wait.days, step.wait.unit)


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
