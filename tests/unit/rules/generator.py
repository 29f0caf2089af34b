"""Makes typed rules and environments from a seed, for the tests that compare evaluators."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.unit.rules.vocabulary import AWAY, EMPTY, HIDDEN, PENDING, PLACES, TYPES

_NUMBERS = ("经营面积", "使用面积", "床位数", "「营业（经营）面积」", "参数.起点面积", "合计(清单.数量)", "数量(清单)", "数量(许可项目)")
_DATES = ("今天", "出生日期", "营业执照.成立日期", "加月(今天, 1)", "加年(出生日期, 18)", "加天(今天, -30)")
_TEXTS = ("经营地址", "营业执照.名称", "营业执照.地址", "法定代表人.姓名", "联系电话")
_PATTERNS = ("1[3-9]\\\\d{9}", ".*号", "[^a-z]{2,9}", "(?:南|北)京路.+")
_ORDER = ("=", "≠", ">", "<", "≥", "≤")


class Generator:
    """Random typed rules; the same seed makes the same cases."""

    def __init__(self, seed: int, total: bool = False) -> None:
        self.random = random.Random(seed)
        self.total = total

    def pick(self, *choices: Any) -> Any:
        return self.random.choice(choices)

    def number(self, depth: int) -> str:
        if depth <= 0 or self.random.random() < 0.5:
            literal = self.pick("0", "1", "12", "60", "72.5", "80.00", "-3", "0.125", "1000000")
            return self.pick(literal, literal, *_NUMBERS)
        sign = self.pick("+", "-", "×", "÷")
        shape = self.pick("infix", "infix", "max", "days", "table")
        if shape == "infix":
            return f"({self.number(depth - 1)} {sign} {self.number(depth - 1)})"
        if shape == "max":
            return f"{self.pick('最大', '最小')}({self.number(depth - 1)}, {self.number(depth - 1)})"
        if shape == "days":
            return f"天数({self.pick(*_DATES)}, {self.pick(*_DATES)})"
        return self.pick("查表(参数.面积表, 场所类别)", "代码.场所类型[场所类别].起点面积", "最大(清单.数量)", "合计(清单.单价)",
                         f"如果({self.atom()}, {self.number(depth - 1)}, {self.number(depth - 1)})")  # fmt: skip

    def row(self) -> str:
        return self.pick(
            f"它.数量 {self.pick(*_ORDER)} {self.pick('0', '1', '3', '外.床位数')}",
            f"它.单价 {self.pick(*_ORDER)} {self.pick('1.1', '2.20', '外.参数.起点面积')}",
            f"它.等级 {self.pick('=', '≠')} 甲",
            "它.等级 属于 [乙]",
            f"它.生产日期 {self.pick('<', '≥')} {self.pick('2024-05-15', '外.今天')}",
            "它.品名 不为空",
            "它.品名 匹配 \"[锅碗]\"",
            "存在 外.许可项目 满足 (它 = 沐浴 或 外.它.数量 > 2)",
        )

    def atom(self) -> str:
        makers = (
            lambda: f"{self.number(2)} {self.pick(*_ORDER)} {self.number(2)}",
            lambda: f"{self.pick(*_DATES)} {self.pick(*_ORDER)} {self.pick('2025-01-20', *_DATES)}",
            lambda: f"场所类别 {self.pick('=', '≠')} {self.pick(*PLACES)}",
            lambda: f"场所类别 {self.pick('属于', '不属于')} [{', '.join(self.random.sample(PLACES, self.pick(0, 1, 2)))}]",
            lambda: f"{self.pick('场所类别')} {self.pick('属于', '不属于')} {self.pick('代码.住宿类', '代码.场所类型')}",
            lambda: f"许可项目 {self.pick('有交集', '全部属于')} [{', '.join(self.random.sample(TYPES, self.pick(1, 2)))}]",
            lambda: f"许可项目 {self.pick('包含', '不包含')} {self.pick(*TYPES)}",
            lambda: f"{self.pick(*_TEXTS)} {self.pick('=', '≠', '包含', '不包含')} {self.pick(*_TEXTS)}",
            lambda: f'{self.pick(*_TEXTS)} 匹配 "{self.pick(*_PATTERNS)}"',
            lambda: f"集中空调 = {self.pick('是', '否')}",
            lambda: f"{self.pick('经营地址', '营业执照', '营业执照.状态', '清单', '经营面积', '许可项目')} {self.pick('为空', '不为空', '未取到')}",
            lambda: f"{self.pick('所有', '存在')} 清单 满足 ({self.row()} {self.pick('且', '或')} {self.row()})",
            lambda: f"清单.等级 {self.pick('有交集', '全部属于')} [甲]",
            lambda: f"{self.pick('出生日期', '营业执照.成立日期')} 满{self.pick(1, 2, 18, 25)}年",
            lambda: (
                f"{self.pick('月数', '年数', '工作日数')}({self.pick(*_DATES)}, {self.pick(*_DATES)}) "
                f"{self.pick(*_ORDER)} {self.pick(0, 1, 24, 250)}"
            ),
            lambda: f"不重复(清单.{self.pick('数量', '单价', '品名', '等级', '生产日期')})",
            lambda: f"{self.pick(*_TEXTS)} {self.pick('属于', '不属于')} 清单.品名",
            lambda: f"清单.{self.pick('品名', '等级')} {self.pick('有交集', '全部属于')} 清单.{self.pick('品名', '等级')}",
            lambda: f"加工作日({self.pick(*_DATES)}, {self.pick(0, 1, 5, -3)}) {self.pick(*_ORDER)} {self.pick(*_DATES)}",
            lambda: f"如果({self.atom()}, {self.atom()}, {self.atom()})",
            lambda: f"年龄(出生日期) {self.pick(*_ORDER)} {self.pick(18, 24, 25)}",
            lambda: self.pick("信用代码有效(经营地址)", "身份证有效(经办人.证件号)", "年龄(出生日期(经办人.证件号)) > 40"),
            lambda: self.pick("总是", "从不"),
        )
        made: str = self.pick(*makers)()
        return made

    def rule(self, depth: int = 3) -> str:
        if depth <= 0 or self.random.random() < 0.3:
            return self.atom()
        shape = self.pick("且", "且", "或", "非")
        if shape == "非":
            return f"非 ({self.rule(depth - 1)})"
        parts = [f"({self.rule(depth - 1)})" for _ in range(self.pick(2, 2, 3))]
        return f" {shape} ".join(parts)

    def value(self, *choices: Any) -> Any:
        if not self.total and self.random.random() < 0.15:
            return self.pick(EMPTY, HIDDEN, PENDING, AWAY)
        return self.pick(*choices)

    def decimal(self) -> Decimal | int:
        return self.pick(0, 12, 60, Decimal("72.5"), Decimal("80.00"), Decimal("-3.25"), Decimal(self.random.randint(0, 99999)) / 100)

    def day(self) -> date:
        fixed = (date(2000, 2, 29), date(2025, 1, 20), date(2024, 1, 31), date(2023, 12, 31))
        return self.pick(*fixed, date(1990, 1, 1) + timedelta(self.random.randint(0, 13000)))

    def text(self) -> str:
        return self.pick("南京路1号", "上海市南京路1号2楼", "张三", "13812345678", "11110000092921359M", "甲", "a（b）")

    def item(self) -> dict[str, Any]:
        return {
            "qty": self.value(0, 1, 3, 12),
            "price": self.value(Decimal("1.10"), Decimal("2.2"), 5),
            "name": self.value("锅", "碗", "锅碗"),
            "grade": self.value("甲", "乙"),
            "made": self.value(self.day()),
        }

    def env(self) -> dict[str, Any]:
        licence = {"state": self.value("存续", "注销"), "name": self.value(self.text()), "address": self.value(self.text()),
                   "since": self.value(self.day()), "capital": self.value(100)}  # fmt: skip
        env = {
            "area": self.value(self.decimal()), "usable": self.value(self.decimal()), "beds": self.value(0, 12, 13),
            "paren": self.value(5, -5), "capital": self.value(Decimal("500000.00")), "height": self.value(Decimal("2.6")),
            "place": self.value(*PLACES), "hvac": self.value(True, False), "site": self.value(self.text()),
            "types": self.value(*[tuple(self.random.sample(TYPES, n)) for n in (1, 2, 3)]),
            "phone": self.value(self.text()), "born": self.value(self.day()), "licence": self.value(licence),
            "items": self.value(tuple(self.item() for _ in range(self.pick(0, 1, 2, 3)))), "today": date(2025, 1, 20),
            "calendar": {date(2025, 1, 26): "班", date(2025, 1, 28): "休"}, "legal": {"name": self.value("张三", "李四")},
            "agent": {"name": "李四", "id_no": self.value("11010519491231002X", "440524188001010014", "x")},
            "param": {"start": 60, "table": {"宾馆": 100, "旅店": Decimal("50.5")}},
            "code": {"住宿类": ("住宿", "宾馆", "旅店"), "场所类型": {"宾馆": {"start": 70}, "浴室": {}}},
        }  # fmt: skip
        if not self.total and self.random.random() < 0.2:
            env.pop(self.pick(*[key for key in env if key not in ("param", "code")]))
        return env
