"""What a matter must keep to beyond its form, as far as that shows without a proof."""

from __future__ import annotations

from collections.abc import Iterator

from engine.errors import Problem
from engine.matters import link_confirming, link_experts, link_records, lint_route, lint_starts, tree
from engine.matters.link_facts import cycles
from engine.matters.linking import Linking
from engine.matters.yaml_reader import Map, Mark, Seq
from engine.model.matter import Check, Limits, Matter
from engine.model.rule import ALWAYS, Rule
from engine.model.values import Json
from engine.rules.guards import conjuncts, guarded

_BEFORE = ("核查", "专家")  # the roles whose work cannot be spared where the law demands it before the decision


def check(linking: Linking, matter: Matter, read: frozenset[str]) -> list[Problem]:
    """Every semantic fault and warning of one matter; `read` are the paths it reads anywhere."""
    node = linking.node
    return [
        *_limits(node, matter),
        *_corrections(node, matter),
        *_instant(linking, matter),
        *(list(_visibility(linking, matter)) or _guards(linking, matter)),  # a ring of conditions guards nothing
        *_unused_facts(node, matter, read),
        *_materials(node, matter),
        *_signatures(node, matter),
        *lint_starts.check(node, matter),
        *lint_route.check(node, matter),
        *link_experts.check(node, matter),
        *link_records.check(linking, matter),
        *link_confirming.check(linking, matter),
    ]


def _signatures(node: Map, matter: Matter) -> Iterator[Problem]:
    """A commitment that is to be signed has to be there."""
    if "承诺" in matter.sign and not any(field.kind == "承诺" for field in matter.fields()):
        what = "sign 要求签署承诺，申请表里却没有承诺。"
        yield tree.at("M178", tree.place(node, "sign"), what, "请在表单里写 kind: 承诺 的字段，或删去“承诺”。")


def _limits(node: Map, matter: Matter) -> Iterator[Problem]:
    limits: Limits = matter.limits
    section: Map = node["limit"]
    promised: Map = section.get("promised") or Map(section.mark)
    legal = limits.legal.days
    for way, days in limits.promised.items():
        if legal is not None and limits.legal.unit != "小时" and days > legal:
            what = f"{way}承诺 {days} 个工作日，超过法定的 {legal}。"
            yield tree.at("M155", tree.place(promised, way), what, "请改小承诺时限；法律没有规定的写 legal: 无规定。")
    total = sum(step.within or 0 for step in matter.route)
    most = limits.promised.get("转人工")
    if most is not None and total > most:
        what = f"各环节时限之和 {total} 个工作日，超过承诺的 {most} 个。"
        yield tree.at("M156", tree.place(promised, "转人工"), what, "请缩短环节，或放宽承诺。")


def _corrections(node: Map, matter: Matter) -> Iterator[Problem]:
    """当场更正 is for slips in answers, never for facts or conditions of law."""
    outside = {fact.key for fact in matter.facts} | {"risk", link_confirming.CONFIRM}
    for one, written in zip(matter.precheck, node.get("precheck") or (), strict=False):
        read = sorted({path.split(".")[0] for path in (*one.require.reads, *one.when.reads)} & outside)
        if one.on_fail == "当场更正" and read:
            names = "、".join(matter_title(matter, key) for key in read)
            what = f"当场更正的 {one.id} 读了事实{names}。"
            advice = "事实不由申请人改正：请用 一次补正 或 转人工。"
            yield tree.at("M151", tree.place(written, "on_fail"), what, advice)


def matter_title(matter: Matter, key: str) -> str:
    """The title of a fact by key."""
    if key == link_confirming.CONFIRM:
        return "对方的确认"
    return next((fact.title for fact in matter.facts if fact.key == key), key)


def _quantified(logic: Json) -> Iterator[str]:
    """The lists that a rule says something of every row of."""
    if isinstance(logic, dict):
        for operator, operands in logic.items():
            if operator == "all" and isinstance(operands[0], dict) and "var" in operands[0]:
                yield operands[0]["var"]
            yield from _quantified(operands)
    elif isinstance(logic, list):
        for one in logic:
            yield from _quantified(one)


def _counted(logic: Json) -> Iterator[str]:
    """The lists of which a conjunct says that they have rows: 数量(…) > 0, ≥ 1, or 不为空."""
    for one in conjuncts(logic):
        (operator, sides), *_ = one.items() if isinstance(one, dict) else [("", [])]
        if operator == "!" and isinstance(sides[0], dict) and "empty" in sides[0]:
            yield str(sides[0]["empty"][0].get("var"))
        elif operator in (">", ">=") and isinstance(sides[0], dict) and "count" in sides[0]:
            least = sides[1] if isinstance(sides[1], int) else 0
            if least >= (0 if operator == ">" else 1):
                yield str(sides[0]["count"][0].get("var"))


