"""Writing a decision table as a DMN 1.3 file: one decision, its inputs and its table."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, indent, tostring

from engine.matters.dmn.tables import DecisionTable

MODEL = "https://www.omg.org/spec/DMN/20191111/MODEL/"
FEEL = "https://www.omg.org/spec/DMN/20191111/FEEL/"


def write_dmn(table: DecisionTable, namespace: str) -> bytes:
    """The XML of a file with this one table; `namespace` is the URI of the model."""
    root = Element("definitions", {
        "xmlns": MODEL, "id": "definitions", "name": table.name, "namespace": namespace,
        "expressionLanguage": FEEL, "typeLanguage": FEEL,
    })  # fmt: skip
    decision = SubElement(root, "decision", {"id": "decision", "name": table.name})
    kind = {"typeRef": table.outputs[0].type} if len(table.outputs) == 1 and table.outputs[0].type else {}
    SubElement(decision, "variable", {"id": "decision_variable", "name": table.name, **kind})
    roots = list(dict.fromkeys(one.expression.text.split(".")[0] for one in table.inputs))
    types = {one.expression.text: one.type for one in table.inputs}
    for number, _ in enumerate(roots, 1):
        need = SubElement(decision, "informationRequirement", {"id": f"need_{number}"})
        SubElement(need, "requiredInput", {"href": f"#data_{number}"})
    _table(decision, table)
    for number, name in enumerate(roots, 1):
        data = SubElement(root, "inputData", {"id": f"data_{number}", "name": name})
        typed = {"typeRef": types[name]} if types.get(name) else {}
        SubElement(data, "variable", {"id": f"data_{number}_variable", "name": name, **typed})
    indent(root)
    made: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return made + b"\n"


def _table(decision: Element, table: DecisionTable) -> None:
    how = {"aggregation": table.aggregation} if table.aggregation else {}
    node = SubElement(decision, "decisionTable", {
        "id": "table", "hitPolicy": table.hit, **how, "outputLabel": table.name,
        "preferredOrientation": "Rule-as-Row",
    })  # fmt: skip
    for number, head in enumerate(table.inputs, 1):
        column = SubElement(node, "input", {"id": f"input_{number}", **_given(label=head.label)})
        _text(SubElement(column, "inputExpression", {"id": f"expression_{number}", **_given(typeRef=head.type)}),
              head.expression.text)  # fmt: skip
        if head.values.text:
            _text(SubElement(column, "inputValues", {"id": f"input_values_{number}"}), head.values.text)
    for number, out in enumerate(table.outputs, 1):
        given = _given(name=out.name, label=out.label, typeRef=out.type)
        column = SubElement(node, "output", {"id": f"output_{number}", **given})
        if out.values.text:
            _text(SubElement(column, "outputValues", {"id": f"output_values_{number}"}), out.values.text)
        if out.default.text:
            _text(SubElement(column, "defaultOutputEntry", {"id": f"default_{number}"}), out.default.text)
    for number, rule in enumerate(table.rules, 1):
        row = SubElement(node, "rule", {"id": f"rule_{number}"})
        for place, cell in enumerate(rule.inputs, 1):
            _text(SubElement(row, "inputEntry", {"id": f"rule_{number}_in_{place}"}), cell.text)
        for place, cell in enumerate(rule.outputs, 1):
            _text(SubElement(row, "outputEntry", {"id": f"rule_{number}_out_{place}"}), cell.text)


def _text(parent: Element, text: str) -> None:
    SubElement(parent, "text").text = text


def _given(**attributes: str) -> dict[str, str]:
    return {key: value for key, value in attributes.items() if value}
