"""Reading rules/archive.yaml: the plan by which an installation archives."""

from __future__ import annotations

from pathlib import Path

from engine.errors import ZhunyuError
from engine.matters import structure, tree
from engine.matters.yaml_reader import Map, read
from engine.model.archive import ArchiveClass, ExternalCheck, Period, Plan, Schedule
from engine.model.wording import places

FILE = "rules/archive.yaml"
_NAMES = frozenset({"全宗号", "门类", "类别", "年度", "保管期限", "机构", "件号"})
_OTHER = "other"


def load_plan(home: Path) -> Plan:
    """The plan of a home; ZhunyuError S001 with every fault when the file is missing or wrong."""
    path = home / FILE
    node, problems = read(path, FILE)
    if node is not None and not problems:
        problems = structure.check(node, "archive")
    if node is None or problems:
        raise ZhunyuError("S001", f"{FILE} 不能使用。", "请按列出的位置改正。", status=500, problems=tuple(problems))
    plan = _plan(node)
    fault = fault_of(plan)
    if fault:
        raise ZhunyuError("S001", f"{FILE}：{fault}", "请改正后重试。", status=500)
    return plan


def fault_of(plan: Plan) -> str:
    """What is wrong between the parts of a plan, "" when nothing is."""
    unknown = set(places(plan.number)) - _NAMES
    if unknown or "件号" not in places(plan.number):
        return f"档号的写法里{'、'.join(sorted(unknown)) or '没有件号'}{'不认识' if unknown else ''}。"
    days = [one.since for one in plan.schedules]
    if days != sorted(set(days)):
        return "schedules 没有按日期先后排列，或日期重复。"
    for schedule in plan.schedules:
        words = [(one.word, one.retain) for one in schedule.classes.values()] + list(schedule.ended.items())
        wrong = [f"{word}的保管期限 {period}" for word, period in words if period not in schedule.periods]
        if wrong:
            return f"{wrong[0]} 不在 periods 里。"
        codes = [one.code for one in schedule.classes.values()]
        if len(set(codes)) < len(codes) or "其他" not in schedule.classes:
            return "classes 的代码重复，或没有“其他”。"
    return ""


def _plan(node: Map) -> Plan:
    fonds, checks, organs, wait = node["fonds"], node["checks"], dict(node["organs"]), dict(node["wait"])
    return Plan(
        fonds=tree.text(fonds, "number"),
        fonds_name=tree.text(fonds, "name"),
        category=tree.text(node, "category"),
        number=tree.text(node, "number"),
        secrecy=tree.text(node, "secrecy"),
        organ=str(organs.pop(_OTHER)),
        organs={name: str(code) for name, code in organs.items()},
        schedules=tuple(_schedule(one) for one in node["schedules"]),
        wait=int(wait.pop(_OTHER)),
        waits={outcome: int(days) for outcome, days in wait.items()},
        every_days=int(checks["every"]),
        sample=int(checks["sample"]),
        formats=tree.texts(checks, "formats"),
        external=tuple(
            ExternalCheck(tree.text(one, "id"), tree.text(one, "kind"), tree.text(one, "title"), tree.text(one, "how"))
            for one in checks.get("external") or ()
        ),
        confirm=tree.texts(node, "confirm"),
    )


def _schedule(node: Map) -> Schedule:
    periods = {word: Period(word, tree.text(one, "code"), one.get("years")) for word, one in node["periods"].items()}
    classes = {
        word: ArchiveClass(word, tree.text(one, "code"), tree.text(one, "retain"))
        for word, one in node["classes"].items()
    }
    ended = {outcome: str(word) for outcome, word in (node.get("ended") or {}).items()}
    return Schedule(tree.text(node, "since"), tree.text(node, "basis"), periods, classes, ended)
