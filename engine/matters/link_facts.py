"""Linking the facts and the materials."""

from __future__ import annotations

import re
from typing import Any

from engine.matters import tree
from engine.matters.linking import NEVER, Linking
from engine.matters.names import fact_type
from engine.matters.reference import Source
from engine.matters.yaml_reader import Map, Mark
from engine.model.form import MaterialNeed, Waiver
from engine.model.matter import FactNeed
from engine.model.rule import ALWAYS, Rule

_SECONDS = {"秒": 1, "分钟": 60, "小时": 3600, "天": 86400}
_DURATION = re.compile(r"([0-9]+) *(秒|分钟|小时|天)")
_BESIDE = {"original": "证照库", "applicant": "登录身份"}  # what a waiver may be checked against besides facts
_LATER = ("material", "risk", "authority", "accepted_on", "calendar")
_OF_THE_SESSION = ("applicant.level", "applicant.authority", "applicant.agent")


def facts(linking: Linking) -> tuple[FactNeed, ...]:
    """The facts the matter asks for, in the order declared."""
    made = []
    declared: Map = linking.node.get("facts") or Map(Mark())
    for key, node in declared.items():
        source = linking.reference.sources.get(tree.text(node, "from"))
        if source is None:
            advice = tree.near(tree.text(node, "from"), linking.reference.sources) or "请检查 rules/sources。"
            linking.add("M140", tree.place(node, "from"), f"没有来源 {tree.text(node, 'from')}。", advice)
            continue
        made.append(_fact(linking, key, node, source))
    _cycles(linking, declared, tuple(made))
    return tuple(made)


def _fact(linking: Linking, key: str, node: Map, source: Source) -> FactNeed:
    each = linking.path(tree.text(node, "each"), tree.place(node, "each")) if "each" in node else None
    if each is not None and each.kind.kind != "row":
        linking.add("M141", tree.place(node, "each"), "each 只能写一个表格字段。")
    return FactNeed(
        key=key,
        title=tree.text(node, "title", source.title),
        source=source.id,
        args=_arguments(linking, key, node, source),
        type=fact_type(node, source),
        max_age=seconds(tree.text(node, "max_age", "1 天")),
        retry=seconds(tree.text(node, "retry", "30 分钟")),
        each=each.path if each else "",
        authoritative=source.authoritative,
        when=linking.conditions.get(key),
    )


def seconds(text: str) -> int:
    """A duration such as `30 分钟` in seconds; 0 when it is none."""
    found = _DURATION.fullmatch(text)
    return int(found.group(1)) * _SECONDS[found.group(2)] if found else 0


def _arguments(linking: Linking, key: str, node: Map, source: Source) -> dict[str, str]:
    given: Map = node.get("with") or Map(tree.place(node, "from"))
    made: dict[str, str] = {}
    for name in source.args:
        if name not in given:
            linking.add(
                "M141", given.mark, f"事实 {key} 缺少来源 {source.id} 的参数 {name}。", f"请在 with 里写 {name}:。"
            )
    for name, written in given.items():
        mark = tree.place(given, name)
        if name not in source.args:
            where = tree.key_place(given, name)
            linking.add("M141", where, f"来源 {source.id} 没有参数 {name}。", tree.near(name, source.args))
            continue
        made[name] = _argument(linking, node, str(written), mark)
        if source.asks == "申请人" and name in source.identities and made[name] != "applicant.code":
            what = f"来源 {source.id} 只能问申请人本身，{name} 却是“{written}”。"
            linking.add("M143", mark, what, "请写 申请人.代码。")
    return dict(sorted(made.items()))


def _argument(linking: Linking, node: Map, written: str, mark: Mark) -> str:
    if len(written) > 1 and written[0] in '"“' and written[-1] in '"”':
        return "=" + written[1:-1]
    if written.startswith("它.") and "each" in node:
        found = linking.path(f"{node['each']}.{written[2:]}", mark)
        return "row." + found.path.rpartition(".")[2] if found else written
    found = linking.path(written, mark)
    return found.path if found else written


