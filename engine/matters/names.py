"""The names a matter's rules may use: its fields and facts, the contexts, code lists and parameters."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from engine.matters import kinds, tree
from engine.matters.reference import CertificateType, Reference, Source
from engine.matters.yaml_reader import Map
from engine.model.rule import Rule
from engine.model.types import Part, Type
from engine.rules.scope import Name

TEXT, DATE, BOOL = Type("text"), Type("date"), Type("bool")
CONTEXTS = (
    "applicant", "authority", "original", "material", "risk", "today", "accepted_on", "calendar", "outcome", "row",
    "precheck_passed", "code", "param", "step", "confirm",
)  # fmt: skip
GRANTED, REFERRED, PASSED = "outcome.instant", "outcome.manual", "precheck_passed"
VERDICTS = (Name(GRANTED, "秒批", BOOL, asked=True), Name(REFERRED, "转人工", BOOL, asked=True))
ALL_PASSED = Name(PASSED, "预审全部通过", BOOL, asked=True)
_AUTHORITY = Type("enum", values=("本人", "法定代表人", "授权", "无"))


def fields(tree_: Map) -> Iterator[tuple[Map, str, Map]]:
    """Every field with its group and the group's title."""
    for group in tree_.get("form") or ():
        for one in group["fields"]:
            yield group, tree.text(group, "group"), one


def records(tree_: Map) -> Iterator[tuple[Map, Map]]:
    """Every step of the route whose record is declared field by field, with that record."""
    for step in tree_.get("route") or ():
        if isinstance(step.get("record"), Map):
            yield step, step["record"]


def recorded(steps: Iterable[tuple[str, str, Mapping[str, Part]]]) -> Name | None:
    """The name 环节 with the records of steps, each given by id, title and the parts of its record."""
    parts = {id: Part(title, Type("record", parts=dict(fields))) for id, title, fields in steps}
    return Name("step", "环节", Type("record", parts=parts)) if parts else None


def confirmations(titles: Mapping[str, str]) -> Name | None:
    """The name 确认 with every confirmation by id; what a party says in its own verified account is authoritative."""
    parts = {id: Part(title, BOOL) for id, title in titles.items()}
    return Name("confirm", "确认", Type("record", parts=parts), authoritative=True) if parts else None


def of_matter(node: Map, reference: Reference, guards: Mapping[str, Rule]) -> tuple[Name, ...]:
    """All names; `guards` gives the conditions of the conditional fields and facts by id and key."""
    return (*own(node, reference, guards), *shared(reference))


def shared(reference: Reference) -> tuple[Name, ...]:
    """The names that every matter has: code lists and parameters."""
    found = [Name(f"code.{name}", f"代码.{name}", listed(values)) for name, values in reference.codes.items()]
    found += [Name(f"param.{one.id}", f"参数.{name}", one.type) for name, one in reference.parameters.items()]
    return tuple({name.path: name for name in reversed(found)}.values())[::-1]


def own(node: Map, reference: Reference, guards: Mapping[str, Rule]) -> tuple[Name, ...]:
    """The names of the matter itself: fields, facts, contexts, records of steps."""
    found = [*_fields(node, reference, guards), *_facts(node, reference, guards), *_contexts(node, reference)]
    steps = recorded(
        (tree.text(step, "step"), tree.text(step, "title"),
         {tree.text(one, "id"): kinds.part(one, reference.codes) for one in record["fields"]})
        for step, record in records(node)
    )  # fmt: skip
    said = confirmations({tree.text(one, "id"): tree.text(one, "title") for one in node.get("countersign") or ()})
    found += [one for one in (steps, said) if one is not None]
    seen: dict[str, Name] = {}
    for name in found:
        seen.setdefault(name.path, name)
    return tuple(seen.values())


def _fields(node: Map, reference: Reference, guards: Mapping[str, Rule]) -> Iterator[Name]:
    for _, group, one in fields(node):
        id = tree.text(one, "id")
        yield Name(
            path=id,
            title=tree.text(one, "title"),
            type=kinds.type_of(one, reference.codes),
            group=group,
            guard=guards.get(id),
            sensitive=tree.truth(one, "sensitive", kinds.KINDS[one["kind"]].sensitive),
        )


def fact_type(fact: Map, source: Source) -> Type:
    """What a fact holds: the source's answer, or one such answer per row when it is asked for each."""
    return Type("rows", parts=source.type.parts) if "each" in fact else source.type


def _facts(node: Map, reference: Reference, guards: Mapping[str, Rule]) -> Iterator[Name]:
    for key, fact in (node.get("facts") or {}).items():
        source = reference.sources.get(tree.text(fact, "from"))
        if source is not None:
            title = tree.text(fact, "title", source.title)
            type_ = fact_type(fact, source)
            yield Name(key, title, type_, guard=guards.get(key), authoritative=source.authoritative)


def _contexts(node: Map, reference: Reference) -> Iterator[Name]:
    return contexts(
        districts=reference.codes.get(kinds.DISTRICTS, ()),
        materials={tree.text(one, "id"): tree.text(one, "title") for one in node.get("materials") or ()},
        risks=tuple(one["use"] for one in node.get("watch") or () if tree.truth(one, "holds")),
        certificate=reference.certificates.get(tree.text(node.get("acts_on") or Map(node.mark), "type")),
    )


def listed(values: tuple[str, ...]) -> Type:
    """The type of a code list's name."""
    return Type("multi", values=values)


def _record(**parts: tuple[str, Type]) -> Type:
    return Type("record", parts={id: Part(title, type) for id, (title, type) in parts.items()})


def contexts(
    *,
    districts: tuple[str, ...],
    materials: Mapping[str, str],
    risks: tuple[str, ...],
    certificate: CertificateType | None,
) -> Iterator[Name]:
    """The names beside form and facts: who applies, who handles, the days, materials by id and title, risk signs by
    id, and the certificate acted on."""
    district = Type("enum", values=districts)
    subject = Type("enum", values=("法人", "自然人"))
    yield Name("applicant", "申请人", _record(
        code=("代码", TEXT), name=("名称", TEXT), kind=("类型", subject), level=("核验级别", Type("number")),
        authority=("授权", _AUTHORITY), agent=("经办人", TEXT),
    ))  # fmt: skip
    yield Name("authority", "办理机关", _record(
        code=("代码", TEXT), name=("名称", TEXT), district=("区", district), short=("简称", TEXT),
    ))  # fmt: skip
    yield Name("today", "今天", DATE)
    yield Name("accepted_on", "受理日", DATE)
    if materials:
        yield Name("material", "材料", _record(**{id: (title, BOOL) for id, title in materials.items()}))
    if risks:
        yield Name("risk", "风险", _record(**{risk: (risk, BOOL) for risk in risks}))
    if certificate is not None:
        yield Name("original", "原证", original(certificate, district))


def original(kind: CertificateType, district: Type) -> Type:
    """The certificate acted on, as rules see it: the register's columns, its items, and its printed face."""
    status = Type("enum", values=("有效", "注销", "撤销", "作废", "制证中"))
    fixed = _record(
        number=("编号", TEXT), status=("状态", status), holder_code=("持证人代码", TEXT), holder_name=("持证人", TEXT),
        authority=("发证机关", TEXT), district=("区", district), valid_from=("有效期起", DATE),
        valid_to=("有效期止", DATE), issued_on=("发证日期", DATE),
    )  # fmt: skip
    face = Type("record", parts={title: Part(title, TEXT) for title in kind.face})
    return Type("record", parts={**kind.item, **fixed.parts, "face": Part("照面", face)})
