"""What a matter whose batch is of rows, and the matter each row is filed as, must keep to together."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import tree
from engine.matters.yaml_reader import Map
from engine.model.matter import ON_APPLICATION, Matter
from engine.model.rows import CELLS, columns_of, key_of

_NOT_IN_PARENT = (
    ("certificate", "每一行各发各的证"), ("certificates", "每一行各发各的证"), ("acts_on", "清单不办理已有的证照"),
    ("route", "每一行各走各的环节"), ("sign", "清单没有申请书可签"), ("countersign", "清单没有对方可以确认"),
    ("unique", "每一行各占各的"),
)  # fmt: skip


def check(node: Map, matter: Matter, child: Matter | None) -> Iterator[Problem]:
    """The faults; `child` is None where it has errors of its own."""
    section: Map = node["batch"]
    mark = tree.place(section, "as")
    if child is None:
        yield tree.at("M216", mark, "逐行办理的事项有错误。", "请先改正它。")
        return
    for key, why in _NOT_IN_PARENT:
        if key in node:
            yield tree.at("M216", tree.key_place(node, key), f"批量导入的事项不写 {key}：{why}。", "请删去。")
    if matter.starts != ON_APPLICATION or matter.confidential:
        advice = "请写 starts: 申请，不写 confidential。"
        yield tree.at("M216", section.mark, "批量导入的事项由申请人公开申请。", advice)
    for row, written in zip(matter.decide, node["decide"], strict=True):
        if row.outcome == "秒批":
            what = f"清单本身不作决定，{row.id} 却写了秒批。"
            yield tree.at("M216", tree.place(written, "outcome"), what, "请改成 转人工；每一行按自己的事项裁决。")
    for what in _unfit(child):
        yield tree.at("M216", mark, f"{child.title}不能逐行办理：{what}。", "请换一个事项，或改写它。")
    if not set(matter.applicant) <= set(child.applicant):
        yield tree.at("M216", mark, f"{child.title}的申请人不包括本事项的申请人。", "请写成一样。")
    yield from _columns(node, matter, child)


def _unfit(child: Matter) -> Iterator[str]:
    if child.starts != ON_APPLICATION or child.batch is not None:
        yield "它不由申请人逐件申请"
    if child.acts_on is not None:
        yield "它办理已有的证照"
    if child.countersign or child.sign:
        yield "它要签名或者对方确认"
    if child.confidential or child.stopped:
        yield "它是重特事项或者已停用"


def _columns(node: Map, matter: Matter, child: Matter) -> Iterator[Problem]:
    mark = tree.place(node["batch"], "as")
    shared = {field.id: field for field in matter.fields()}
    for field in child.fields():
        same = shared.get(field.id)
        if same is not None and (same.kind, same.type) != (field.kind, field.type):
            what = f"“{field.title}”（{field.id}）在两个事项里写法不同，填一次不够。"
            yield tree.at("M216", mark, what, "请写成一样的类型和选项，或者在本事项里换一个 id。")
    columns = columns_of(matter, child)
    for field in columns:
        if field.kind not in CELLS:
            what = f"“{field.title}”（{field.kind}）放不进一个单元格。"
            yield tree.at("M216", mark, what, "请在本事项的表单里写同一个字段，填一次。")
    if not key_of(matter, child):
        what = f"{child.title}的 unique 里没有清单的列，认不出哪一行是哪一个。"
        yield tree.at("M216", mark, what, "请在它的 unique 里写一列，例如证件号码。")
