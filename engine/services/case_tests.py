"""A case as a test: the application that was decided, without anybody's data, and the very same judgement of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import msgspec

from engine.errors import Problem, ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.test_scenes import types_of
from engine.matters.test_writer import WrittenTest
from engine.matters.tests_file import MatterTest
from engine.model.case import Assessment
from engine.model.certificate import Certificate
from engine.model.confirming import CONFIRMED
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.types import Type
from engine.model.values import Json, Missing
from engine.rules.inventory import entries
from engine.services.anonymising import Anonymous
from engine.services.backtest_past import Past
from engine.services.matter_tests import Outcome, observed, run_tests

_NOBODYS = ("区街道", "单选", "多选", "是否", "承诺", "数", "整数", "金额", "日期")
_KEPT_PARTS = {"applicant": ("kind", "level", "authority"), "original": ("status", "type", "district", "valid_from",
               "valid_to", "issued_on")}  # fmt: skip


def as_written(past: Past, catalogue: Catalogue, name: str = "") -> tuple[WrittenTest, Outcome]:
    """A case as a test of its matter as it is now, with made-up data in the place of everybody's, and its outcome.

    A003 when the matter is not in the catalogue; M188 when the matter now judges the case otherwise than it was
    judged, or when a value cannot be replaced without changing the judgement: then the problems name it.
    """
    matter = catalogue.matters.get(past.case.matter)
    if matter is None:
        raise ZhunyuError("A003", f"没有事项 {past.case.matter}，或它有错误。", "请先用 zhunyu lint 检查。", status=404)
    real = scene_of_case(past, matter)
    judged = _judged(catalogue, real)
    decided = past.case.assessment
    if judged.assessment is None or decided is None or _verdict(judged.assessment) != _verdict(decided):
        raise ZhunyuError("M188", "现行事项对这件办件的结论与当时不同，没有写出测试。",
                          "请用 zhunyu backtest 看有哪些不同。")  # fmt: skip
    made = _without_names(real, catalogue, judged)
    outcome = _judged(catalogue, made)
    expect = observed(matter, outcome)
    last = past.case.decision.outcome if past.case.decision is not None else ""
    why = f"取自一件实际办件，个人信息已替换{f'；最后{last}' if last else ''}。"
    title = name or f"实际办件：{decided.outcome}，由 {decided.by}"
    return WrittenTest(msgspec.structs.replace(made, name=title, expect=expect), why), outcome


def scene_of_case(past: Past, matter: Matter) -> MatterTest:
    """The application of a case as a test would say it, with everything in it that is anybody's."""
    case, who = past.case, past.case.initiator
    subject = case.subjects[0]
    day = (case.supplement.answered_at if case.supplement is not None else "") or case.received_at
    known = {field.id for field in matter.fields()}
    return MatterTest(
        name="", matter=matter.id, file="", line=0, at=day[:10],
        applicant={
            "code": subject.code, "name": subject.name, "kind": subject.kind, "level": who.level,
            "authority": who.authority or "无", "agent": who.name,
        },
        answers={key: value for key, value in case.answers.items() if key in known},
        expect={},
        facts={need.key: _answer(case.facts.get(need.key)) for need in matter.facts},
        materials=tuple(sorted(id for id, files in case.uploads.items() if files)),
        original=_register(past.original) if past.original is not None else None,
        confirmations={id: one.state == CONFIRMED for id, one in case.confirmations.items()},
    )  # fmt: skip


def personal(test: MatterTest, catalogue: Catalogue) -> dict[str, str]:
    """Every free text of a scene that may be somebody's, with the path it stands at."""
    found: dict[str, str] = {}
    words = _words(test, catalogue)

    def keep(path: str, value: str) -> str:
        if value and value not in words and _anybodys(value, words):
            found.setdefault(value, path)
        return value

    _mapped(test, catalogue, keep)
    return found


def _anybodys(value: str, words: frozenset[str]) -> bool:
    """Whether anything is left of a text besides the matter's own words and punctuation."""
    for word in sorted((one for one in words if len(one) > 1 and one in value), key=len, reverse=True):
        value = value.replace(word, "、")
    return any(sign.isalnum() for sign in value)


def _without_names(real: MatterTest, catalogue: Catalogue, judged: Outcome) -> MatterTest:
    values, words = personal(real, catalogue), _words(real, catalogue)
    matter = catalogue.matters[real.matter]
    births = any(_reads_birth(entry.rule.logic) for entry in entries(matter))
    for kept in dict.fromkeys((False, births)):
        made = _replaced(real, catalogue, Anonymous(values, words, kept))
        if _same(_judged(catalogue, made), judged) and not leaks(made, catalogue, values):
            return made
    problems = tuple(_culprits(real, catalogue, judged, values, births))
    raise ZhunyuError("M188", "有的内容不能换成示例数据而不改变结论，没有写出测试。", "请手工写这个测试。",
                      problems=problems)  # fmt: skip


def _culprits(
    real: MatterTest, catalogue: Catalogue, judged: Outcome, values: Mapping[str, str], births: bool
) -> Iterator[Problem]:
    """The values that keep the judgement only as they are; all of them where no single one is to blame."""
    words = _words(real, catalogue)
    found = []
    for value, path in values.items():
        made = _replaced(real, catalogue, Anonymous(values, words, births, frozenset({value})))
        if _same(_judged(catalogue, made), judged):
            found.append(path)
    titles = catalogue.matters[real.matter].titles
    for path in dict.fromkeys(found or values.values()):
        yield Problem("M188", f"{titles.get(path, path)} 的内容换不掉。", "规则可能读了它的具体文字。")