def _instant(linking: Linking, matter: Matter) -> Iterator[Problem]:
    node = linking.node
    sure = {fact.key for fact in matter.facts if fact.authoritative} | {link_confirming.CONFIRM}
    rows: Seq = node["decide"]
    instant = [(row, written) for row, written in zip(matter.decide, rows, strict=True) if row.outcome == "秒批"]
    for row, written in instant:
        if not row.commitment and not any(path.split(".")[0] in sure for path in row.when.reads):
            advice = "请与权威来源的事实核对；凭书面承诺的，写 commitment: true。"
            yield tree.at("M153", written.mark, f"秒批的 {row.id} 没有读任何权威事实。", advice)
        for path in sorted(set(_quantified(row.when.logic)) - set(_counted(row.when.logic))):
            title = linking.scope.title_of(path)
            advice = f"空清单也算“所有都满足”：请加上 数量({title}) > 0 且 …。"
            yield tree.at(
                "M168", tree.place(written, "when"), f"秒批的 {row.id} 用“所有”，没有先确认{title}不空。", advice
            )
    if not instant:
        return
    for step, written in zip(matter.route, node.get("route") or (), strict=True):
        if "before" in written and step.role in _BEFORE and step.when == ALWAYS:
            what = f"{step.title}须在决定之前，且总要做，这个事项不能秒批。"
            yield tree.at("M154", instant[0][1].mark, what, "请删去秒批，或写明何时才需要这一环节。")


def _visibility(linking: Linking, matter: Matter) -> Iterator[Problem]:
    reads: dict[str, set[str]] = {}
    marks: dict[str, Mark] = {}
    for group, written in zip(matter.groups, linking.node["form"], strict=True):
        for field, own in zip(group.fields, written["fields"], strict=True):
            rules = [rule for rule in (group.when, field.when) if rule is not None]
            reads[field.id] = {path.split(".")[0] for rule in rules for path in rule.reads}
            marks[field.id] = tree.place(own, "when") if "when" in own else tree.place(written, "when")
    declared: Map = linking.node.get("facts") or Map(linking.node.mark)
    for fact in matter.facts:
        if fact.when is not None and fact.key in declared:
            reads[fact.key] = {path.split(".")[0] for path in fact.when.reads}
            marks[fact.key] = tree.place(declared[fact.key], "when")
    for trail in cycles(reads):
        what = f"可见条件互相引用成环：{' → '.join(trail)}。"
        yield tree.at("M150", marks[trail[0]], what, "请去掉其中一处条件。")


def _guards(linking: Linking, matter: Matter) -> Iterator[Problem]:
    """A conditional field may be read only where a guard implies that it is visible."""
    for rule, *context in guarded_rules(matter):
        mark = linking.place_of(rule)
        for one in guarded(rule, linking.scope, tuple(context)):
            yield tree.at(one.code, mark, one.what, one.next)


def guarded_rules(matter: Matter) -> Iterator[tuple[Rule, ...]]:
    """Every rule, followed by the conditions under which it is evaluated."""
    for group in matter.groups:
        for field in group.fields:
            if field.when is not None:
                yield field.when, group.when or ALWAYS
    yield from ((fact.when, ALWAYS) for fact in matter.facts if fact.when is not None)
    for need in matter.materials:
        yield need.when, ALWAYS
        yield from ((way.when, need.when) for way in need.waive)
    one: Check
    for one in matter.precheck:
        yield one.when, ALWAYS
        yield one.require, one.when
    yield from ((row.when, ALWAYS) for row in matter.decide)
    for step in matter.route:
        yield step.when, ALWAYS
        if step.auto is not None:
            yield step.auto, step.when
        for field in step.form.fields if step.form is not None else ():
            if field.when is not None:
                yield field.when, step.when
    yield from ((duty.when, ALWAYS) for duty in matter.after)
    yield from ((report.when, ALWAYS) for report in matter.reports)
    yield from ((term.when, ALWAYS) for one in matter.certificates for term in one.valid_when)


def _unused_facts(node: Map, matter: Matter, read: frozenset[str]) -> Iterator[Problem]:
    declared: Map = node.get("facts") or Map(node.mark)
    used = {path.split(".")[0] for path in read}
    for fact in matter.facts:
        if fact.key not in used:
            mark = tree.key_place(declared, fact.key)
            yield tree.at("W101", mark, f"事实 {fact.title} 声明了却没有用到。", "请删去，免得多问一次。")


def _materials(node: Map, matter: Matter) -> Iterator[Problem]:
    if not any(row.outcome == "秒批" for row in matter.decide):
        return
    for need, written in zip(matter.materials, node.get("materials") or (), strict=True):
        if need.need == "必要" and not need.waive and "help" not in written:
            what = f"秒批事项的材料 {need.title} 没有免交方式，也没有要求说明。"
            yield tree.at("W103", written.mark, what, "请写 waive:，或用 help: 说明要求。")
