"""Linking limits, authority, duties, publication and the other plain terms of a matter."""

from __future__ import annotations

from typing import Any

from engine.matters import placeholders, tree
from engine.matters.linking import Linking
from engine.matters.schema_matter import STOP_GROUNDS, UNKNOWN_YET
from engine.matters.yaml_reader import Map, Seq
from engine.model.guard import Guard
from engine.model.matter import Duration, Duty, Limits, PushDef, Question, Report, Watch

RENEWED, RENEWED_BY = "视为准予延续", "《中华人民共和国行政许可法》第五十条第二款"


def limits(linking: Linking) -> Limits:
    """The limits; grounds to stop the clock are those of the law only (行政许可法第四十五条)."""
    node: Map = linking.node["limit"]
    legal: Any = node["legal"]
    extend = (legal.get("extend") or {}) if isinstance(legal, Map) else {}
    supplement = node.get("supplement") or Map(node.mark)
    for ground in tree.texts(node, "stops"):
        if ground not in STOP_GROUNDS:
            advice = f"法定的有：{'、'.join(STOP_GROUNDS)}。"
            linking.add("M157", tree.place(node, "stops"), f"“{ground}”不是法定的停表事由。", advice)
    _whole(linking, node, legal)
    undecided, basis = tree.text(node, "undecided"), tree.text(node, "undecided_basis")
    if not undecided and not basis and _renews(linking):
        undecided, basis = RENEWED, RENEWED_BY
    return Limits(
        legal=_duration(legal),
        promised={way: days for way, days in sorted((node.get("promised") or {}).items()) if isinstance(days, int)},
        extend_days=int(extend.get("days", 0)),
        extend_by=str(extend.get("by", "")),
        tell=int(supplement.get("tell", 5)),
        untold=tree.text(supplement, "untold", "视为受理"),
        answer=int(supplement.get("answer", 30)),
        unanswered=tree.text(supplement, "unanswered", "终止"),
        stops=tree.texts(node, "stops"),
        undecided=undecided,
        undecided_basis=basis,
        **_warned(linking, node),
    )


def _renews(linking: Linking) -> bool:
    """Whether the matter renews a licence: silence until it expires counts then, whether or not the matter says so."""
    written = linking.node.get("certificate")
    every = [written, *(linking.node.get("certificates") or [])]
    renews = any(isinstance(one, Map) and tree.text(one, "action") == "延续" for one in every)
    return renews and tree.text(linking.node["item"], "kind") == "行政许可"


def _warned(linking: Linking, node: Map) -> dict[str, tuple[int, int]]:
    """When the clocks remind and warn, where the matter says so; an extension names who approves it."""
    legal = node["legal"]
    if isinstance(legal, Map) and isinstance(legal.get("extend"), Map) and not tree.text(legal["extend"], "by"):
        linking.add("M199", legal["extend"].mark, "延长没有写由谁批准。", "请补上 by:，例如 机关负责人。")
    written = node.get("warn")
    if written is None:
        return {}
    shares = tuple(one for one in written if isinstance(one, int))
    if len(shares) != 2 or not 0 < shares[0] < shares[1] <= 100:
        linking.add("M199", tree.place(node, "warn"), "提醒的时点要写两个从小到大的百分数。", "例：warn: [70, 90]。")
        return {}
    return {"warn": (shares[0], shares[1])}


def _whole(linking: Linking, node: Map, legal: Any) -> None:
    """A limit has one length; what follows when it passes rests on a clause."""
    if isinstance(legal, Map) and ("days" in legal) is ("hours" in legal):
        linking.add("M197", legal.mark, "法定时限要写 days 或 hours 其中一个。", "例：{hours: 2, from: 收到}。")
    undecided, basis = tree.text(node, "undecided"), tree.text(node, "undecided_basis")
    if undecided and not basis:
        linking.add("M197", tree.place(node, "undecided"), f"{undecided}没有写依据。", "请补上 undecided_basis:。")
    elif basis and not undecided:
        linking.add("M197", tree.place(node, "undecided_basis"), "写了依据，没有写后果。", "请补上 undecided:。")
    elif undecided and _duration(legal).days is None:
        linking.add("M197", tree.place(node, "undecided"), f"没有法定时限，不会{undecided}。", "请写明 legal:。")