def leaks(test: MatterTest, catalogue: Catalogue, values: Mapping[str, str]) -> tuple[str, ...]:
    """The paths of original values of two signs or more that still stand somewhere in a scene."""
    said = "\n".join(personal(test, catalogue))
    return tuple(path for value, path in values.items() if len(value) > 1 and value in said)


def _replaced(test: MatterTest, catalogue: Catalogue, anonymous: Anonymous) -> MatterTest:
    words = _words(test, catalogue)
    return _mapped(test, catalogue, lambda _path, value: value if value in words else anonymous.of(value))


def _mapped(test: MatterTest, catalogue: Catalogue, change: Callable[[str, str], str]) -> MatterTest:
    """The scene with every free text changed; choices, numbers, days and districts are nobody's."""
    matter = catalogue.matters[test.matter]
    register = types_of("original", matter, catalogue)
    fields = {field.id: field for field in matter.fields()}
    needs = {need.key: need for need in matter.facts}
    answers = {
        key: value if fields[key].kind in _NOBODYS else _walked(fields[key].type, value, key, change)
        for key, value in test.answers.items()
    }
    facts = {key: _walked(needs[key].type, value, key, change) for key, value in test.facts.items()}
    return msgspec.structs.replace(
        test, answers=answers, facts=facts, applicant=_record("applicant", test.applicant, {}, change),
        original=None if test.original is None else _record("original", test.original, register, change),
    )  # fmt: skip


def _record(
    name: str, given: Mapping[str, Any], types: Mapping[str, Type], change: Callable[[str, str], str]
) -> dict[str, Any]:
    kept, text = _KEPT_PARTS[name], Type("text")
    return {
        key: value if key in kept else _walked(types.get(key, text), value, f"{name}.{key}", change)
        for key, value in given.items()
    }


def _walked(type_: Type, value: Any, path: str, change: Callable[[str, str], str]) -> Any:
    if isinstance(value, dict):
        known = type_.parts
        return {
            key: _walked(known[key].type if key in known else Type("text"), one, f"{path}.{key}", change)
            for key, one in value.items()
        }
    if isinstance(value, list | tuple):
        return [_walked(type_, one, path, change) for one in value]
    if isinstance(value, str) and value != "unavailable" and type_.kind in ("text", "record", "rows"):
        return change(path, value)
    return value


def _words(test: MatterTest, catalogue: Catalogue) -> frozenset[str]:
    """What is the matter's own and nobody's: choices, lists, literals, offices, and the districts and streets told."""
    found: set[str] = {"有效", "注销", "撤销", "作废", "制证中", "长期"}
    matter = catalogue.matters[test.matter]
    register = types_of("original", matter, catalogue).values()
    for type_ in (*(field.type for field in matter.fields()), *(need.type for need in matter.facts), *register):
        found |= set(_choices(type_))
    found |= {value for values in matter.codes.values() for value in values}
    for entry in entries(matter):
        found |= set(_literals(entry.rule.logic))
    for field in matter.fields():
        told = test.answers.get(field.id)
        found |= {one for one in told.values() if isinstance(one, str)} if field.kind == "区街道" and told else set()
    for office in matter.authorities:
        found |= {office.code, office.name, office.district, office.short, office.district_short}
    return frozenset(found - {""})


def _choices(type_: Type) -> Iterator[str]:
    yield from type_.values
    for part in type_.parts.values():
        yield from _choices(part.type)


def _literals(logic: Json) -> Iterator[str]:
    if isinstance(logic, str):
        yield logic
    elif isinstance(logic, dict):
        for name, given in logic.items():
            if name not in ("var", "dec", "date"):
                yield from _literals(given)
    elif isinstance(logic, list | tuple):
        for one in logic:
            yield from _literals(one)


def _reads_birth(logic: Json) -> bool:
    if isinstance(logic, dict):
        return any(name == "birth_date" or _reads_birth(given) for name, given in logic.items())
    return isinstance(logic, list | tuple) and any(map(_reads_birth, logic))


def _answer(fact: Fact | None) -> Any:
    if fact is None or fact.state in ("unavailable", "pending"):
        return "unavailable"
    return Missing.EMPTY if fact.state in ("empty", "not_applicable") else fact.value


def _register(found: Certificate) -> dict[str, Json]:
    columns = ("number", "status", "holder_code", "holder_name", "district", "valid_from", "valid_to", "issued_on")
    given = {**{key: getattr(found, key) for key in columns}, "status": found.status.value}
    kept = {key: value for key, value in given.items() if value}
    return {**found.item, **kept, "authority": found.authority_name, "face": dict(found.face)}


def _judged(catalogue: Catalogue, test: MatterTest) -> Outcome:
    return next(run_tests(catalogue, [msgspec.structs.replace(test, expect={})]))


def _verdict(assessment: Assessment) -> tuple[Any, ...]:
    """What must stay: outcome, row, every finding, every row."""
    return (
        assessment.outcome,
        assessment.by,
        tuple((one.check, one.result) for one in assessment.findings),
        tuple((one.row, one.result) for one in assessment.rows),
    )


def _same(one: Outcome, other: Outcome) -> bool:
    if one.assessment is None or other.assessment is None:
        return False
    materials = [(set(it.waived), set(it.demanded)) for it in (one.assessment, other.assessment)]
    return (
        _verdict(one.assessment) == _verdict(other.assessment)
        and materials[0] == materials[1]
        and (len(one.faults) == len(other.faults))
    )
