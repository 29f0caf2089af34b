"""The test file beside a matter: scenes and what is expected of them, merged and ready to run."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any, ClassVar

import msgspec

from engine.errors import Problem
from engine.matters import merging, names, structure, tree
from engine.matters.catalogue import Catalogue
from engine.matters.link_certificate import FILLED
from engine.matters.yaml_reader import UNAVAILABLE, Map, Mark, parse
from engine.model.matter import Matter
from engine.model.types import Part, Type
from engine.model.values import Json, Missing

UNCONFIRMED = "待确认"  # the expectation of a test that a person still has to confirm
APPLICANT = {
    "代码": "code",
    "名称": "name",
    "类型": "kind",
    "核验级别": "level",
    "授权": "authority",
    "经办人": "agent",
}
_NOBODYS = ("undecidable", "precheck", "disagreement")  # `by` where no single row or check decides
_CERTIFICATE = (
    "number", "annexes", "duplicate", "notes", "type", "title", "valid_from", "valid_to", "issued_on", "holder_code",
    "holder_name", "authority_name", "district", "status", "item", "face",
)  # fmt: skip


class MatterTest(msgspec.Struct, frozen=True, omit_defaults=True):
    """One test, ready to run.

    `at` and `accepted_on` are ISO dates. `applicant` has code, name, kind, level, authority, agent. `answers` are
    stored answers by field id. `facts` maps keys to a record, rows, Missing.EMPTY or "unavailable"; a fact that is
    not named is pending for the runner to decide. `records` are those of steps by id, for what comes after
    them; `confirmations` what second parties said, by id.
    `materials` are the ids handed in. `expect` is as written; what
    it does not name is not checked. `unconfirmed` marks a test whose expectation a person still has to confirm: its
    `expect` is empty.
    """

    name: str
    matter: str
    file: str
    line: int
    at: str
    applicant: dict[str, Json]
    answers: dict[str, Json]
    expect: dict[str, Json]
    facts: dict[str, Any] = {}
    materials: tuple[str, ...] = ()
    original: dict[str, Json] | None = None
    risk: dict[str, Json] = {}
    accepted_on: str = ""
    unconfirmed: bool = False
    records: dict[str, dict[str, Json]] = {}
    confirmations: dict[str, bool] = {}


class TestsFile(msgspec.Struct, frozen=True):
    """A test file: its tests without fault, the scene they stand on as a test without a name, and what it asks.

    `coverage` are the least percentages by figure: rows, findings, atoms, mcdc and mutants, those that are written.
    """

    __test__: ClassVar[bool] = False  # not a test for pytest to collect

    tests: tuple[MatterTest, ...] = ()
    base: MatterTest | None = None
    coverage: dict[str, float] = {}


def load_tests(path: Path, catalogue: Catalogue) -> tuple[tuple[MatterTest, ...], tuple[Problem, ...]]:
    """The tests of a file and what is wrong with it; a test with a fault is left out."""
    found, problems = load_file(path, catalogue)
    return found.tests, problems


def load_file(path: Path, catalogue: Catalogue) -> tuple[TestsFile, tuple[Problem, ...]]:
    """A whole test file and what is wrong with it."""
    file = shown(path)
    try:
        data = path.read_bytes()
    except OSError as error:
        return TestsFile(), (Problem("M100", f"读不出文件：{error.strerror}。", "请检查路径和权限。", file),)
    return parse_file(data, file, catalogue)


def parse_file(data: bytes, file: str, catalogue: Catalogue) -> tuple[TestsFile, tuple[Problem, ...]]:
    """As `load_file`, from the bytes of a file of this name."""
    node, found = parse(data, file, tags=True)
    problems = list(found)
    if not isinstance(node, Map):
        return TestsFile(), tuple(problems)
    wrong = structure.check(node, "tests")
    if problems or wrong:
        return TestsFile(), (*problems, *wrong)
    matter = catalogue.matters.get(node["matter"])
    mark = tree.place(node, "matter")
    if file.rpartition("/")[2] != f"{node['matter']}.tests.yaml":
        problems.append(tree.at("M183", mark, f"测试文件名应为 {node['matter']}.tests.yaml。", "请改名。"))
    if matter is None:
        problems.append(tree.at("M183", mark, f"没有事项 {node['matter']}，或它有错误。", "请先改正事项。"))
        return TestsFile(), tuple(problems)
    tests = _tests(node, matter, catalogue, problems)
    wanted = {key: float(value) for key, value in (node.get("coverage") or {}).items()}
    scene = scene_of(node)
    base = None if problems else resolved(merging.merge(scene, Map(scene.mark)), scene, matter, catalogue)
    return TestsFile(tests, base, wanted), tuple(problems)


def _tests(node: Map, matter: Matter, catalogue: Catalogue, problems: list[Problem]) -> tuple[MatterTest, ...]:
    base = scene_of(node)
    wrong = tuple(_scene_problems(node, matter, catalogue))
    problems += wrong
    seen: set[str] = set()
    tests = []
    for one in node["tests"]:
        name = tree.text(one, "name")
        found = list(_problems(one, matter, catalogue))
        if name in seen:
            found.append(tree.at("M181", tree.place(one, "name"), f"测试“{name}”重复。", "请改一个名称。"))
        seen.add(name)
        problems += found
        if not (found or wrong):
            tests.append(resolved(merging.merge(base, one), one, matter, catalogue))
    return tuple(tests)


def shown(path: Path) -> str:
    """The path of a test file as its tests name it."""
    parts = path.parts
    return "/".join(parts[parts.index("matters") :]) if "matters" in parts else path.name


def scene_of(node: Map) -> Map:
    """What every test of a file stands on, as written."""
    scene = Map(node.mark)
    for key, value in node.items():
        if key not in ("matter", "tests", "coverage"):
            scene.put(key, value, node.key_at[key], node.value_at[key])
    return scene


def resolved(scene: Map, own: Map, matter: Matter, catalogue: Catalogue) -> MatterTest:
    """The test that `own` is on a merged scene: answers as stored, the applicant's defaults filled in."""
    types = {field.id: field.type for field in matter.fields()}
    given = scene.get("given") or {}
    answers = {key: merging.stored(types[key], value) for key, value in given.items() if value is not None}
    return MatterTest(
        name=tree.text(own, "name"),
        matter=matter.id,
        file=own.mark.file,
        line=tree.place(own, "name").line,
        at=tree.text(scene, "at"),
        accepted_on=tree.text(scene, "accepted_on"),
        applicant=_applicant(scene, answers, matter),
        answers=answers,
        facts=_facts(scene, matter),
        materials=tree.texts(scene, "materials"),
        original=_original(scene, matter, catalogue),
        risk=tree.bare(scene.get("risk") or {}),
        expect={} if own.get("expect") == UNCONFIRMED else tree.bare(own.get("expect") or {}),
        unconfirmed=own.get("expect") == UNCONFIRMED,
        records=_records(scene, matter),
        confirmations={key: value in (True, "是") for key, value in (scene.get("confirmations") or {}).items()},
    )