def stopped(linking: Linking) -> str:
    """Why the matter is not in use; "" where it is."""
    item: Map = linking.node["item"]
    out, because = tree.text(item, "status") == "停用", tree.text(item, "because")
    if out and not because:
        linking.add("M196", tree.place(item, "status"), "停用没有写理由。", "请补上 because:，来办事的人会看到。")
    elif because and not out:
        linking.add("M196", tree.place(item, "because"), "写了停用的理由，却没有停用。", "请写 status: 停用。")
    return because if out else ""


def _duration(legal: Any) -> Duration:
    if not isinstance(legal, Map):
        return Duration(_days(legal))
    start = tree.text(legal, "from", "受理")
    if "hours" in legal:
        return Duration(int(legal["hours"]), "小时", start)
    return Duration(_days(legal.get("days")), tree.text(legal, "unit", "工作日"), start)


def _days(written: Any) -> int | None:
    return written if isinstance(written, int) else (0 if written == "当场" else None)


def questions(linking: Linking) -> tuple[Question, ...]:
    """The frequent questions."""
    return tuple(
        Question(tree.text(one, "ask"), tree.text(one, "answer")) for one in linking.node.get("questions") or ()
    )


def duties(linking: Linking) -> tuple[Duty, ...]:
    """The duties after the decision; a result that leads to another matter reads "→" and its id."""
    made = []
    for node in linking.node.get("after") or ():
        if "check" not in node:
            continue
        results: Map = node.get("results") or Map(node.mark)
        leads: dict[str, str] = {}
        for result, to in results.items():
            if isinstance(to, Map):
                matter = tree.text(to, "then")
                if matter not in linking.matters:
                    what = f"结论“{result}”转到的事项 {matter} 不存在。"
                    linking.add("M173", tree.place(to, "then"), what, tree.near(matter, linking.matters))
                leads[result] = f"→{matter}"
            else:
                leads[result] = str(to)
        term = _within(node)
        staff = int(node.get("staff", 1))
        made.append(Duty(tree.text(node, "check"), term, staff, leads, linking.rule(node, "when")))
    return tuple(made)


def _within(node: Map) -> Duration:
    within: Map = node["within"]
    return Duration(int(within["days"]), tree.text(within, "unit", "自然日"), tree.text(within, "from", "决定"))


def reports(linking: Linking) -> tuple[Report, ...]:
    """The reports the holder owes after the decision; what is neither a check nor a report, or both, is noted."""
    made = []
    for node in linking.node.get("after") or ():
        if ("check" in node) == ("report" in node):
            what = "后续义务应写 check（工作人员核查）或 report（持证人报告）之一。"
            linking.add("M214", node.mark, what, "请写其中一个。")
        foreign = ("matter", "repeat") if "check" in node else ("staff", "results")
        for key in foreign:
            if key in node:
                what = f"{'核查' if 'check' in node else '报告'}没有“{key}”。"
                linking.add("M214", tree.key_place(node, key), what, "请删去，或改写成另一种义务。")
        if "report" not in node:
            continue
        matter = tree.text(node, "matter")
        if not matter:
            linking.add("M214", node.mark, f"报告“{node['report']}”没有写用哪个事项提交。", "请补上 matter:。")
        elif matter not in linking.matters:
            what = f"提交报告的事项 {matter} 不存在。"
            linking.add("M173", tree.place(node, "matter"), what, tree.near(matter, linking.matters))
        months = int((node.get("repeat") or {}).get("months", 0))
        when = linking.rule(node, "when")
        made.append(Report(tree.text(node, "report"), matter, _within(node), when, months))
    return tuple(made)


def guard(linking: Linking) -> Guard:
    """The guard over instant approval; an hourly limit that the daily cap forestalls is noted."""
    instant: Map = linking.node.get("instant") or Map(linking.node.mark)
    node: Map = instant.get("guard") or Map(instant.mark)
    hourly, cap = node.get("hourly"), instant.get("daily_cap")
    if hourly is not None and cap is not None and int(hourly) >= int(cap):
        what = f"每小时上限 {hourly} 不小于每日上限 {cap}，永远不会触发。"
        linking.add("M177", tree.place(node, "hourly"), what, "请把 hourly 写小，或删去。")
    given = {key: int(tree.text(node, key).removesuffix("%")) for key in ("rise", "unknown", "least") if key in node}
    return Guard(hourly=None if hourly is None else int(hourly), **given)


