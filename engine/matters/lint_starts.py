"""What a matter that does not start with an application must keep to."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Map
from engine.model.matter import HANDED_IN, Matter
from engine.model.route import ACCEPTING, DECIDING

FREE = "不收费"
ENDING = ("注销", "撤销")


def check(node: Map, matter: Matter) -> Iterator[Problem]:
    """The faults of a matter that starts ex officio or elsewhere, and of a batch; none of any other."""
    if matter.batch is not None and not matter.batch.of_rows:
        yield from _batch(node, matter)
    if matter.starts == HANDED_IN:
        yield from _handed_in(node, matter)
    if not matter.ex_officio:
        return
    yield from _of_applications(node, matter)
    yield from _route(node, matter)
    yield from _results(node, matter)


def _handed_in(node: Map, matter: Matter) -> Iterator[Problem]:
    """Nobody has signed in: nothing is approved on the spot, nothing is signed."""
    for row, written in zip(matter.decide, node["decide"], strict=True):
        if row.outcome == "秒批":
            what = f"转入的办件没有经实名核验的申请人，{row.id} 却写了秒批。"
            yield tree.at("M207", tree.place(written, "outcome"), what, "请改成 转人工。")
    if matter.sign:
        yield tree.at("M207", tree.place(node, "sign"), "转入的事项没有申请人在这里签名。", "请删去 sign。")
    if matter.acts_on is not None:
        yield tree.at("M207", tree.place(node, "acts_on"), "转入的事项不办理本库的证照。", "请删去 acts_on。")


def _batch(node: Map, matter: Matter) -> Iterator[Problem]:
    section: Map = node["batch"]
    assert matter.batch is not None
    if not matter.ex_officio:
        yield tree.at("M206", section.mark, "批量办理证照的事项应依职权开始。", "请写 starts: 依职权。")
    if matter.acts_on is None or matter.acts_on.type != matter.batch.type:
        yield tree.at("M206", tree.place(section, "type"), "批量的证照类型与 acts_on 不一致。", "请写成同一类证照。")


def _of_applications(node: Map, matter: Matter) -> Iterator[Problem]:
    """No instant approval, no fee, no signature of an applicant."""
    for row, written in zip(matter.decide, node["decide"], strict=True):
        if row.outcome == "秒批":
            what = f"依职权的事项不能秒批，{row.id} 却写了秒批。"
            yield tree.at("M200", tree.place(written, "outcome"), what, "请改成 转人工。")
    if matter.fees != FREE:
        yield tree.at("M200", tree.place(node, "fees"), "依职权的事项不收费。", "请删去 fees。")
    if matter.sign:
        yield tree.at("M200", tree.place(node, "sign"), "依职权的事项没有申请人签名。", "请删去 sign。")
    for group, written in zip(matter.groups, node["form"], strict=True):
        for field, one in zip(group.fields, written["fields"], strict=True):
            if field.kind == "承诺":
                what = f"立案表由工作人员填写，没有申请人可以作“{field.title}”的承诺。"
                yield tree.at("M200", tree.place(one, "kind"), what, "请改用 是否 或删去。")


def _route(node: Map, matter: Matter) -> Iterator[Problem]:
    """Somebody decides, nobody accepts, and who loses something was heard before."""
    mark = tree.place(node, "route") if "route" in node else node.mark
    roles = [step.role for step in matter.route]
    if DECIDING not in roles:
        yield tree.at("M201", mark, "依职权的事项没有审批环节。", "请在 route 里写一个 role: 审批 的环节。")
        return
    for step, written in zip(matter.route, node["route"], strict=True):
        if step.role == ACCEPTING:
            what = f"依职权的事项没有受理，环节 {step.id} 却由窗口办。"
            yield tree.at("M201", tree.place(written, "role"), what, "请改由别的岗位办，或删去。")
    heard = any(step.wait is not None for step in matter.route[: roles.index(DECIDING)])
    if matter.certificates and not heard:
        advice = "请在审批之前写一个 wait: {days: 5, for: 陈述申辩} 的环节。"
        yield tree.at("M201", mark, "作出决定之前没有告知陈述、申辩的环节。", advice)


def _results(node: Map, matter: Matter) -> Iterator[Problem]:
    """Ex officio a certificate is ended, and one only."""
    nodes = [node["certificate"]] if "certificate" in node else list(node.get("certificates") or ())
    for made, written in zip(matter.certificates, nodes, strict=False):
        if made.action not in ENDING:
            what = f"依职权不能{made.action}证照。"
            yield tree.at("M202", tree.place(written, "action"), what, f"可用的有：{'、'.join(ENDING)}。")
    if len(matter.certificates) > 1:
        yield tree.at("M202", tree.place(node, "certificates"), "依职权的一件只处理一张证照。", "请只写一张。")
