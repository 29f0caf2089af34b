"""Replays a decision receipt: judges again from what the receipt carries and says exactly where anything differs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from engine.decoding import converted, decoded
from engine.errors import ZhunyuError
from engine.model.case import Assessment, Finding, RowResult, Upload
from engine.model.matter import Matter
from engine.model.people import Actor, Subject
from engine.model.rule import Rule
from engine.model.trace import Trace
from engine.model.values import Json, Value
from engine.pipeline.assess import form_and_names, judge
from engine.pipeline.context import Application
from engine.pipeline.disclosing import RISK, parts_of, reads_of
from engine.pipeline.environment import parameter_on
from engine.pipeline.inputs import inputs_of, names_from, reads_any, rules_judged
from engine.pipeline.receipt import VERDICT, WATCH, adjusted
from engine.rules.compiled import compiled
from engine.rules.evaluator import test
from engine.rules.independent import second_opinion
from engine.trust.receipt import is_commitment, opened
from engine.trust.sm3 import sm3_hex

_NAMES = {
    "outcome": "结论", "by": "所依据的行或核对", "reason": "理由", "barred": "不能秒批的原因", "suggest": "建议",
    "demanded": "要交的材料", "missing": "未交的材料", "waived": "免交的材料",
}  # fmt: skip
_NODE = ("text", "result", "actual", "required", "gap", "why", "path")


class Difference(msgspec.Struct, frozen=True):
    """One place where the replay differs: `where` in words, what the receipt says, what comes out now."""

    where: str
    was: str
    now: str


class Replay(msgspec.Struct, frozen=True):
    """What a replay found.

    `whole`: the application itself was opened and judged from the form on; otherwise from the inputs of the receipt.
    `withheld` are the inputs that are not shown, `skipped` the ids of the checks and rows that could therefore not be
    judged again. `opinions` counts rules the independent evaluator judged alike, `compiled` those of the compiled one.
    """

    number: str
    title: str
    outcome: str
    differences: tuple[Difference, ...]
    whole: bool
    withheld: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    judged: int = 0
    opinions: int = 0
    compiled: int = 0

    @property
    def identical(self) -> bool:
        """Whether nothing that could be judged again differs."""
        return not self.differences


def matter_of(data: bytes, hash: str) -> Matter:
    """The matter of its published form with an empty hash; ZhunyuError K005 unless its SM3 is the given one."""
    if sm3_hex(data) != hash:
        raise ZhunyuError("K005", "所附的事项不是回执写明的那一版。", f"应为 {hash[:16]}… 。")
    try:
        found = decoded(data, Matter)
    except msgspec.DecodeError as error:
        raise ZhunyuError("K005", "所附的事项是另一版程序写的，读不出。", "请用回执写明的程序版本重演。") from error
    return msgspec.structs.replace(found, hash=hash)


def replay(content: Mapping[str, Any], matter: Matter) -> Replay:
    """Judge the content of a receipt (already verified) again with its matter; ZhunyuError K005 for a content that is
    signed but not of the agreed shape."""
    try:
        return _Replaying(content, matter).run()
    except (KeyError, ValueError, TypeError, AttributeError, IndexError, msgspec.ValidationError) as error:
        raise ZhunyuError("K005", "回执的内容不符合约定的格式。", "请用回执写明的程序版本重演。") from error


class _Replaying:
    def __init__(self, content: Mapping[str, Any], matter: Matter) -> None:
        self.matter = matter
        self.body, openings = dict(content["body"]), content["openings"]
        self.inputs = {path: opened(f"inputs.{path}", one, openings) for path, one in self.body["inputs"].items()}
        for name in ("findings", "rows"):
            told = self.body[name]
            self.body[name] = [opened(f"{name}.{place}", one, openings) for place, one in enumerate(told)]
        for name in (*VERDICT, "application"):
            self.body[name] = opened(name, self.body[name], openings)
        watch = self.inputs.pop(WATCH, {})
        self.inputs |= {RISK: watch} if is_commitment(watch) else watch
        self.withheld = frozenset(path for path, one in self.inputs.items() if is_commitment(one))
        self.today = date.fromisoformat(self.body["judged_at"][:10])
        self.law_day = date.fromisoformat(self.body["law_day"])
        who = self.body["actor"]
        self.actor = Actor(who["kind"], "", "", level=who["level"], authority=who["authority"])
        self.whole = not is_commitment(self.body["application"])
        self.opinions = self.compiled = self.judged = 0

    def run(self) -> Replay:
        names, application, found = self._names()
        again = judge(self.matter, application, self.actor, names, self.law_day)
        held = "" if is_commitment(self.body["held"]) else str(self.body["held"])
        again = adjusted(again, held, str(self.body["reason"]))
        found += self._compared(again)
        found += self._parameters()
        found += self._opinions(names)
        return Replay(
            number=str(self.body["case"]), title=self.matter.title, outcome=str(self.body["outcome"]),
            differences=tuple(found), whole=self.whole, withheld=tuple(sorted(self.withheld)),
            skipped=tuple(sorted(self._skipped())), judged=self.judged, opinions=self.opinions,
            compiled=self.compiled,
        )  # fmt: skip

    def _names(self) -> tuple[dict[str, Value], Application, list[Difference]]:
        shown = {path: one for path, one in self.inputs.items() if path not in self.withheld}
        carried: dict[str, Value] = {
            "code": dict(self.matter.codes),
            "param": {one.id: parameter_on(one, self.law_day) for one in self.matter.parameters},
        }
        names = names_from(shown, carried)
        uploads = {id: tuple(_upload(digest) for digest in files) for id, files in self.body["uploads"].items()}
        if not self.whole:
            return names, Application({}, uploads, Subject("", "", "")), []
        application = converted(self.body["application"], Application)
        calendar = names.get("calendar")
        days = {str(day): str(word) for day, word in calendar.items()} if isinstance(calendar, Mapping) else {}
        actor = msgspec.structs.replace(self.actor, name=str(self._input("applicant.agent")))
        _, made = form_and_names(self.matter, application, actor, self.today, days, law_day=self.law_day)
        return made, application, list(_inputs_differ(self.inputs, inputs_of(self.matter, made)))

    def _input(self, path: str) -> Json:
        found = self.inputs.get(path, "")
        return found if isinstance(found, str) else ""

    def _skipped(self) -> set[str]:
        """Checks and rows that read what is not shown, and rows below such a one."""
        if not self.withheld or self.whole:
            return set()
        gone: set[str] = set()
        below = False
        for part in parts_of(self.matter):
            row = part in self.matter.decide
            blind = reads_any(Rule("", True, reads_of(part)), self.withheld)
            below = below or (row and blind)
            if blind or (row and below):
                gone.add(part.id)
        return gone

    def _compared(self, again: Assessment) -> Iterator[Difference]:
        skipped = self._skipped()
        yield from self._parts("预审", self.body["findings"], again.findings, skipped)
        yield from self._parts("裁决行", self.body["rows"], again.rows, skipped)
        rules = (rule for need in self.matter.materials for rule in (need.when, *(one.when for one in need.waive)))
        closed = frozenset[str]() if self.whole else self.withheld
        if skipped or is_commitment(self.body["held"]) or any(reads_any(rule, closed) for rule in rules):
            return
        now = _plain(again)
        for name, empty in VERDICT.items():
            was, is_now = self.body[name], now.get(name, empty)
            if name != "held" and not is_commitment(was) and was != is_now:
                yield Difference(_NAMES[name], _words(was), _words(is_now))

    def _parts(
        self, kind: str, was: list[Any], now: tuple[Finding | RowResult, ...], skipped: set[str]
    ) -> Iterator[Difference]:
        if len(was) != len(now):
            yield Difference(kind, f"{len(was)} 项", f"{len(now)} 项")
            return
        for before, after in zip(was, now, strict=True):
            fields, traced = _plain(after), after.trace
            id = fields.get("check") or fields.get("row")
            if is_commitment(before) or id in skipped:
                continue
            where = f"{kind} {id}"
            for name in sorted({*before, *fields} - {"trace"}):
                if before.get(name) != fields.get(name):
                    yield Difference(f"{where} {name}", _words(before.get(name)), _words(fields.get(name)))
            yield from _traces(where, before.get("trace"), traced)

    def _parameters(self) -> Iterator[Difference]:
        told = {one["id"]: one.get("value") for one in self.body["parameters"]}
        for parameter in self.matter.parameters:
            entry = next((one for one in reversed(parameter.entries) if one.since <= self.law_day.isoformat()), None)
            now = _plain(entry.value) if entry is not None else None
            if told.pop(parameter.id, None) != now:
                yield Difference(f"参数 {parameter.title}", _words(told.get(parameter.id)), _words(now))
        yield from (Difference(f"参数 {id}", _words(value), "事项没有这个参数") for id, value in told.items())

    def _opinions(self, names: Mapping[str, Value]) -> Iterator[Difference]:
        """Every rule by the independent and the compiled evaluator, too."""
        closed = frozenset[str]() if self.whole else self.withheld
        for rule in rules_judged(self.matter):
            if isinstance(rule.logic, bool) or reads_any(rule, closed):
                continue
            self.judged += 1
            said = test(rule, names)
            other = second_opinion(rule, names)
            if other is not None and (said is True or said is False):
                if other is not said:
                    yield Difference(f"独立求值 {rule.text}", _truth(said), _truth(other))
                self.opinions += 1
            made = compiled(rule.logic)(names)
            truth = made if made is True or made is False else None
            if truth is not (said if said is True or said is False else None):
                yield Difference(f"编译求值 {rule.text}", _truth(said), _truth(truth))
            self.compiled += 1


def _inputs_differ(was: Mapping[str, Json], now: Mapping[str, Json]) -> Iterator[Difference]:
    for path in sorted({*was, *now}):
        if was.get(path) != now.get(path):
            yield Difference(f"输入 {path}", _words(was.get(path)), _words(now.get(path)))


def _traces(where: str, was: Any, now: Trace | None) -> Iterator[Difference]:
    """Node by node, each named by its way from the root."""
    before = converted(was, Trace) if was is not None else None
    if before is None or now is None:
        if before != now:
            yield Difference(f"{where} 求值过程", "有" if before else "无", "有" if now else "无")
        return
    for name in _NODE:
        if getattr(before, name) != getattr(now, name):
            yield Difference(f"{where} › {now.text} {name}", getattr(before, name), getattr(now, name))
    if len(before.parts) != len(now.parts):
        yield Difference(f"{where} › {now.text}", f"{len(before.parts)} 个部分", f"{len(now.parts)} 个部分")
        return
    for place, (one, other) in enumerate(zip(before.parts, now.parts, strict=True), 1):
        yield from _traces(f"{where}.{place}", msgspec.to_builtins(one), other)


def _plain(value: Any) -> Any:
    """The value as it comes back from JSON: what a receipt was read into."""
    return msgspec.json.decode(msgspec.json.encode(value))


def _upload(digest: str) -> Upload:
    return Upload(digest, "", "", 0, digest)


def _truth(said: object) -> str:
    return "真" if said is True else "假" if said is False else "未知"


def _words(value: Json) -> str:
    if value in (None, "", [], {}):
        return "（无）"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode("utf-8")
    return text if len(text) <= 200 else text[:200] + "…"
