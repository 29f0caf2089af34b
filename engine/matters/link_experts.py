"""Linking and checking a step's panel of experts 专家评审."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import lint_route, tree
from engine.matters.linking import Linking
from engine.matters.yaml_reader import Map
from engine.model.fieldwork import FAILED, PASSED
from engine.model.form import RecordForm
from engine.model.matter import Matter
from engine.model.route import AVERAGE, Experts, Step

_ROLE = "专家"
_NUMBERS = ("数", "整数")


def experts(linking: Linking, node: Map, form: RecordForm | None) -> Experts | None:
    """The panel of a step; None where it has none. `score` is stored as the id of the record's field."""
    one: Map | None = node.get("experts")
    if one is None:
        return None
    score = tree.text(one, "score")
    fields = form.fields if form is not None else ()
    found = next((field for field in fields if score in (field.id, field.title)), None)
    if score and (found is None or found.kind not in _NUMBERS):
        what = f"记录表里没有叫“{score}”的数字。"
        linking.add("M225", tree.place(one, "score"), what, tree.near(score, [field.title for field in fields]))
    return Experts(
        int(one["invite"]), int(one["quorum"]), tree.text(one, "pass"), found.id if found is not None else "",
        tree.text(one, "least", "0"), int(one.get("days", 5)), tree.text(one, "by", "审查"),
        linking.paths(one, "shows"),
    )  # fmt: skip


def check(node: Map, matter: Matter) -> Iterator[Problem]:
    """M225 for a panel that cannot be held as it is written."""
    for step, written in zip(matter.route, node.get("route") or (), strict=True):
        if step.experts is not None:
            yield from _panel(matter, step, step.experts, written)


def _panel(matter: Matter, step: Step, experts: Experts, written: Map) -> Iterator[Problem]:
    section: Map = written["experts"]
    if step.role != _ROLE or step.staff > 1:
        what = f"环节 {step.id} 有专家评审，应由专家办、不写人数。"
        yield tree.at("M225", section.mark, what, "请写 role: 专家，人数写在 experts 的 invite 和 quorum。")
    for key in ("auto", "wait", "outside"):
        if key in written:
            what = f"环节 {step.id} 有专家评审，又写了 {key}。"
            yield tree.at("M225", tree.place(written, key), what, "请删去，或另写一个环节。")
    if experts.quorum > experts.invite:
        what = f"只邀请 {experts.invite} 人，却要 {experts.quorum} 份意见。"
        yield tree.at("M225", tree.place(section, "quorum"), what, f"请写 {experts.invite} 以下。")
    scored = experts.passes == AVERAGE
    for key in ("score", "least"):
        if scored != (key in section):
            advice = "按平均分的写 score 和 least；按票数的都不写。"
            yield tree.at("M225", tree.place(section, key), f"pass 是{experts.passes}，{key} 与它不相配。", advice)
    if step.results and set(step.results) != {PASSED, FAILED}:
        advice = f"请写 results: {{{PASSED}: 环节, {FAILED}: 环节}}，或不写。"
        yield tree.at("M225", tree.place(written, "results"), f"专家评审的结论应为 {PASSED} 和 {FAILED}。", advice)
    for path, mark in zip(experts.shows, section["shows"].item_at if experts.shows else (), strict=False):
        if lint_route.personal(matter, path):
            title = matter.titles.get(path, path)
            yield tree.at("M225", mark, f"{title}是个人信息，不给专家看。", "请删去。")