def recorded_types(matter: Matter) -> dict[str, Type]:
    """The types of the records that steps of the matter have, by step id."""
    return {
        step.id: Type("record", parts={one.id: Part(one.title, one.type) for one in step.form.fields})
        for step in matter.route
        if step.form is not None
    }


def _records(scene: Map, matter: Matter) -> dict[str, dict[str, Json]]:
    types = recorded_types(matter)
    return {key: merging.stored(types[key], value) for key, value in (scene.get("records") or {}).items()}


def _original(scene: Map, matter: Matter, catalogue: Catalogue) -> dict[str, Json] | None:
    written = scene.get("original")
    if not isinstance(written, Map) or matter.acts_on is None:
        return None
    kind = catalogue.reference.certificates[matter.acts_on.type]
    made: dict[str, Json] = merging.stored(names.original(kind, Type("text")), written)
    return made


def _applicant(scene: Map, answers: dict[str, Json], matter: Matter) -> dict[str, Json]:
    written = {APPLICANT.get(key, key): tree.bare(value) for key, value in (scene.get("applicant") or {}).items()}
    person = matter.applicant == ("自然人",)
    kind = "身份证号" if person else "统一社会信用代码"
    code = next((answers[field.id] for field in matter.fields() if field.kind == kind and field.id in answers), "")
    standing = {"authority": "本人"} if person else {"authority": "法定代表人"}
    defaults = {"kind": "自然人" if person else "法人", "code": code, "name": answers.get("name", ""), "level": 3}
    made: dict[str, Json] = {**defaults, **standing, "agent": "", **written}
    made["code"], made["name"] = str(made["code"]), str(made["name"])
    return made


def _facts(scene: Map, matter: Matter) -> dict[str, Any]:
    needs = {one.key: one for one in matter.facts} | {one.title: one for one in matter.facts}
    made: dict[str, Any] = {}
    for key, value in (scene.get("facts") or {}).items():
        if value is UNAVAILABLE:
            made[needs[key].key] = "unavailable"
        elif value is Missing.EMPTY or value is None:
            made[needs[key].key] = Missing.EMPTY
        else:
            made[needs[key].key] = merging.stored(needs[key].type, value)
    return made


def _problems(one: Map, matter: Matter, catalogue: Catalogue) -> Iterator[Problem]:
    yield from _scene_problems(one, matter, catalogue)
    yield from _expectations(one, matter, catalogue)


