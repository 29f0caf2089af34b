"""Reading DMN (1.1 to 1.5) decision tables from XML: entity bombs refused, every place kept, the rest named."""

from __future__ import annotations

import xml.sax
from dataclasses import dataclass, field
from typing import Any
from xml.sax.handler import ContentHandler

from engine.errors import Problem
from engine.matters.dmn.sfeel import SfeelError, literal, literals, tests
from engine.matters.dmn.tables import AGGREGATIONS, HITS, DecisionTable, Input, Output, TableRule, Text

LARGEST = 4 * 1024 * 1024  # bytes
_DEEPEST = 60
_QUIET = frozenset(
    {
        "extensionElements", "description", "inputData", "itemDefinition", "knowledgeSource", "textAnnotation",
        "association", "DMNDI", "group", "organizationUnit", "performanceIndicator", "elementCollection",
    }
)  # fmt: skip
_BESIDE = frozenset(
    {
        "variable", "informationRequirement", "authorityRequirement", "extensionElements", "description", "question",
        "allowedAnswers", "decisionTable", "decisionMaker", "decisionOwner", "supportedObjective", "usingProcess",
        "usingTask", "impactedPerformanceIndicator",
    }
)  # fmt: skip


@dataclass(slots=True)
class _Element:
    name: str
    attributes: dict[str, str]
    line: int
    column: int
    text: str = ""
    children: list[_Element] = field(default_factory=list)

    def all(self, name: str) -> list[_Element]:
        return [one for one in self.children if one.name == name]

    def first(self, name: str) -> _Element | None:
        return next(iter(self.all(name)), None)


def read_dmn(data: bytes, file: str) -> tuple[tuple[DecisionTable, ...], tuple[Problem, ...]]:
    """The decision tables of a file, and what else is in it that a table cannot say; D101 when it cannot be read."""
    root, problem = _parsed(data, file)
    if root is None:
        return (), (problem,) if problem else ()
    reader = _Reader(file)
    tables = [table for one in root.all("decision") if (table := reader.decision(one)) is not None]
    for one in root.children:
        if one.name != "decision" and one.name not in _QUIET:
            reader.refuse(one, f"元素 {one.name}“{one.attributes.get('name', '')}”")
    return tuple(tables), tuple(reader.problems)


def _parsed(data: bytes, file: str) -> tuple[_Element | None, Problem | None]:
    import defusedxml
    from defusedxml.sax import parseString

    if len(data) > LARGEST:
        return None, Problem("D101", f"文件超过 {LARGEST // 1024 // 1024} MB。", "请只留要导入的决策表。", file)
    handler = _Handler()
    try:
        parseString(data, handler, forbid_dtd=True)
    except defusedxml.DefusedXmlException:
        return None, Problem("D101", "XML 里有文档类型或实体声明，不予读取。", "请删去 <!DOCTYPE …>。", file)
    except xml.sax.SAXParseException as error:
        what = f"不是完好的 XML：{error.getMessage()}。"
        return None, Problem("D101", what, "请重新导出。", file, error.getLineNumber() or 0)
    except (_TooDeep, UnicodeDecodeError, LookupError):
        return None, Problem("D101", "XML 嵌套过深或编码不明。", "请重新导出为 UTF-8。", file)
    root = handler.root
    if root is None or root.name != "definitions" or "/DMN/" not in handler.namespace:
        return None, Problem("D101", "不是 DMN 文件。", "根元素应为 DMN 的 definitions。", file, 1, 1)
    return root, None


class _TooDeep(Exception):
    pass


class _Handler(ContentHandler):
    """Builds elements with their lines; names without their prefix."""

    def __init__(self) -> None:
        super().__init__()
        self.root: _Element | None = None
        self.namespace = ""
        self._open: list[_Element] = []
        self._locator: Any = None

    def setDocumentLocator(self, locator: Any) -> None:
        self._locator = locator

    def startElement(self, name: str, attrs: Any) -> None:
        if len(self._open) >= _DEEPEST:
            raise _TooDeep
        prefix, _, local = name.rpartition(":")
        where = (self._locator.getLineNumber() or 0, (self._locator.getColumnNumber() or 0) + 1)
        made = _Element(local, dict(attrs.items()), *where)
        if self._open:
            self._open[-1].children.append(made)
        else:
            self.root = made
            self.namespace = made.attributes.get(f"xmlns:{prefix}" if prefix else "xmlns", "")
        self._open.append(made)

    def endElement(self, name: str) -> None:
        self._open.pop()

    def characters(self, content: str) -> None:
        if self._open:
            self._open[-1].text += content