def _cycles(linking: Linking, declared: Map, made: tuple[FactNeed, ...]) -> None:
    keys = {one.key for one in made}
    reads = {one.key: {path.split(".")[0] for path in _read(one)} & keys for one in made}
    for trail in cycles(reads):
        mark = tree.key_place(declared, trail[0])
        linking.add("M142", mark, f"事实互相引用成环：{' → '.join(trail)}。", "请去掉其中一处引用。")


def _read(one: FactNeed) -> tuple[str, ...]:
    return (*one.args.values(), *(one.when.reads if one.when is not None else ()))


def when(linking: Linking, key: str, node: Map) -> Rule | None:
    """The condition under which a source is asked: what can be known before anybody is asked anything else."""
    rule = linking.rule(node, "when")
    for path in rule.reads:
        if path.split(".")[0] in _LATER or path in _OF_THE_SESSION:
            what = f"事实 {key} 的 when 读了{linking.scope.title_of(path)}，查询的时候还不知道。"
            linking.add("M144", tree.place(node, "when"), what, "请用表单里的内容、别的事实或者原证来判断。")
    return None if rule == ALWAYS else rule


def cycles(reads: dict[str, set[str]]) -> list[tuple[str, ...]]:
    """Each cycle once, as the trail from a member back to itself."""
    found: list[tuple[str, ...]] = []
    done: set[str] = set()

    def walk(key: str, trail: tuple[str, ...]) -> None:
        if key in trail:
            found.append((*trail[trail.index(key) :], key))
            return
        if key in done:
            return
        for other in sorted(reads.get(key, ())):
            walk(other, (*trail, key))
        done.add(key)

    for key in reads:
        walk(key, ())
    return found


def _waiver(linking: Linking, ways: Map, way: str) -> Waiver:
    written: Any = ways[way]
    own = isinstance(written, Map) and "when" in written
    rule = linking.rule(written, "when", NEVER) if own else linking.rule(ways, way, NEVER)
    roots = {path.split(".")[0] for path in rule.reads}
    declared: Map = linking.node.get("facts") or Map(ways.mark)
    known = linking.reference.sources
    asked = (tree.text(node, "from") for key, node in declared.items() if key in roots)
    sources = [known[source].title for source in asked if source in known]
    sources += [title for head, title in _BESIDE.items() if head in roots]
    return Waiver(way, rule, tuple(dict.fromkeys(sources)), tree.text(written, "say") if own else "")


def _proves(linking: Linking, node: Map) -> tuple[str, ...]:
    """The ids of the fields a material proves; each must be a field of the form."""
    own = {tree.text(one, "id") for group in linking.node["form"] for one in group["fields"]}
    found = linking.paths(node, "proves")
    for path in found:
        if path not in own:
            what = f"材料 {tree.text(node, 'id')} 的 proves 写了{linking.scope.title_of(path)}，不是表单里的字段。"
            linking.add("M104", tree.place(node, "proves"), what, "请写表单里字段的标题。")
    return tuple(path for path in found if path in own)


def materials(linking: Linking) -> tuple[MaterialNeed, ...]:
    """The materials in the order declared."""
    made = []
    ids: set[str] = set()
    for node in linking.node.get("materials") or ():
        id = tree.text(node, "id")
        if id in ids:
            linking.add("M130", tree.place(node, "id"), f"材料 id {id} 重复。", "请改一个。")
        ids.add(id)
        ways: Map = node.get("waive") or Map(node.mark)
        waive = tuple(_waiver(linking, ways, way) for way in ways)
        sizes = {key: int(node[key]) for key in ("max_mb", "max_files") if key in node}
        made.append(
            MaterialNeed(
                id=id,
                title=tree.text(node, "title"),
                need=tree.text(node, "need"),
                when=linking.rule(node, "when", ALWAYS),
                accept=tree.texts(node, "accept") or ("pdf", "jpg", "png"),
                source=tree.text(node, "source"),
                help=tree.text(node, "help"),
                waive=tuple(one for one in waive if one.when != NEVER),
                basis=tree.text(node, "basis"),
                sensitive=tree.truth(node, "sensitive"),
                proves=_proves(linking, node),
                **sizes,
            )
        )
    return tuple(made)
