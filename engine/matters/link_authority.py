"""Linking who handles a matter: one table of offices, or several by condition."""

from __future__ import annotations

from engine.matters import tree
from engine.matters.linking import Linking
from engine.matters.yaml_reader import Map
from engine.model.authority import CITY, Authority, AuthorityRule
from engine.model.rule import ALWAYS

_READABLE = frozenset(("original", "code", "param", "applicant", "today"))


def authority(linking: Linking) -> tuple[AuthorityRule, ...]:
    """Who handles a case, by condition: the first entry that holds; the last holds always."""
    written = linking.node["authority"]
    nodes: list[Map] = [written] if isinstance(written, Map) else list(written)
    if "when" in nodes[-1]:
        what = "最后一条写了 when，都不成立的办件没有机关可办。"
        linking.add("M176", tree.key_place(nodes[-1], "when"), what, "请在最后补一条不写 when 的。")
    return tuple(_entry(linking, node, node is nodes[-1]) for node in nodes)


def offices(rules: tuple[AuthorityRule, ...]) -> tuple[Authority, ...]:
    """All offices that may handle the matter, each once."""
    return tuple(dict.fromkeys(office for rule in rules for office in rule.offices))


def _entry(linking: Linking, node: Map, last: bool) -> AuthorityRule:
    when = linking.rule(node, "when")
    if not last and "when" not in node:
        what = "这一条没有写 when，后面的各条都用不到。"
        linking.add("M176", node.mark, what, "请补上 when:，或把它移到最后。")
    for path in when.reads:
        _settled(linking, node, path)
    table = _table(linking, node)
    return AuthorityRule(when or ALWAYS, _district(linking, node, table), table)


def _settled(linking: Linking, node: Map, path: str) -> None:
    """Only what is known before submission may decide: fields that are always asked, and the certificate acted on."""
    head = path.partition(".")[0]
    if head in _READABLE:
        return
    mark = tree.place(node, "when")
    title = linking.scope.title_of(path)
    if head in (linking.node.get("facts") or {}):
        what = f"{title}是查来的事实，查不到时没有机关可办。"
        linking.add("M176", mark, what, "请用总要填写的字段，或者原证的内容。")
        return
    name = next((one for one in linking.scope.names if one.path == head), None)
    if name is not None and name.guard is not None:
        linking.add("M176", mark, f"{title}不一定填写，没有填写的办件没有机关可办。", "请用总要填写的字段。")


def step_offices(linking: Linking, node: Map) -> tuple[Authority, ...]:
    """The offices that do a step in the place of the case's own; () where it says none."""
    if "office" not in node:
        return ()
    table, mark = _table(linking, node, "office"), tree.place(node, "office")
    if tree.text(node, "role") == "窗口":
        what = f"“{node['title']}”由窗口办理，受理归办理机关。"
        linking.add("M212", mark, what, "请删去 office，或写在 authority 里。")
    there = {one.district for one in table}
    if table and len(there) > 1 and CITY not in there:
        lacking = sorted({one.district or CITY for one in _own(linking)} - there)
        if lacking:
            what = f"授权表没有{'、'.join(lacking[:3])}的机关，那里的办件没有机关办这一环节。"
            linking.add("M212", mark, what, "请补全授权表，或用只有一个机关的授权表。")
    return table


def _own(linking: Linking) -> list[Authority]:
    """The offices of the matter itself, as far as their tables exist."""
    written = linking.node["authority"]
    nodes: list[Map] = [written] if isinstance(written, Map) else list(written)
    names = [tree.text(node, "table").removeprefix("参数.") for node in nodes]
    return [office for name in names for office in linking.reference.authorities.get(name, ())]


def _table(linking: Linking, node: Map, key: str = "table") -> tuple[Authority, ...]:
    name = tree.text(node, key).removeprefix("参数.")
    table = linking.reference.authorities.get(name, ())
    if not table:
        advice = tree.near(name, linking.reference.authorities) or "请检查 rules/authorities。"
        linking.add("M170", tree.place(node, key), f"没有授权表 {name}。", advice)
    return table


def _district(linking: Linking, node: Map, table: tuple[Authority, ...]) -> str:
    """The path of the district; "" where the table has one office only."""
    if "by" not in node:
        if len({one.district for one in table}) > 1:
            linking.add("M176", node.mark, "授权表有多个机关，没有写按哪个区。", "请补上 by:，例如 by: 所在区街道.区。")
        return ""
    found = linking.path(tree.text(node, "by"), tree.place(node, "by"))
    if found is not None and found.name is not None and found.name.guard is not None:
        what = f"{node['by']}不一定填写，没有填写的办件没有机关可办。"
        linking.add("M176", tree.place(node, "by"), what, "请用总要填写的区。")
    if found is not None and found.kind.kind == "record" and "district" in found.kind.parts:
        return f"{found.path}.district"
    if found is not None and found.kind.kind not in ("enum", "text"):
        linking.add("M176", tree.place(node, "by"), f"{node['by']}不是一个区。", "请写区街道字段，或它的“区”。")
    return found.path if found else ""