class _Reader:
    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def refuse(self, at: _Element, what: str, next: str = "请删去，或改成 S-FEEL 决策表。") -> None:
        self.problems.append(Problem("D102", f"{what}不能表达。", next, self.file, at.line, at.column))

    def decision(self, node: _Element) -> DecisionTable | None:
        name = node.attributes.get("name", "")
        for one in node.children:
            if one.name not in _BESIDE:
                self.refuse(one, f"决策“{name}”的 {one.name}")
            for inner in one.children if one.name == "informationRequirement" else ():
                if inner.name != "requiredInput":
                    self.refuse(inner, f"决策“{name}”对另一个决策的引用（{inner.name}）")
        table = node.first("decisionTable")
        return None if table is None else self.table(name, table)

    def table(self, name: str, node: _Element) -> DecisionTable | None:
        before = len(self.problems)
        hit = node.attributes.get("hitPolicy", "UNIQUE")
        aggregation = node.attributes.get("aggregation", "") if hit == "COLLECT" else ""
        if hit not in HITS or (aggregation and aggregation not in AGGREGATIONS):
            self.refuse(node, f"决策“{name}”的命中策略 {hit} {aggregation}".rstrip())
        inputs = tuple(self.input(one, place) for place, one in enumerate(node.all("input"), 1))
        outputs = tuple(self.output(one) for one in node.all("output"))
        rules = tuple(self.rule(one, number, inputs, outputs) for number, one in enumerate(node.all("rule"), 1))
        if not outputs:
            self.refuse(node, f"决策“{name}”没有输出列的表")
        if len(self.problems) > before:
            return None
        return DecisionTable(name, hit, inputs, outputs, rules, aggregation)

    def input(self, node: _Element, place: int) -> Input:
        expression = node.first("inputExpression")
        made = self.text(expression)
        if expression is None or not made.text:
            self.refuse(node, f"第 {place} 列没有写明输入表达式的列")
        kind = expression.attributes.get("typeRef", "") if expression else ""
        head = Input(made, node.attributes.get("label", ""), kind.split(":")[-1], self.text(node.first("inputValues")))
        self.checked(head.values, f"第 {place} 列的 inputValues", tests)
        return head

    def output(self, node: _Element) -> Output:
        made = Output(
            node.attributes.get("name", ""),
            node.attributes.get("label", ""),
            node.attributes.get("typeRef", "").split(":")[-1],
            self.text(node.first("outputValues")),
            self.text(node.first("defaultOutputEntry")),
        )
        self.checked(made.values, f"输出“{made.name}”的 outputValues", literals)
        if made.default.text:
            self.checked(made.default, f"输出“{made.name}”的 defaultOutputEntry", literal)
        return made

    def rule(self, node: _Element, number: int, inputs: tuple[Input, ...], outputs: tuple[Output, ...]) -> TableRule:
        cells = tuple(self.text(one) for one in node.all("inputEntry"))
        entries = tuple(self.text(one) for one in node.all("outputEntry"))
        if len(cells) != len(inputs) or len(entries) != len(outputs):
            self.refuse(node, f"第 {number} 条规则的单元格与列数不合，", "请补齐。")
        for cell, head in zip(cells, inputs, strict=False):
            self.checked(cell, f"第 {number} 条规则“{head.label or head.expression.text}”列", tests)
        for cell, out in zip(entries, outputs, strict=False):
            self.checked(cell, f"第 {number} 条规则输出“{out.label or out.name}”", literal)
        return TableRule(cells, entries, node.attributes.get("id", ""))

    def text(self, node: _Element | None) -> Text:
        """The text of an element's `text`, and where it begins; another expression language is refused."""
        if node is None:
            return Text("")
        language = node.attributes.get("expressionLanguage", "")
        if language and not language.rstrip("/").upper().endswith("FEEL"):
            self.refuse(node, f"表达式语言 {language}")
        found = node.first("text")
        return Text("", node.line, node.column) if found is None else Text(found.text.strip(), found.line, found.column)

    def checked(self, cell: Text, where: str, read: Any) -> None:
        try:
            read(cell.text)
        except SfeelError as error:
            what = f"{where}的“{cell.text[:40]}”：{error.what}。"
            advice = "请改成比较、区间、逐个列出的值、not(…) 或 -。"
            self.problems.append(Problem("D103", what, advice, self.file, cell.line, cell.column))
