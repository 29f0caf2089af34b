"""Reading rules/messages/*.yaml and rules/ratings.yaml, and what is wrong in them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from engine.errors import Problem
from engine.matters import structure, tree
from engine.matters.yaml_reader import Map, Mark, read
from engine.model.messages import (
    APPLICANT,
    GROUP,
    HANDLER,
    HOLDER,
    INNER,
    PERSONAL,
    TRIGGERS,
    USUAL,
    MessageRule,
    Trigger,
)
from engine.model.ratings import RatingRules
from engine.model.wording import places

FOLDER, RATINGS = "rules/messages", "rules/ratings.yaml"
_OF_EVENTS = (APPLICANT, HOLDER, HANDLER, GROUP)


def load_messages(root: Path) -> tuple[tuple[MessageRule, ...], tuple[Problem, ...]]:
    """The messages of `root` in the order of their ids, without those that have errors, and every problem."""
    found: dict[str, MessageRule] = {}
    problems: list[Problem] = []
    for path in sorted((root / FOLDER).glob("*.yaml")):
        node, wrong = read(path, f"{FOLDER}/{path.name}")
        wrong = (*wrong, *(structure.check(node, "messages") if node is not None else ()))
        problems += wrong
        if not isinstance(node, Map) or wrong:
            continue
        for id, one in node["messages"].items():
            faults = tuple(_faults(one))
            if id in found:
                mark = tree.key_place(node["messages"], id)
                faults += (tree.at("M130", mark, f"消息 id {id} 重复。", "请改一个 id。"),)
            problems += faults
            if not faults:
                found[id] = _rule(id, one)
    return tuple(found[id] for id in sorted(found)), tuple(problems)


def load_ratings(root: Path) -> tuple[RatingRules | None, tuple[Problem, ...]]:
    """The rules of 好差评, None where there are none or they are wrong, and every problem."""
    path = root / RATINGS
    if not path.exists():
        return None, ()
    node, wrong = read(path, RATINGS)
    wrong = (*wrong, *(structure.check(node, "ratings") if node is not None else ()))
    if not isinstance(node, Map) or wrong:
        return None, wrong
    usual = RatingRules()
    return RatingRules(
        change_days=node["change_days"], answer_days=node["answer_days"],
        remind_days=node.get("remind_days", usual.remind_days), role=tree.text(node, "role", usual.role),
        receiver=tree.text(node, "receiver"), channels={key: str(code) for key, code in node["channels"].items()},
        areas={key: str(code) for key, code in node.get("areas", {}).items()},
        labels={level: tuple(map(str, words)) for level, words in node["labels"].items()},
    ), ()  # fmt: skip


def _faults(node: Map) -> Iterator[Problem]:
    trigger = TRIGGERS.get(node["on"])
    if trigger is None:
        advice = tree.near(node["on"], TRIGGERS) or f"可用的有：{'、'.join(TRIGGERS)}。"
        yield tree.at("M240", tree.place(node, "on"), f"没有事件“{node['on']}”。", advice)
        return
    for key in ("text", "outward"):
        yield from _text(node, key, trigger)
    yield from _audience(node, trigger)
    if node.get("channels") and "outward" not in node:
        yield tree.at("M243", tree.place(node, "channels"), "有外发渠道，却没有外发的话。", "请写 outward。")
    if "outward" in node and not node.get("channels"):
        yield tree.at("M243", tree.place(node, "outward"), "写了外发的话，却没有外发渠道。", "请写 channels。")
    if trigger.ahead != ("point" in node):
        what = "证照到期的事件须写 point。" if trigger.ahead else "只有证照到期的事件才写 point。"
        yield tree.at("M243", tree.key_place(node, "point"), what)
    if "days" in node and "point" not in node:
        yield tree.at("M243", tree.place(node, "days"), "没有时点，提前天数不起作用。", "请删去 days。")


def _text(node: Map, key: str, trigger: Trigger) -> Iterator[Problem]:
    for word in places(tree.text(node, key)):
        mark = tree.place(node, key)
        if any(part in word for part in PERSONAL):
            yield tree.at("M242", mark, f"“{{{word}}}”是个人信息，不能写进消息。", "请删去，让收件人登录后查看。")
        elif word not in trigger.placeholders:
            advice = tree.near(word, trigger.placeholders) or f"可用的有：{'、'.join(trigger.placeholders)}。"
            yield tree.at("M241", mark, f"事件“{trigger.name}”没有“{{{word}}}”。", advice)
        elif key == "outward" and word in INNER:
            yield tree.at("M242", mark, f"“{{{word}}}”可能指向个人，不能外发。", "请只写在 text 里。")


def _audience(node: Map, trigger: Trigger) -> Iterator[Problem]:
    for place, one in enumerate(node["to"]):
        if one in _OF_EVENTS and one not in trigger.to:
            mark: Mark = node["to"].item_at[place]
            known = "、".join(trigger.to) or "没有"
            yield tree.at("M243", mark, f"事件“{trigger.name}”没有“{one}”。", f"可用的有：{known}，以及各角色。")


def _rule(id: str, node: Map) -> MessageRule:
    return MessageRule(
        id=id, title=tree.text(node, "title"), on=node["on"], to=tree.texts(node, "to"), text=tree.text(node, "text"),
        outward=tree.text(node, "outward"), channels=tree.texts(node, "channels"),
        urgency=tree.text(node, "urgency", USUAL), statutory=node.get("statutory") in (True, "是"),
        point=tree.text(node, "point"), days=node.get("days", 0),
    )  # fmt: skip