def _scene_problems(scene: Map, matter: Matter, catalogue: Catalogue) -> Iterator[Problem]:
    fields = {field.id: field.type for field in matter.fields()}
    given = scene.get("given") or Map(scene.mark)
    for key, value in given.items():
        if key not in fields:
            yield _unknown("M180", given, key, "字段", fields)
        else:
            yield from _parts(given, key, value, fields[key])
    facts = scene.get("facts") or Map(scene.mark)
    needs = {one.key: one.type for one in matter.facts} | {one.title: one.type for one in matter.facts}
    for key, value in facts.items():
        if key not in needs:
            yield _unknown("M180", facts, key, "事实", [one.key for one in matter.facts])
        elif _shapeless(value, needs[key]):
            many = needs[key].kind == "rows"
            yield tree.at(
                "M184", tree.key_place(facts, key), f"事实 {key} 应为{'若干行记录' if many else '一条记录'}。",
                f"请写成 {'[{…}, {…}]' if many else '{…}'}，查无写 !empty，未取到写 !unavailable。",
            )  # fmt: skip
        else:
            yield from _parts(facts, key, value, needs[key])
    applicant = scene.get("applicant") or Map(scene.mark)
    for key in applicant:
        if key not in (*APPLICANT, *APPLICANT.values()):
            yield _unknown("M180", applicant, key, "申请人的", APPLICANT.values())
    original = scene.get("original") or Map(scene.mark)
    if matter.acts_on is not None:
        kind = catalogue.reference.certificates[matter.acts_on.type]
        yield from _parts(scene, "original", original, names.original(kind, Type("text")))
    elif original:
        yield tree.at(
            "M180", tree.key_place(scene, "original"), "这个事项不办理已有证照，没有原证。", "请删去 original。"
        )
    yield from _record_problems(scene, matter)
    materials = {one.id for one in matter.materials}
    for id in tree.texts(scene, "materials"):
        if id not in materials:
            yield tree.at("M180", tree.place(scene, "materials"), f"没有材料 {id}。", tree.near(id, materials))


def _record_problems(scene: Map, matter: Matter) -> Iterator[Problem]:
    said, asked = scene.get("confirmations") or Map(scene.mark), {sign.id for sign in matter.countersign}
    yield from (_unknown("M180", said, key, "对方确认", asked) for key in said if key not in asked)
    written, types = scene.get("records") or Map(scene.mark), recorded_types(matter)
    for key, value in written.items():
        if key not in types:
            yield _unknown("M180", written, key, "填记录表的环节", types)
        else:
            yield from _parts(written, key, value, types[key])


def _shapeless(value: Any, type: Type) -> bool:
    if value is UNAVAILABLE or value is Missing.EMPTY or value is None:
        return False
    if type.kind == "rows":
        return not isinstance(value, list) or not all(isinstance(row, Map) for row in value)
    return type.kind == "record" and not isinstance(value, Map)


def _parts(node: Map, key: str, value: Any, type: Type) -> Iterator[Problem]:
    """The parts of a record or the columns of rows that the type does not have."""
    if not type.parts:
        return
    for one in value if isinstance(value, list) else [value]:
        if isinstance(one, Map):
            for part in one:
                if part not in type.parts:
                    yield _unknown("M180", one, part, f"{key} 的内容", type.parts)


def _unknown(code: str, node: Map, key: str, what: str, known: Collection[str]) -> Problem:
    return tree.at(code, tree.key_place(node, key), f"没有{what} {key}。", tree.near(key, known))


def _expectations(one: Map, matter: Matter, catalogue: Catalogue) -> Iterator[Problem]:
    if one["expect"] == UNCONFIRMED:
        return
    expect: Map = one["expect"]
    checks = {check.id for check in matter.precheck}
    materials = {need.id for need in matter.materials}
    known: dict[str, Collection[str]] = {
        "findings": checks,
        "hints": checks,
        "waived": materials,
        "demanded": materials,
        "route": {step.id for step in matter.route},
        "by": {*checks, *(row.id for row in matter.decide), *_NOBODYS},
        "to": set(catalogue.known),
        "office": {office.name for office in matter.authorities},
    }
    for key, ids in known.items():
        for id in tree.texts(expect, key) if isinstance(expect.get(key), list) else (tree.text(expect, key),):
            if id and id not in ids:
                mark: Mark = tree.place(expect, key)
                yield tree.at("M182", mark, f"{key} 里的 {id} 不在事项里。", tree.near(id, ids))
    face = {title for made in matter.certificates for title in (*made.lines, *made.labels.values())} | set(FILLED)
    certificate: Map = expect.get("certificate") or Map(expect.mark)
    for key in certificate:
        if key not in face and key not in _CERTIFICATE:
            yield _unknown("M182", certificate, key, "照面内容", [*face, *_CERTIFICATE])
