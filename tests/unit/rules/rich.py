"""A scope full of awkward names, and typed JsonLogic over it drawn from a random source."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from random import Random
from typing import Any

from engine.model.types import Part, Type
from engine.model.values import Missing, Unavailable
from engine.rules.scope import Name, Scope

COLOURS = ("红", "绿", "是", "深 蓝", "黑\"白", "123", "金额", "且")
GRADES = ("甲", "乙", "A级")
TAGS = Type("multi", values=("新", "旧", "外"))
PERSON = Type("record", parts={"name": Part("姓名", Type("text")), "born": Part("出生（日期）", Type("date"))})
ROWS = Type(
    "rows",
    parts={
        "qty": Part("数量", Type("number")),
        "price": Part("单价", Type("number", unit="元", places=2)),
        "it": Part("它", Type("text")),
        "grade": Part("等级", Type("enum", values=GRADES)),
        "made": Part("生产、检验日期", Type("date")),
        "tags": Part("标签", TAGS),
        "who": Part("经手人", PERSON),
        "ok": Part("合格", Type("bool")),
    },
)
TABLE = Type("record", parts={key: Part(key, Type("number", unit="元")) for key in ("甲", "乙 等", "是", "金额")})
KINDS = Type("multi", values=COLOURS, parts={"start": Part("起点（元）", Type("number", unit="元"))})
NAMES = (
    Name("money", "金额", Type("number", unit="元", places=2)),
    Name("area", "面积 [平方米]", Type("number", unit="平方米", places=2)),
    Name("count", "数量", Type("number")),
    Name("kg", "5公斤", Type("number", unit="千克")),
    Name("wide", "１号楼", Type("number")),
    Name("years3", "满3年", Type("number")),
    Name("day1", "2025年1月1日", Type("date")),
    Name("dotted", "No.1", Type("number")),
    Name("bracket", "奇怪」名", Type("text")),
    Name("colour", "颜色", Type("enum", values=COLOURS)),
    Name("free", "自由选项", Type("enum")),
    Name("both", "且", Type("bool")),
    Name("it_field", "它", Type("text")),
    Name("out_field", "外", Type("number")),
    Name("red", "红", Type("text")),
    Name("legal.name", "姓名", Type("text"), group="法定代表人"),
    Name("agent.name", "姓名", Type("text"), group="经办人（代理）"),
    Name("shadow", "money", Type("text")),
    Name("today", "今天", Type("date")),
    Name("born", "出生日期", Type("date")),
    Name("many", "多选", Type("multi", values=COLOURS)),
    Name("rows", "清单", ROWS),
    Name("fact", "事实", Type("record", parts={"state": Part("状态", Type("enum", values=("存续", "红"))),
                                              "list": Part("明细", ROWS), "name": Part("名称", Type("text"))})),
    Name("param.start", "参数.起点", Type("number", unit="元")),
    Name("param.table", "参数.表", TABLE),
    Name("code.颜色表", "代码.颜色表", KINDS),
    Name("code.级（全）", "代码.级（全）", Type("multi", values=GRADES)),
)  # fmt: skip
SCOPE = Scope(NAMES)
_ORDER = ("==", "!=", ">", "<", ">=", "<=")


class Rich:
    """Typed JsonLogic in canonical form or near it; `frames` are the kinds of rows that are open, innermost last."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.frames: list[str] = []

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def path(self, path: str) -> dict[str, Any]:
        return {"var": "^." * len(self.frames) + path}

    def column(self, frame: str, *columns: str) -> dict[str, Any] | None:
        """A column of an open row of that kind, or None."""
        open_ = [up for up, kind in enumerate(reversed(self.frames)) if kind == frame]
        return {"var": "^." * self.pick(*open_) + self.pick(*columns)} if open_ else None

    def literal(self) -> Any:
        return self.pick(0, 1, -3, 60, 10**17, {"dec": "0.5"}, {"dec": "-72.25"}, {"dec": "0.0000001"})

    def number(self, depth: int) -> Any:
        if depth <= 0 or self.random.random() < 0.4:
            name = self.path(self.pick("count", "wide", "years3", "dotted", "out_field"))
            return self.pick(self.literal(), name, self.column("rows", "qty") or name)
        make = self.pick("+", "-", "*", "/", "neg", "max", "count", "sum", "column", "if")
        if make == "if":
            return {"if": [self.atom(0), self.number(depth - 1), self.number(depth - 1)]}
        if make == "neg":
            return {"-": [self.path("count")]}
        if make in ("-", "/"):
            return {make: [self.number(depth - 1), self.number(depth - 1)]}
        if make in ("+", "*"):
            return {make: [self.number(depth - 1) for _ in range(self.pick(2, 3))]}
        if make == "max":
            return {self.pick("max", "min"): [self.number(depth - 1) for _ in range(self.pick(2, 3))]}
        if make == "count":
            return {"count": [self.pick(self.path("rows"), self.path("many"), self.path("fact.list"))]}
        if make == "sum":
            return {"sum": [self.path("rows.qty")]}
        return {self.pick("max", "min"): [self.path("rows.qty")]}

    def duration(self, depth: int) -> Any:
        """A number with a unit of its own: only numbers are compared with it."""
        return self.pick(
            {"age": [self.date(depth - 1), self.pick(self.path("today"), self.date(0))]},
            {"workdays": [self.date(0), self.date(depth - 1), self.path("calendar")]},
            {self.pick("days", "months", "years"): [self.date(depth - 1), self.date(depth - 1)]},
        )

    def money(self) -> Any:
        return self.pick(
            self.path("money"), self.path("param.start"), self.column("rows", "price") or self.path("money"),
            {"lookup": [self.path("param.table"), self.pick("甲", "乙 等", "是", "金额", self.path("colour"))]},
            {"entry": [self.path("code.颜色表"), self.pick("红", "是", "深 蓝", self.path("colour")), "start"]},
            {"+": [self.path("money"), 100]}, {"sum": [self.path("rows.price")]}, {"-": [self.path("money")]},
        )  # fmt: skip

    def date(self, depth: int) -> Any:
        plain = self.pick(self.path("today"), self.path("born"), self.path("day1"), {"date": "2024-02-29"},
                          {"date": "0001-01-01"}, self.column("rows", "made", "who.born") or self.path("born"))  # fmt: skip
        if depth <= 0 or self.random.random() < 0.6:
            return plain
        shifted = {self.pick("add_days", "add_months", "add_years"): [plain, self.number(depth - 1)]}
        worked = {"add_workdays": [plain, self.pick(0, 3, self.number(0)), self.path("calendar")]}
        return self.pick(shifted, worked, {"if": [self.atom(0), plain, self.path("today")]}, {"birth_date": [self.text()]}, {"max": [self.path("rows.made")]})

    def text(self) -> Any:
        return self.pick(
            self.path("bracket"), self.path("it_field"), self.path("red"), self.path("legal.name"), self.path("agent.name"),
            self.path("shadow"), self.path("fact.name"), self.column("rows", "it", "who.name") or self.path("red"),
        )  # fmt: skip

    def words(self) -> str:
        return str(self.pick("甲", "红", "a\"b\\c", "多\n行", "「」", "“引号”", "是", "经营", "它", "'", "\\n", "\u3000空"))

    def choice(self) -> tuple[Any, tuple[str, ...]]:
        grade = self.column("rows", "grade")
        options = [(self.path("colour"), COLOURS), (self.path("fact.state"), ("存续", "红")), (self.path("free"), ("随意", "a b", "红", "且"))]
        if grade:
            options.append((grade, GRADES))
        if "tags" in self.frames:
            options.append((self.column("tags", ""), TAGS.values))
        chosen: tuple[Any, tuple[str, ...]] = self.pick(*options)
        return chosen

    def some(self, values: tuple[str, ...]) -> list[str]:
        return self.random.sample(values, self.random.randint(0, len(values)))

    def atom(self, depth: int) -> Any:
        name, values = self.choice()
        return self.pick(
            lambda: {self.pick(*_ORDER): [self.number(depth), self.number(depth)]},
            lambda: {self.pick(*_ORDER): [self.money(), self.pick(self.money(), self.literal())]},
            lambda: {self.pick(*_ORDER): self.random.sample([self.path("area"), self.literal()], 2)},
            lambda: {self.pick(*_ORDER): self.random.sample([self.duration(depth), self.number(depth)], 2)},
            lambda: {self.pick(*_ORDER): [self.date(depth), self.date(depth)]},
            lambda: {self.pick("==", "!="): self.random.sample([name, self.pick(*values)], 2)},
            lambda: {"in": [name, self.some(values)]},
            lambda: {"in": [self.pick(name, self.text()), self.pick(self.path("code.级（全）"), self.path("code.颜色表"))]},
            lambda: {"in": [self.pick(*COLOURS), self.path("many")]},
            lambda: {"in": [self.path("colour"), self.path("many")]},
            lambda: {"in": [self.pick(self.words(), self.text()), self.text()]},
            lambda: {"in": [self.text(), [self.words(), self.words()]]},
            lambda: {"in": [self.path("count"), [1, {"dec": "2.5"}, -3]]},
            lambda: {"in": [self.path("born"), [{"date": "2024-02-29"}]]},
            lambda: {self.pick("==", "!="): [self.text(), self.pick(self.words(), self.text())]},
            lambda: {self.pick("==", "!="): [self.path("both"), self.pick(True, False)]},
            lambda: {self.pick("intersects", "subset"): [self.path("many"), self.pick(self.some(COLOURS), self.path("code.颜色表"))]},
            lambda: {self.pick("intersects", "subset"): [self.path("rows.grade"), self.some(GRADES)]},
            lambda: {"matches": [self.text(), self.pick("1[3-9]\\d{9}", ".*\"号\"", "[^a-z]{2,9}")]},
            lambda: {self.pick("empty", "unavailable"): [self.pick(self.path("fact"), self.text(), self.path("rows"), name)]},
            lambda: {"!": [{"empty": [self.pick(self.path("fact.name"), self.path("money"))]}]},
            lambda: {"full_years": [self.date(depth), self.pick(1, 18), self.pick(self.path("today"), self.date(0))]},
            lambda: {self.pick("uscc_valid"): [self.text()]},
            lambda: {"distinct": [self.path(self.pick("rows.qty", "rows.it", "rows.grade", "rows.made", "many"))]},
            lambda: {"in": [self.text(), self.path("rows.it")]},
            lambda: {self.pick("intersects", "subset"): [self.path("rows.grade"), self.path("rows.grade")]},
            lambda: {"==": [name, {"if": [self.atom(0), self.pick(*values), self.pick(*values)]}]},
            lambda: {"if": [self.atom(0), self.atom(0), self.pick(True, False, self.path("both"))]},
            lambda: {"id_valid": [self.text(), self.path("today")]},
            lambda: self.pick(True, False),
        )()  # fmt: skip

    def quantified(self, depth: int) -> Any:
        lists = [(self.path("rows"), "rows"), (self.path("fact.list"), "rows"), (self.path("many"), "colours")]
        tags = self.column("rows", "tags")
        if tags:
            lists.append((tags, "tags"))
        rows, kind = self.pick(*lists)
        self.frames.append(kind)
        body = self.rule(depth - 1)
        self.frames.pop()
        return {self.pick("all", "some"): [rows, body]}

    def rule(self, depth: int = 3) -> Any:
        if depth <= 0 or self.random.random() < 0.3:
            return self.atom(1)
        shape = self.pick("and", "or", "!", "quantified", "quantified")
        if shape == "quantified":
            return self.quantified(depth)
        if shape == "!":
            return {"!": [self.rule(depth - 1)]}
        return {shape: [self.rule(depth - 1) for _ in range(self.pick(2, 2, 3))]}


