"""Linking how long a certificate holds: one term, or several of which the first that holds counts.

Whether the term is certain is a rule of its own, and stands as the last pre-check of the matter: where it does not
hold, nothing is granted at once, and a person sees why.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from engine.matters import tree
from engine.matters.codes import warning
from engine.matters.linking import NEVER, Linking
from engine.matters.names import fields
from engine.matters.yaml_reader import Map, Mark
from engine.model.matter import CertificateDef, Check, Validity
from engine.model.rule import ALWAYS
from engine.model.values import Json

CHECK = "valid_known"
DECIDED = "决定日"


def terms(linking: Linking, node: Map, existing: bool) -> tuple[Validity, ...]:
    """The terms in order, the last without a condition; `existing` where there is a certificate acted on."""
    valid = node.get("valid")
    if isinstance(valid, list):
        return _several(linking, node, valid)
    if isinstance(valid, Map):
        return (_term(linking, valid),)
    if valid == "不变" and not existing:
        linking.add(
            "M167",
            tree.place(node, "valid"),
            "没有原证，有效期不能“不变”。",
            "请写 {from: 决定日, years: 4}，或 长期。",
        )
    if valid is None and not existing:
        linking.add("M167", node.mark, "没有写有效期。", "请补上 valid: {from: 决定日, years: …}，或 valid: 长期。")
    return (Validity(kept=valid != "长期" and existing),)


def _several(linking: Linking, node: Map, valid: list[Any]) -> tuple[Validity, ...]:
    made = []
    for number, one in enumerate(valid, start=1):
        last = number == len(valid)
        if last and "when" in one:
            advice = "请在最后加一条不写 when 的。"
            linking.add("M194", tree.place(one, "when"), "有效期的最后一条写了 when，都不成立时没有有效期。", advice)
        elif not last and "when" not in one:
            advice = "请补上 when:，或移到最后。"
            linking.add("M194", one.mark, "没有写 when 的有效期不在最后，后面的各条都到不了。", advice)
        made.append(_term(linking, one))
    return tuple(made)


def _term(linking: Linking, node: Map) -> Validity:
    start = tree.text(node, "from", DECIDED)
    return Validity(
        start=start if start == DECIDED else _day(linking, node, "from", "请写 决定日，或一个日期。"),
        years=int(node.get("years", 0)),
        months=int(node.get("months", 0)),
        days=int(node.get("days", 0)),
        until=_day(linking, node, "until", "请写一个日期，例如 聘用期止。") if "until" in node else "",
        when=linking.rule(node, "when", NEVER if "when" in node else ALWAYS),
    )


def _day(linking: Linking, node: Map, key: str, advice: str) -> str:
    name, mark = tree.text(node, key), tree.place(node, key)
    found = linking.path(name, mark)
    if found is not None and found.kind.kind != "date":
        linking.add("M167", mark, f"{name}不是日期。", advice)
    return found.path if found else name


def certain(linking: Linking, made: tuple[CertificateDef, ...]) -> tuple[Check, ...]:
    """The pre-check that the term of every certificate is certain; none where every term is: it depends on nothing, or
    only on what is always answered."""
    wanted = [logic for one in made if (logic := _certain(one)) is not True]
    if not wanted or not all(map(warning, linking.problems)):
        return ()
    mark = linking.node.key_at.get("certificate") or linking.node.key_at.get("certificates") or Mark()
    rule = linking.compile(_all(wanted), mark)
    if rule is None or _always_answered(linking, rule.reads):
        return ()
    for check in linking.node.get("precheck") or ():
        if check.get("id") == CHECK:
            what = f"核对 id {CHECK} 由系统用于有效期，不能再用。"
            linking.add("M130", tree.place(check, "id"), what, "请改一个。")
    return (
        Check(
            id=CHECK,
            require=rule,
            message="证照的有效期不能自动确定，由工作人员核实后决定。",
            on_fail="转人工",
            title="有效期能够确定",
        ),
    )


def _always_answered(linking: Linking, paths: Iterable[str]) -> bool:
    """Whether every path is a field that whoever applies has to answer, today, or a code list or parameter."""
    asked = {
        tree.text(one, "id") for group, _, one in fields(linking.node)
        if "when" not in group and "when" not in one and tree.truth(one, "required", True)
    }  # fmt: skip
    return all(path.partition(".")[0] in {*asked, "code", "param", "today"} for path in paths)


def _certain(definition: CertificateDef) -> Json:
    """When the term is certain, read from the last to the first: the first condition that holds is known to, and its
    dates are there."""
    if not definition.valid_when and not definition.valid.until:
        return True
    logic = _dated(definition.valid)
    for one in reversed(definition.valid_when):
        holds = _all([one.when.logic, _dated(one)])
        logic = {"or": [holds, _all([{"!": [one.when.logic]}, logic])]}
    return logic


def _dated(term: Validity) -> Json:
    days = [path for path in (term.start, term.until) if path and path != DECIDED]
    return _all([{"!": [{"empty": [{"var": path}]}]} for path in days])


def _all(parts: list[Json]) -> Json:
    kept = [part for part in parts if part is not True]
    return True if not kept else kept[0] if len(kept) == 1 else {"and": kept}
