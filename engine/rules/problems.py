"""Error codes of the rule language and the notebook a compilation writes its problems into."""

from __future__ import annotations

from engine.errors import Problem, register

register(
    {
        "R101": "规则文字写法有误",
        "R102": "规则引用了未知名称",
        "R103": "名称在两个分组中重复",
        "R104": "类型不符",
        "R105": "取值不在允许范围",
        "R106": "单位不符",
        "R107": "未知的运算或函数",
        "R108": "参数个数不对",
        "R109": "数字写法不合规",
        "R110": "规则超出规模限制",
        "R111": "匹配式不在安全子集内",
        "R112": "日期无效",
        "R113": "禁止使用的运算",
        "R114": "JsonLogic 结构有误",
        "R115": "条件字段未先判断是否显示",
        "R116": "运算词与名称连写",
        "R117": "条件不是判断",
        "R118": "多选不能用 属于",
        "R119": "它、外 的用法有误",
        "R120": "文本缺少引号",
        "R121": "共用表达式互相引用成环",
    }
)

MAX_TEXT = 4000
MAX_DEPTH = 32
MAX_NODES = 500
MAX_LIST = 500
MAX_DIGITS = 18


class TooLarge(Exception):
    """A bound of the language is exceeded; compilation stops at once. Never leaves this package."""


class Notebook:
    """Collects the problems of one rule; places are counted from the rule's own place in its file."""

    def __init__(
        self, file: str, line: int, column: int, source: object = "", spans: tuple[tuple[int, int, int], ...] = ()
    ) -> None:
        self.file, self.line, self.column = file, line, column
        self.source, self.spans = source, spans
        self.problems: list[Problem] = []

    def add(self, code: str, what: str, next: str = "", at: tuple[int, int] = (0, 0)) -> None:
        """Note a problem at a place (line, column from 1) inside the rule's text; (0, 0) is the whole rule."""
        row, column = at
        if row and self.spans and isinstance(self.source, str):
            place = self._spanned(row, column)
        elif not row:
            place = (self.line, self.column)
        elif row == 1:
            place = (self.line or 1, (self.column or 1) + column - 1)
        else:
            place = ((self.line or 1) + row - 1, column)
        problem = Problem(code, what, next, self.file, *place)
        if problem not in self.problems:
            self.problems.append(problem)

    def _spanned(self, row: int, column: int) -> tuple[int, int]:
        """The place in the file, where the text stands in several pieces (blocks, folded lines, escapes)."""
        lines = str(self.source).split("\n")
        offset = sum(len(line) + 1 for line in lines[: row - 1]) + column - 1
        start, line, begin = next((span for span in reversed(self.spans) if span[0] <= offset), self.spans[0])
        return line, begin + offset - start

    def ordered(self) -> tuple[Problem, ...]:
        """All problems in the order of the text."""
        return tuple(sorted(self.problems, key=lambda one: (one.line, one.column)))
