"""Running the tests beside a matter: pure judgement, no store, no sources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Any

import msgspec

from engine.errors import ZhunyuError
from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import MatterTest
from engine.model.authority import Authority
from engine.model.case import Assessment, Case, Status, StepRecord, Upload
from engine.model.certificate import Certificate, CertificateStatus, cell
from engine.model.confirming import CONFIRMED, DECLINED, Confirmation
from engine.model.events import CertificateOrdered
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.people import Actor, Subject
from engine.model.values import Json, Missing, Value
from engine.pipeline.assess import check_form, judge, names_of
from engine.pipeline.confirming import digest_of, party_of
from engine.pipeline.context import Application
from engine.pipeline.records import with_records
from engine.services.offices import office_for
from engine.stages.certificate.ordering import effects_on_register
from engine.stages.workflow import following

_HINT = "提示"
_REGISTER = ("valid_from", "valid_to", "issued_on", "type", "title", "holder_code", "holder_name", "authority_name",
             "district")  # fmt: skip


class Outcome(msgspec.Struct, frozen=True):
    """How a test went: `faults` says in words what differed; () when it passed.

    `assessment` and the `names` it was judged by are there unless the test could not be run.
    """

    test: MatterTest
    faults: tuple[str, ...]
    assessment: Assessment | None = None
    names: dict[str, Value] = {}

    @property
    def passed(self) -> bool:
        """Whether nothing differed."""
        return not self.faults

    @property
    def unconfirmed(self) -> bool:
        """Whether a person still has to say what is expected: neither passed nor failed."""
        return self.test.unconfirmed


class Scene(msgspec.Struct, frozen=True):
    """A test made ready for the pipeline."""

    matter: Matter
    application: Application
    actor: Actor
    today: date


def run_tests(catalogue: Catalogue, tests: Iterable[MatterTest]) -> Iterator[Outcome]:
    """Judge every test, one after the other."""
    calendar = catalogue.reference.calendar
    for test in tests:
        matter = catalogue.matters[test.matter]
        try:
            yield _run(scene(matter, test), test, calendar)
        except ZhunyuError as error:
            yield Outcome(test, (str(error),))


def scene(matter: Matter, test: MatterTest) -> Scene:
    """The application, the actor and the day a test describes."""
    who = test.applicant
    subject = Subject(str(who["kind"]), str(who["code"]), str(who["name"]))
    actor = Actor(
        kind="applicant", id="test", name=str(who.get("agent", "")), level=int(who["level"]),
        authority=str(who["authority"]),
    )  # fmt: skip
    original = _original(matter, test) if test.original is not None else None
    application = Application(
        answers=dict(test.answers),
        uploads={id: (Upload(id, f"{id}.pdf", "application/pdf", 1, ""),) for id in test.materials},
        subject=subject,
        facts={need.key: _fact(need.key, need.source, test) for need in matter.facts},
        original=original,
        authority=office_for(matter, test.answers, original, date.fromisoformat(test.at), subject),
    )
    today = date.fromisoformat(test.at)
    if test.confirmations:
        application = _with_confirmations(matter, application, actor, today, test)
    return Scene(matter, application, actor, today)


def _with_confirmations(
    matter: Matter, application: Application, actor: Actor, today: date, test: MatterTest
) -> Application:
    """What second parties said of the very application of the test."""
    answers = check_form(matter, application, actor, today, {}).answers
    said: dict[str, Confirmation] = {}
    for sign in matter.countersign:
        if sign.id in test.confirmations:
            party = party_of(sign, application, answers)
            state = CONFIRMED if test.confirmations[sign.id] else DECLINED
            said[sign.id] = Confirmation(state, party, digest_of(sign, party, answers), f"{test.at}T09:00:00+08:00")
    return msgspec.structs.replace(application, confirmations=said)


def judge_scene(scene: Scene, calendar: Mapping[str, str]) -> tuple[Assessment, dict[str, Value]]:
    """The assessment of a scene and the names it was judged by."""
    names = names_of(scene.matter, scene.application, scene.actor, scene.today, calendar)
    return judge(scene.matter, scene.application, scene.actor, names, scene.today), names


def form_faults(scene: Scene, calendar: Mapping[str, str]) -> tuple[str, ...]:
    """What keeps the form from being submitted at all, in words."""
    reading = check_form(scene.matter, scene.application, scene.actor, scene.today, calendar)
    titles = scene.matter.titles
    return (
        *(f"{titles.get(path, path)}：{message}" for path, message in reading.errors.items()),
        *(f"没有填写{titles.get(path, path)}" for path in reading.missing),
    )


def _run(scene: Scene, test: MatterTest, calendar: Mapping[str, str]) -> Outcome:
    faults = tuple(f"表单：{words}" for words in form_faults(scene, calendar))
    assessment, names = judge_scene(scene, calendar)
    names = with_records(scene.matter, _filled(test), names, scene.today)
    return Outcome(test, (*faults, *differences(scene, test, assessment, names)), assessment, names)


def _filled(test: MatterTest) -> Iterator[StepRecord]:
    """The records a test gives, as of steps that are over."""
    at = f"{test.at}T09:00:00+08:00"
    yield from (StepRecord(id, "", "", at, finished_at=at, answers=dict(one)) for id, one in test.records.items())


def observed(matter: Matter, outcome: Outcome, beside: Outcome | None = None) -> dict[str, Json]:
    """What came out, as an expectation: outcome, by and findings, and the rest where it says something.

    Materials and hints are named where they differ from those of `beside`, the scene the file stands on.
    """
    if outcome.assessment is None:
        return {}
    seen = _seen(scene(matter, outcome.test), outcome.assessment, outcome.names, {"route": None})
    usual = {"hints": set(), "to": "", "route": [], "waived": seen["waived"], "demanded": seen["demanded"]}
    if beside is not None and beside.assessment is not None:
        usual |= {"waived": set(beside.assessment.waived), "demanded": set(beside.assessment.demanded)}
    order = [*(check.id for check in matter.precheck), *(need.id for need in matter.materials)]
    return {
        key: sorted(value, key=order.index) if isinstance(value, set) else value
        for key, value in seen.items()
        if key not in usual or usual[key] != value
    }


def differences(scene: Scene, test: MatterTest, assessment: Assessment, names: Mapping[str, Value]) -> Iterator[str]:
    """What came out otherwise than the test expects, in words."""
    expected = test.expect
    yield from _differences(expected, _seen(scene, assessment, names, expected))
    if "barred" in expected:
        yield from _barred(expected["barred"], assessment)
    if "certificate" in expected:
        yield from _certificate(expected["certificate"], scene, names)


def _seen(
    scene: Scene, assessment: Assessment, names: Mapping[str, Value], expected: Mapping[str, Json]
) -> dict[str, Any]:
    """What came out, in the words of `expect`; sets are compared as sets."""
    wrong = [finding for finding in assessment.findings if finding.result in ("failed", "unknown")]
    seen: dict[str, Any] = {
        "outcome": assessment.outcome,
        "by": assessment.by,
        "findings": {one.check for one in wrong if not _hint(scene.matter, one.check)},
        "hints": {one.check for one in wrong if _hint(scene.matter, one.check) and one.result == "failed"},
        "waived": set(assessment.waived),
        "demanded": set(assessment.demanded),
        "to": next((one.to for one in wrong if one.to), ""),
    }
    if "office" in expected:
        office = scene.application.authority
        seen["office"] = office.name if office is not None else ""
    if "route" in expected:
        seen["route"] = _route(scene, assessment, names)
    return seen


def _differences(expected: Mapping[str, Json], seen: Mapping[str, Any]) -> Iterator[str]:
    for key, found in seen.items():
        if key not in expected:
            continue
        wanted = set(expected[key] or ()) if isinstance(found, set) else expected[key]
        if wanted != found:
            yield f"{key} 应为 {_words(wanted)}，实为 {_words(found)}"


def _barred(wanted: Json, assessment: Assessment) -> Iterator[str]:
    if isinstance(wanted, int):
        if wanted != len(assessment.barred):
            yield f"barred 应有 {wanted} 条，实有 {len(assessment.barred)} 条"
        return
    for text in [wanted] if isinstance(wanted, str) else wanted:
        if not any(text in line for line in assessment.barred):
            yield f"barred 没有提到“{text}”，实为 {_words(list(assessment.barred))}"


def _certificate(wanted: Mapping[str, Json], scene: Scene, names: Mapping[str, Value]) -> Iterator[str]:
    order = next((one for one in _orders(scene, names) if isinstance(one, CertificateOrdered)), None)
    if order is None:
        yield "没有产生证照"
        return
    original = scene.application.original
    for key, value in wanted.items():
        if key == "number":
            found: Any = original.number if order.numbering.kept and original is not None else "（新编）"
        elif key in _REGISTER:
            found = getattr(order, key)
        elif key == "notes":
            found = [one.text for one in order.notes]
        elif key == "duplicate":
            found = order.duplicate
        elif key == "annexes":
            found = _annexes(order)
        elif key == "item":
            found = {name: order.item.get(name) for name in value}
        else:
            found = order.face.get(key, "")
        if str(found) != str(value):
            yield f"证照 {key} 应为 {value}，实为 {found}"


def _annexes(order: CertificateOrdered) -> dict[str, list[list[str]]]:
    """The rows of every annex by its title, as they are printed."""
    printed: dict[str, list[list[str]]] = {}
    for one in order.annexes:
        rows = order.item.get(one.item)
        listed = rows if isinstance(rows, list) else []
        printed[one.title] = [[cell(row.get(id)) for id in one.columns] for row in listed]
    return printed


def _orders(scene: Scene, names: Mapping[str, Value]) -> tuple[Any, ...]:
    office = scene.application.authority or Authority("", "")
    case = _case(scene, None)
    ids = tuple(f"new-{place}" for place in range(len(scene.matter.certificates)))
    return effects_on_register(scene.matter, case, names, scene.today, office, scene.application.original, ids)


def _route(scene: Scene, assessment: Assessment, names: Mapping[str, Value]) -> list[str]:
    """The steps in order when each goes on to the next one; none for what is granted at once or not filed."""
    if assessment.outcome not in ("转人工", "建议不予受理"):
        return []
    case, steps = _case(scene, assessment), list[str]()
    step = following(scene.matter, case, names, "")
    while step is not None and step.id not in steps:
        steps.append(step.id)
        step = following(scene.matter, case, names, step.id)
    return steps


def _case(scene: Scene, assessment: Assessment | None) -> Case:
    matter, application, day = scene.matter, scene.application, scene.today.isoformat()
    office = application.authority or Authority("", "")
    return Case(
        id="test", number="test", matter=matter.id, matter_title=matter.title, matter_hash=matter.hash, origin="网上",
        initiator=scene.actor, subjects=(application.subject,), authority=office.code, authority_name=office.name,
        district=office.district, status=Status.RECEIVED, received_at=f"{day}T09:00:00+08:00",
        answers=application.answers, uploads=application.uploads, facts=application.facts, assessment=assessment,
    )  # fmt: skip


def _fact(key: str, source: str, test: MatterTest) -> Fact:
    at = f"{test.at}T09:00:00+08:00"
    value = test.facts.get(key, "unavailable")
    if value == "unavailable":
        return Fact(key, source, "unavailable", fetched_at=at, reason="测试中没有答复")
    if value is Missing.EMPTY or value is None:
        return Fact(key, source, "empty", fetched_at=at)
    return Fact(key, source, "value", value, fetched_at=at)


def _original(matter: Matter, test: MatterTest) -> Certificate:
    given = dict(test.original or {})
    own = {"number", "status", "holder_code", "holder_name", "authority", "district", "valid_from", "valid_to",
           "issued_on", "face"}  # fmt: skip
    office = str(given.get("authority", ""))
    face = {key: str(text) for key, text in (given.get("face") or {}).items()}
    return Certificate(
        id="original", number=str(given.get("number", "")), type=matter.acts_on.type if matter.acts_on else "",
        title=str(given.get("title", "")), holder_code=str(given.get("holder_code", "")),
        holder_name=str(given.get("holder_name", "")), authority=office, authority_name=office,
        district=str(given.get("district", "")), status=CertificateStatus(str(given.get("status", "有效"))), version=1,
        issued_on=str(given.get("issued_on", "")), valid_from=str(given.get("valid_from", "")),
        valid_to=str(given.get("valid_to", "")), face=face,
        matter="", case="", item={key: value for key, value in given.items() if key not in own},
    )  # fmt: skip


def _hint(matter: Matter, check: str) -> bool:
    return any(one.id == check and one.on_fail == _HINT for one in matter.precheck)


def _words(value: Any) -> str:
    if isinstance(value, set):
        value = sorted(value)
    if isinstance(value, list):
        return "、".join(map(str, value)) or "（无）"
    return str(value) or "（无）"
