"""Reading rules/guides: every guide, and what is wrong in it and between it and the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from engine.errors import Problem
from engine.matters import structure, tree
from engine.matters.yaml_reader import Map, read
from engine.model.guides import Guide, Lead, Option, Question
from engine.model.matter import ON_APPLICATION, Matter

FOLDER = "rules/guides"


def load_guides(
    root: Path, known: Iterable[str], matters: Mapping[str, Matter]
) -> tuple[tuple[Guide, ...], tuple[Problem, ...]]:
    """The guides of `root` by id, without those that have errors, and every problem.

    `known` are the ids of all matter files, `matters` those that could be linked.
    """
    found: list[Guide] = []
    problems: list[Problem] = []
    ids = frozenset(known)
    for path in sorted((root / FOLDER).glob("*.yaml")):
        node, wrong = read(path, f"{FOLDER}/{path.name}")
        wrong = (*wrong, *(structure.check(node, "guides") if node is not None else ()))
        if isinstance(node, Map) and not wrong:
            wrong = (*_name(node, path.stem), *_ways(node), *_leads(node, ids, matters))
            if not wrong:
                found.append(_guide(node))
        problems += wrong
    return tuple(found), tuple(problems)


def _name(node: Map, stem: str) -> Iterator[Problem]:
    if node["guide"] != stem:
        what = f"指引 id {node['guide']} 与文件名 {stem} 不同。"
        yield tree.at("M230", tree.place(node, "guide"), what, "请改成一样。")


def _ways(node: Map) -> Iterator[Problem]:
    """Ways through the questions: every option leads on or ends with something, no ring, no question left out."""
    questions: dict[str, Map] = {}
    for one in node["questions"]:
        if one["id"] in questions:
            yield tree.at("M130", tree.place(one, "id"), f"问题 id {one['id']} 重复。", "请改一个 id。")
        questions.setdefault(one["id"], one)
    nexts: dict[str, list[str]] = {id: [] for id in questions}
    for id, one in questions.items():
        for option in one["options"]:
            if "next" in option and option["next"] not in questions:
                advice = tree.near(option["next"], questions)
                yield tree.at("M232", tree.place(option, "next"), f"没有问题 {option['next']}。", advice)
            elif "next" in option:
                nexts[id].append(option["next"])
            elif not {"leads", "tell"} & set(option):
                what = f"选项“{option['text']}”没有去处。"
                yield tree.at("M232", option.mark, what, "请写 next（下一个问题）、leads（要办的事项）或 tell。")
    first = next(iter(questions))
    ring = _ring(first, nexts, ())
    if ring:
        what = f"问题互相引用成环：{' → '.join(ring)}。"
        yield tree.at("M233", tree.place(questions[ring[0]], "id"), what, "请让其中一个选项到结尾。")
        return
    reached = _reached(first, nexts)
    for id, one in questions.items():
        if id not in reached:
            yield tree.at("M234", tree.place(one, "id"), f"问题 {id} 走不到。", "请从别的选项用 next 引到它，或删去。")


def _reached(first: str, nexts: Mapping[str, list[str]]) -> set[str]:
    reached, waiting = {first}, [first]
    while waiting:
        for id in nexts[waiting.pop()]:
            if id not in reached:
                reached.add(id)
                waiting.append(id)
    return reached


def _ring(id: str, nexts: Mapping[str, list[str]], trail: tuple[str, ...]) -> tuple[str, ...]:
    if id in trail:
        return (*trail[trail.index(id) :], id)
    return next((ring for one in nexts[id] if (ring := _ring(one, nexts, (*trail, id)))), ())


def _leads(node: Map, known: frozenset[str], matters: Mapping[str, Matter]) -> Iterator[Problem]:
    for question in node["questions"]:
        for option in question["options"]:
            for lead in option.get("leads") or ():
                id, mark = lead["matter"], tree.place(lead, "matter")
                matter = matters.get(id)
                if id not in known:
                    yield tree.at("M231", mark, f"没有事项 {id}。", tree.near(id, known))
                elif matter is not None and (matter.stopped or matter.starts != ON_APPLICATION):
                    why = "已经停用" if matter.stopped else f"由{matter.starts}开始，不能申请"
                    yield tree.at("M231", mark, f"事项 {id} {why}。", "请引到可以申请的事项。")


def _guide(node: Map) -> Guide:
    return Guide(
        id=tree.text(node, "guide"),
        title=tree.text(node, "title"),
        situation=tree.text(node, "situation"),
        keywords=tree.texts(node, "keywords"),
        questions=tuple(
            Question(
                id=tree.text(one, "id"),
                ask=tree.text(one, "ask"),
                help=tree.text(one, "help"),
                options=tuple(_option(option) for option in one["options"]),
            )
            for one in node["questions"]
        ),
    )


def _option(node: Map) -> Option:
    leads = tuple(Lead(tree.text(one, "matter"), tree.text(one, "why")) for one in node.get("leads") or ())
    return Option(tree.text(node, "text"), tree.text(node, "next"), leads, tree.text(node, "tell"))
