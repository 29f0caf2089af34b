"""Linking the pre-check, the decide table, what may never happen, and the route."""

from __future__ import annotations

from engine.matters import link_authority, link_experts, link_records, table_link, tree
from engine.matters.link_joint import joint
from engine.matters.linking import Linking
from engine.matters.names import ALL_PASSED, VERDICTS
from engine.matters.yaml_reader import Map, Seq
from engine.model.matter import Check, Row
from engine.model.route import Publicity, Step, Wait
from engine.model.rule import ALWAYS, Rule


def precheck(linking: Linking) -> tuple[Check, ...]:
    """The pre-checks in order."""
    fields = [tree.text(one, "id") for group in linking.node["form"] for one in group["fields"]]
    return tuple(_check(linking, node, fields) for node in unique(linking, "precheck", "id", "核对"))


def unique(linking: Linking, section: str, key: str, what: str) -> list[Map]:
    """The items of a section; a repeated id is noted."""
    items: list[Map] = list(linking.node.get(section) or ())
    seen: set[str] = set()
    for node in items:
        id = tree.text(node, key)
        if id in seen:
            linking.add(
                "M130", tree.place(node, key), f"{what} id {id} 重复。", "请改一个；片段用了两次的，写 as: 加前缀。"
            )
        seen.add(id)
    return items


def _check(linking: Linking, node: Map, fields: list[str]) -> Check:
    require = linking.rule(node, "require")
    on_fail, to = tree.text(node, "on_fail"), tree.text(node, "to")
    if "else" not in node:
        advice = "请补上 else:，写明不通过时告诉申请人的话。"
        linking.add("M159", node.mark, f"核对 {node['id']} 没有写不通过时的说明。", advice)
    if on_fail == "改办" and to not in linking.matters:
        advice = tree.near(to, linking.matters) if to else "请写 to: 事项 id。"
        linking.add(
            "M158", tree.place(node, "to"), f"没有要改办的事项 {to}。" if to else "改办没有写明改办到哪里。", advice
        )
    if on_fail != "改办" and to:
        linking.add(
            "M158", tree.place(node, "to"), f"on_fail 是{on_fail}，to 没有用处。", "请删去 to，或把 on_fail 写成 改办。"
        )
    roots = {path.split(".")[0] for path in require.reads}
    return Check(
        id=tree.text(node, "id"),
        require=require,
        message=linking.template(node, "else"),
        on_fail=on_fail,
        when=linking.rule(node, "when"),
        title=tree.text(node, "title"),
        mend=linking.template(node, "mend"),
        basis=tree.text(node, "basis"),
        to=to,
        auto=tree.truth(node, "auto"),
        fields=linking.paths(node, "fields") or tuple(id for id in fields if id in roots),
        condition=_condition(linking, node),
    )


def _condition(linking: Linking, node: Map) -> str:
    """The condition of granting a check proves: the one that has the words in it."""
    words = tree.text(node, "condition")
    if not words:
        return ""
    fitting = [one for one in tree.texts(linking.node, "conditions") if words in one]
    if len(fitting) != 1:
        what = f"核对 {node['id']} 的 condition “{words}”{'与几条准予条件都相符' if fitting else '不在准予条件里'}。"
        linking.add("M104", tree.place(node, "condition"), what, "请写只有那一条准予条件才有的几个字。")
        return ""
    return fitting[0]


def decide(linking: Linking) -> tuple[Row, ...]:
    """The rows of the decide table in order."""
    opened = table_link.opened(linking)
    linking.node.put("decide", opened.nodes, opened.nodes.mark, opened.nodes.mark)
    rows = tuple(
        Row(
            id=tree.text(node, "id"),
            when=opened.rules.get(place) or linking.rule(node, "when", Rule("从不", False)),
            outcome=tree.text(node, "outcome"),
            reason=linking.template(node, "reason"),
            suggest=tree.text(node, "suggest"),
            commitment=tree.truth(node, "commitment"),
            basis=tree.text(node, "basis"),
            unique=opened.unique.get(place, ""),
        )
        for place, node in enumerate(unique(linking, "decide", "id", "裁决"))
    )
    items: Seq = opened.nodes
    for number, row in enumerate(rows):
        last = number == len(rows) - 1
        mark = items.item_at[number]
        if last and (row.when != ALWAYS or row.outcome != "转人工"):
            advice = "请加上 {id: otherwise, when: 总是, outcome: 转人工}。"
            linking.add("M152", mark, "裁决表的最后一条应为 总是 → 转人工。", advice)
        elif not last and row.when == ALWAYS:
            linking.add("M152", mark, f"{row.id} 总是成立，后面的各条都到不了。", "请移到最后。")
    return rows


