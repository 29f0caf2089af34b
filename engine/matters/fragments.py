"""Opening fragments: `use:` is replaced by a copy of the body, whose nodes keep the places they came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from engine.errors import Problem
from engine.matters import fragment_ids, tree
from engine.matters.fragment_library import KINDS, Fragment, fill
from engine.matters.yaml_reader import Map, Mark, Seq

DEEPEST = 5
_LISTS = (
    "form", "materials", "precheck", "decide", "never", "route", "push", "after", "watch", "conditions", "questions",
    "basis", "situations", "keywords", "confirm", "unique", "countersign",
)  # fmt: skip
_MAPPINGS = ("facts", "limit", "publish", "archive", "item", "documents", "certificate")


@dataclass
class Opening:
    """One matter being opened: what went wrong, which fragments were used, and which facts they need."""

    fragments: Mapping[str, Fragment]
    problems: list[Problem] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    needs: list[tuple[str, str, Mark]] = field(default_factory=list)

    def matter(self, node: Map) -> Map:
        """The effective matter: a copy in which no fragment is left to open."""
        opened = Map(node.mark, node.flow)
        for key, value in node.items():
            if key in _LISTS and isinstance(value, Seq):
                value = self._list(key, value, ())
            elif key in _MAPPINGS and isinstance(value, Map):
                value = self._mapping(key, value, ())
            elif key == "certificates" and isinstance(value, Seq):
                value = self._certificates(value)
            opened.put(key, value, node.key_at[key], node.value_at[key])
        self._check_needs(opened.get("facts"))
        return opened

    def _check_needs(self, facts: Any) -> None:
        declared = facts if isinstance(facts, Map) else {}
        for name, need, mark in self.needs:
            if need not in declared:
                advice = f"请在 facts 里声明 {need}。"
                self.problems.append(tree.at("M128", mark, f"片段 {name} 需要事实 {need}。", advice))

    def _certificates(self, items: Seq) -> Seq:
        opened = Seq(items.mark)
        for item, mark in zip(items, items.item_at, strict=True):
            opened.add(self._mapping("certificate", item, ()) if isinstance(item, Map) else item, mark)
        return opened

    def _list(self, section: str, items: Seq, stack: tuple[str, ...]) -> Seq:
        opened = Seq(items.mark)
        for item, mark in zip(items, items.item_at, strict=True):
            if isinstance(item, Map) and "use" in item and not self._anomaly(section, item):
                for one, origin in self._use_list(section, item, stack):
                    opened.add(one, origin)
            elif section == "form" and isinstance(item, Map) and isinstance(item.get("fields"), Seq):
                opened.add(self._with_fields(item, stack), mark)
            elif section == "route" and isinstance(item, Map) and isinstance(item.get("record"), Map):
                opened.add(self._with_record(item, stack), mark)
            else:
                opened.add(item, mark)
        return opened

    def _anomaly(self, section: str, item: Map) -> bool:
        return section == "watch" and str(item["use"]) not in self.fragments

    def _with_fields(self, group: Map, stack: tuple[str, ...]) -> Map:
        opened = Map(group.mark, group.flow)
        for key, value in group.items():
            given = self._list("fields", value, stack) if key == "fields" else value
            opened.put(key, given, group.key_at[key], group.value_at[key])
        return opened

    def _with_record(self, step: Map, stack: tuple[str, ...]) -> Map:
        opened = Map(step.mark, step.flow)
        for key, value in step.items():
            record = key == "record" and isinstance(value.get("fields"), Seq)
            given = self._with_fields(value, stack) if record else value
            opened.put(key, given, step.key_at[key], step.value_at[key])
        return opened

    def _use_list(self, section: str, item: Map, stack: tuple[str, ...]) -> list[tuple[Any, Mark]]:
        wrong = [key for key in item if key not in ("use", "with", "as", "only")]
        for key in wrong:
            known = tree.near(key, ("use", "with", "as", "only"))
            self.problems.append(tree.at("M110", tree.key_place(item, key), f"引用片段时没有“{key}”这个键。", known))
        name = str(item["use"])
        given = item["with"] if isinstance(item.get("with"), Map) else Map(item.mark)
        self._check_with([name], given)
        body = self._body(section, name, given, tree.place(item, "use"), stack)
        if not isinstance(body, Seq):
            return []
        opened = self._list(section, body, (*stack, name))
        if isinstance(item.get("only"), Seq):
            opened = self._only(opened, item, name)
        if isinstance(item.get("as"), str):
            opened = fragment_ids.prefixed(opened, f"{item['as']}_", fragment_ids.ids(opened))
        return list(zip(opened, opened.item_at, strict=True))

    def _mapping(self, section: str, node: Map, stack: tuple[str, ...]) -> Map:
        if "use" not in node:
            return node
        opened = Map(node.mark, node.flow)
        for key, value in node.items():
            if key not in ("use", "with"):
                opened.put(key, value, node.key_at[key], node.value_at[key])
        used = [str(one) for one in (node["use"] if isinstance(node["use"], Seq) else [node["use"]])]
        given = node["with"] if isinstance(node.get("with"), Map) else Map(node.mark)
        self._check_with(used, given)
        for one in used:
            body = self._body(section, one, given, tree.place(node, "use"), stack)
            if isinstance(body, Map):
                self._merge(opened, self._mapping(section, body, (*stack, one)), one)
        return opened

    def _check_with(self, used: list[str], given: Map) -> None:
        """A parameter is wrong when none of the fragments used has it; each takes those it has."""
        known = [param for name in used if name in self.fragments for param in self.fragments[name].params]
        for name in given:
            if name not in known and all(one in self.fragments for one in used):
                advice = tree.near(name, known) or "片段没有参数。"
                what = f"片段 {'、'.join(used)} 没有参数 {name}。"
                self.problems.append(tree.at("M121", tree.key_place(given, name), what, advice))

    def _merge(self, opened: Map, body: Map, name: str) -> None:
        for key, value in body.items():
            if key in opened:
                what = f"片段 {name} 已经给了 {key}，这里又给了一次。"
                self.problems.append(tree.at("M127", tree.key_place(opened, key), what, "请删去一处，或拆开片段。"))
            else:
                opened.put(key, value, body.key_at[key], body.value_at[key])

    def _body(self, section: str, name: str, given: Map, mark: Mark, stack: tuple[str, ...]) -> Any:
        fragment = self.fragments.get(name)
        if fragment is None:
            advice = tree.near(name, self.fragments) or "请检查 rules/fragments。"
            self.problems.append(tree.at("M120", mark, f"没有片段 {name}。", advice))
            return None
        if fragment.gives != section:
            what = f"片段 {name} 用于 {fragment.gives}，不能用在 {section}。"
            self.problems.append(tree.at("M125", mark, what, f"请移到 {fragment.gives}。"))
            return None
        if name in stack or len(stack) >= DEEPEST:
            trail = " → ".join((*stack, name))
            self.problems.append(tree.at("M126", mark, f"片段互相引用成环，或超过 {DEEPEST} 层：{trail}。"))
            return None
        self.used.add(name)
        self.needs += [(name, need, mark) for need in tree.texts(fragment.node, "needs")]
        values = self._values(fragment, given, mark)
        return None if values is None else fill(fragment.node["body"], values)

    def _values(self, fragment: Fragment, given: Map, mark: Mark) -> dict[str, Any] | None:
        before = len(self.problems)
        values: dict[str, Any] = {}
        for name, param in fragment.params.items():
            if name in given:
                values[name] = given[name]
                where = tree.place(given, name)
                if not KINDS[param["kind"]](given[name]):
                    self.problems.append(tree.at("M124", where, f"参数 {name} 应为{param['kind']}。"))
                elif "of" in param and str(given[name]) not in tree.texts(param, "of"):
                    advice = f"可用的有：{'、'.join(tree.texts(param, 'of'))}。"
                    self.problems.append(tree.at("M124", where, f"参数 {name} 的值不在可选之列。", advice))
            elif "default" in param:
                values[name] = param["default"]
            else:
                what = f"片段 {fragment.name} 的参数 {name} 没有给出。"
                self.problems.append(tree.at("M122", mark, what, f"请写 with: {{{name}: …}}。"))
        return values if len(self.problems) == before else None

    def _only(self, opened: Seq, item: Map, name: str) -> Seq:
        wanted = tree.texts(item, "only")
        have = fragment_ids.ids(opened)
        for one in wanted:
            if one not in have:
                where = tree.place(item, "only")
                self.problems.append(tree.at("M129", where, f"片段 {name} 里没有 {one}。", tree.near(one, have)))
        return fragment_ids.kept(opened, set(wanted))