def push(linking: Linking) -> tuple[PushDef, ...]:
    """Where status changes go."""
    return tuple(PushDef(tree.text(one, "to"), tree.texts(one, "events")) for one in linking.node.get("push") or ())


def watch(linking: Linking) -> tuple[Watch, ...]:
    """The anomaly rules the matter is watched by."""
    return tuple(
        Watch(tree.text(one, "use"), tree.bare(one.get("with") or {}), tree.truth(one, "holds"))
        for one in linking.node.get("watch") or ()
    )


def documents(linking: Linking) -> tuple[str, str]:
    """The prefix of document numbers and the seal."""
    node: Map = linking.node.get("documents") or Map(linking.node.mark)
    prefix = tree.text(node, "prefix")
    for name in placeholders.names(prefix):
        if name not in placeholders.DOCUMENT_NAMES:
            advice = f"可用的有：{'、'.join(placeholders.DOCUMENT_NAMES)}。"
            linking.add("M104", tree.place(node, "prefix"), f"文号前缀里的“{{{name}}}”不认识。", advice)
    return prefix, tree.text(node, "seal", "行政审批专用章")


def basis_file(linking: Linking) -> tuple[str, str, str]:
    """The basis file that gathers the cases: its kind, the path it is kept by, and the path of its title ("" none)."""
    node: Map = linking.node.get("archive") or Map(linking.node.mark)
    kind = tree.text(node, "file")
    if not kind:
        for key in ("by", "called"):
            if key in node:
                what = f"写了 {key}，没有写 file: 持证人 或 产品。"
                linking.add("M179", tree.key_place(node, key), what, "请补上 file:，或删去这一项。")
        return "", "", ""
    if kind == "产品" and "by" not in node:
        what = "一品一档没有写按哪个字段归。"
        linking.add("M179", tree.place(node, "file"), what, "请补上 by:，例如 by: 产品名称。")
    by = _kept_by(linking, node, "by") if "by" in node else "applicant.code"
    return kind, by, _kept_by(linking, node, "called") if "called" in node else ""


def _kept_by(linking: Linking, node: Map, key: str) -> str:
    name, mark = tree.text(node, key), tree.place(node, key)
    found = linking.path(name, mark)
    if found is None:
        return ""
    facts = linking.node.get("facts") or {}
    if found.kind.kind not in ("text", "enum") or found.path.split(".")[0] in facts:
        linking.add("M179", mark, f"{name}不是填写的一段文字，不能据以归档。", "请写表单里的文字或单选字段。")
    elif found.name is not None and found.name.guard is not None:
        linking.add("M179", mark, f"{name}不一定填写，没有填写的办件无处可归。", "请用总要填写的字段。")
    return found.path


def confirm(linking: Linking) -> tuple[str, ...]:
    """What waits for confirmation by the business, the unknown promised limits included."""
    listed = tree.texts(linking.node, "confirm")
    promised: Map = linking.node["limit"].get("promised") or Map(linking.node.mark)
    unknown = [way for way, days in promised.items() if days == UNKNOWN_YET]
    for way in unknown:
        linking.add("W102", tree.place(promised, way), f"{way}的承诺时限待业务确认。", "确认后请写明天数。")
    return (*listed, *(f"{way}的承诺时限" for way in unknown))


def published_within(linking: Linking) -> int | None:
    """Within how many working days a result is shown to everybody; None where it is not."""
    node: Map = linking.node.get("publish") or Map(linking.node.mark)
    return int(node.get("within", 7)) if "publish" in linking.node else None


def hidden(linking: Linking) -> tuple[str, ...]:
    """The fields that publicity leaves out, by path."""
    node: Map = linking.node.get("publish") or Map(linking.node.mark)
    items: Seq | None = node.get("hide")
    return linking.paths(node, "hide") if items else ()