def never(linking: Linking) -> tuple[Rule, ...]:
    """The sentences to be proved; they may speak of the outcome as 秒批 and 转人工."""
    items: Seq = linking.node.get("never") or Seq(linking.node.mark)
    made = [linking.compile(one, mark, "bool", VERDICTS) for one, mark in zip(items, items.item_at, strict=True)]
    return tuple(one for one in made if one is not None)


def route(linking: Linking) -> tuple[Step, ...]:
    """The steps a case sent to people goes through."""
    nodes = unique(linking, "route", "step", "环节")
    ids = [tree.text(node, "step") for node in nodes]
    return tuple(_step(linking, node, ids) for node in nodes)


def _step(linking: Linking, node: Map, ids: list[str]) -> Step:
    results: Map = node.get("results") or Map(node.mark)
    for result, to in results.items():
        if str(to) not in (*ids, "结束", "again"):
            advice = tree.near(str(to), [*ids, "结束", "again"])
            linking.add("M172", tree.place(results, result), f"结论“{result}”的去向 {to} 不是环节。", advice)
    for other in tree.texts(node, "not_same_as"):
        if other not in ids:
            linking.add("M172", tree.place(node, "not_same_as"), f"没有环节 {other}。", tree.near(other, ids))
    form = link_records.record(linking, node)
    auto = linking.rule(node, "auto", ALWAYS, also=(ALL_PASSED,)) if "auto" in node else None
    signed = joint(linking, node)
    return Step(
        id=tree.text(node, "step"),
        title=tree.text(node, "title"),
        role=tree.text(node, "role"),
        staff=int(node.get("staff", 1)),
        when=linking.rule(node, "when"),
        auto=auto,
        within=node.get("within"),
        record=form.title if form is not None else tree.text(node, "record"),
        results=signed.results or {key: str(value) for key, value in results.items()},
        not_same_as=tree.texts(node, "not_same_as"),
        wait=_wait(node),
        form=form,
        offices=link_authority.step_offices(linking, node),
        outside=_outside(linking, node),
        publicity=_publicity(linking, node),
        sign=signed.sign,
        signers=signed.signers,
        opinions=tree.texts(node, "opinions"),
        experts=link_experts.experts(linking, node, form),
    )


def _wait(node: Map) -> Wait | None:
    wait: Map | None = node.get("wait")
    if wait is None:
        return None
    return Wait(int(wait["days"]), tree.text(wait, "unit", "工作日"), tree.text(wait, "for"))


def _outside(linking: Linking, node: Map) -> str:
    """The body outside whose reply a step waits for; acceptance and decision are never somebody else's."""
    if "outside" in node:
        mark = tree.place(node, "outside")
        if tree.text(node, "role") in ("窗口", "审批"):
            what = f"“{node['title']}”由{node['role']}办理，受理和决定不能等外部答复来作出。"
            linking.add("M212", mark, what, "请把 outside 写在审查、核查等环节。")
        if "auto" in node:
            linking.add("M212", mark, "等外部答复的环节不能自动完成。", "请删去 auto。")
    return tree.text(node, "outside")


def _publicity(linking: Linking, node: Map) -> Publicity | None:
    one: Map | None = node.get("publicity")
    if one is None:
        return None
    return Publicity(
        int(one["days"]), tree.text(one, "unit", "工作日"), linking.paths(one, "shows"), tree.text(one, "basis"),
        tree.truth(one, "excluded"),
    )  # fmt: skip