class Values:
    """Environments for the scope: a value, or any of the five states of a name, for every path."""

    def __init__(self, random: Random) -> None:
        self.random = random

    def one(self, *choices: Any) -> Any:
        if self.random.random() < 0.15:
            return self.random.choice([*Missing, Unavailable("registry", "超时", "2025-01-20T08:00:00+08:00")])
        return self.random.choice(choices)

    def number(self) -> Any:
        return self.one(0, 1, -3, 60, 10**17, Decimal("0.5"), Decimal("-72.25"), Decimal("0.0000001"))

    def day(self) -> Any:
        return self.one(date(2024, 2, 29), date(2025, 1, 20), date(1, 1, 1), date(9999, 12, 31), date(2000, 1, 31))

    def text(self) -> Any:
        return self.one("红", "经营", "a\"b\\c", "多\n行", "11110000092921359M", "11010519491231002X", "13812345678", "")

    def some(self, values: tuple[str, ...]) -> Any:
        return self.one(tuple(self.random.sample(values, self.random.randint(0, len(values)))))

    def row(self) -> dict[str, Any]:
        who = self.one({"name": self.text(), "born": self.day()})
        return {"qty": self.number(), "price": self.number(), "it": self.text(), "grade": self.one(*GRADES), "made": self.day(),
                "tags": self.some(TAGS.values), "who": who, "ok": self.one(True, False)}  # fmt: skip

    def rows(self) -> Any:
        return self.one(tuple(self.row() for _ in range(self.random.choice([0, 1, 2, 3]))))

    def env(self) -> dict[str, Any]:
        """A value or state for every head of the scope; now and then one is left out."""
        number, text = self.number, self.text
        made = {
            "money": number(), "area": number(), "count": number(), "kg": number(), "wide": number(), "years3": number(),
            "day1": self.day(), "dotted": number(), "bracket": text(), "colour": self.one(*COLOURS), "both": self.one(True, False),
            "free": self.one("随意", "a b", "红", "且"), "it_field": text(), "out_field": number(), "red": text(),
            "legal": {"name": text()}, "agent": self.one({"name": text()}), "shadow": text(), "today": date(2025, 1, 20),
            "born": self.day(), "many": self.some(COLOURS), "rows": self.rows(),
            "fact": self.one({"state": self.one("存续", "红"), "list": self.rows(), "name": text()}, {}),
            "param": {"start": number(), "table": {"甲": 1, "乙 等": Decimal("2.5"), "是": 3, "金额": 4}},
            "code": {"颜色表": {"红": {"start": 70}, "是": {}, "深 蓝": {"start": 1}}, "级（全）": GRADES},
            "calendar": {date(2025, 1, 26): "班", date(2025, 1, 28): "休"},
        }  # fmt: skip
        if self.random.random() < 0.2:
            made.pop(self.random.choice(sorted(made)))
        return made
