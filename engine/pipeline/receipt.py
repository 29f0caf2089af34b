"""The content of a decision receipt: what was decided, by which version of the rules, from which inputs.

A value that is sensitive, that identifies a person or that would betray the anomaly watch stands as a commitment; the
openings lie beside the content and are left out of an applicant's receipt. Pure: time, salts and keys are arguments.
"""

from __future__ import annotations

import base64
import zlib
from collections.abc import Callable, Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.matters.encoding import encode
from engine.model.authority import Authority
from engine.model.case import Assessment, Case
from engine.model.certificate import Certificate
from engine.model.matter import Matter, Parameter
from engine.model.values import Json
from engine.pipeline.assess import form_and_names, judge
from engine.pipeline.context import Application
from engine.pipeline.disclosing import about_risk, protected, watched
from engine.pipeline.inputs import inputs_of
from engine.trust.receipt import FORMAT, commitment, salt_of

STAFF, APPLICANT = "工作人员", "申请人"
HELD = ("daily_cap", "frozen", "guard")  # why a case the rules would grant went to a person
SUPPLEMENTED = "supplement"
_NEUTRAL = ("frozen", "guard")
_IDENTITIES = ("applicant.code", "applicant.name", "original.holder_code", "original.holder_name")
VERDICT: dict[str, Json] = {
    "outcome": "", "by": "", "reason": "", "barred": [], "suggest": "", "held": "", "demanded": [], "missing": [],
    "waived": {},
}  # fmt: skip
_SECRETIVE = ("by", "reason", "barred", "held")
WATCH = "watch"  # stands for all inputs of the anomaly watch together: their names say too much
_LARGEST = 32 * 1024 * 1024


class Judgement(msgspec.Struct, frozen=True):
    """A case with everything its stored assessment was made from, as it was then."""

    case: Case
    matter: Matter
    original: Certificate | None
    authority: Authority | None
    calendar: Mapping[str, str]
    program: str


def content_of(judged: Judgement, secret: bytes, form: str) -> dict[str, Json]:
    """The content to be signed, for a form (工作人员 | 申请人).

    The applicant's has no openings, and the matter only where it names no anomaly watch. ZhunyuError K005 when the
    stored assessment does not come out again from what is stored: such a receipt could not be replayed.
    """
    case, matter = judged.case, judged.matter
    if case.assessment is None:
        raise ZhunyuError("A003", "这一办件没有由规则作出的判断，没有裁决回执。", status=404)
    application = application_of(judged)
    judged_at = _judged_at(case)
    today, law_day = date.fromisoformat(judged_at[:10]), date.fromisoformat(case.assessment.law_day)
    _, names = form_and_names(matter, application, case.initiator, today, judged.calendar, law_day=law_day)
    again = judge(matter, application, case.initiator, names, law_day)
    held = held_of(case.assessment, again)
    if held is None:
        raise ZhunyuError(
            "K005", "按办件保存的数据重算，与当时的判断不同，不能签发回执。",
            "请由系统管理员核查事项版本与保存的事实。", status=409,
        )  # fmt: skip
    seal = _Sealing(secret)
    body = _body(judged, law_day, judged_at)
    body["inputs"] = _inputs(judged, inputs_of(matter, names), seal)
    body["application"] = seal("application", msgspec.to_builtins(application))
    body |= _parts(matter, case.assessment, seal)
    body |= _verdict(matter, case.assessment, held, seal)
    open_to_all = not (matter.watch or watched(matter))
    return {
        "format": FORMAT, "form": form, "body": body,
        "openings": seal.openings if form == STAFF else {},
        "matter": packed(matter) if form == STAFF or open_to_all else "",
    }  # fmt: skip


def _body(judged: Judgement, law_day: date, judged_at: str) -> dict[str, Json]:
    """What stands in the clear in every form."""
    case, matter, who = judged.case, judged.matter, judged.case.initiator
    return {
        "case": case.number,
        "matter": {"id": matter.id, "title": matter.title, "hash": matter.hash},
        "program": judged.program,
        "judged_at": judged_at,
        "law_day": law_day.isoformat(),
        "authority": {"code": case.authority, "name": case.authority_name},
        "actor": {"kind": who.kind, "level": who.level, "authority": who.authority},
        "parameters": [_parameter(one, law_day) for one in matter.parameters],
        "facts": _facts(matter, case),
        "uploads": {id: [one.digest for one in files] for id, files in case.uploads.items() if files},
        "decision": _decision(case),
    }


def _verdict(
    matter: Matter, assessment: Assessment, held: str, seal: Callable[[str, Json], Json]
) -> dict[str, Json]:
    """The outcome and what goes with it; what would tell of the anomaly watch or the guard as commitments."""
    told = {**msgspec.to_builtins(assessment), "held": held}
    secretive = _betrays(matter, assessment, held)
    return {
        name: seal(name, told.get(name, empty)) if secretive and name in _SECRETIVE else told.get(name, empty)
        for name, empty in VERDICT.items()
    }


class _Sealing:
    """Commitments by name, and their openings."""

    def __init__(self, secret: bytes) -> None:
        self._secret = secret
        self.openings: dict[str, Json] = {}

    def __call__(self, name: str, value: Json) -> Json:
        salt = salt_of(self._secret, name)
        self.openings[name] = {"salt": salt, "value": value}
        return commitment(name, salt, value)


def application_of(judged: Judgement) -> Application:
    """The case as the application that was judged."""
    case = judged.case
    office = judged.authority or Authority(code=case.authority, name=case.authority_name, district=case.district)
    return Application(case.answers, case.uploads, case.subjects[0], dict(case.facts), judged.original, office,
                       case.confirmations)  # fmt: skip


def held_of(stored: Assessment, again: Assessment) -> str | None:
    """What kept a case from the outcome of the rules: "" nothing, one of HELD, SUPPLEMENTED; None when even so the
    two are not the same."""
    for held in ("", *HELD, SUPPLEMENTED):
        if adjusted(again, held, stored.reason) == stored:
            return held
    return None


def adjusted(assessment: Assessment, held: str, reason: str) -> Assessment:
    """The assessment as a case stores it when something outside the rules sent it to a person."""
    if not held or assessment.outcome != "秒批":
        return assessment
    if held == SUPPLEMENTED:
        suggest = assessment.suggest or "补正后符合条件"
        return msgspec.structs.replace(assessment, outcome="转人工", suggest=suggest)
    return msgspec.structs.replace(assessment, outcome="转人工", by=held, reason=reason)


def _judged_at(case: Case) -> str:
    """When the stored assessment was made: at filing, or when the supplement was answered."""
    return (case.supplement.answered_at if case.supplement else "") or case.received_at


def _parameter(parameter: Parameter, day: date) -> Json:
    entry = next((one for one in reversed(parameter.entries) if one.since <= day.isoformat()), None)
    told = {"id": parameter.id, "title": parameter.title, "on": day.isoformat()}
    return {**told, **(msgspec.to_builtins(entry) if entry is not None else {})}


def _facts(matter: Matter, case: Case) -> list[Json]:
    """Where each fact is from, and its digest: its values are among the inputs, as far as a rule reads them."""
    titles = {need.key: need.title for need in matter.facts}
    return [
        {"key": fact.key, "title": titles.get(fact.key, fact.key), "source": fact.source, "state": fact.state,
         "at": fact.fetched_at, "digest": fact.digest, "reason": fact.reason}
        for fact in case.facts.values()
    ]  # fmt: skip


def _inputs(judged: Judgement, inputs: Mapping[str, Json], seal: Callable[[str, Json], Json]) -> dict[str, Json]:
    personal = judged.case.subjects[0].kind == "自然人"

    def hides(path: str) -> bool:
        return protected((path,), judged.matter) or path == "applicant.agent" or (personal and path in _IDENTITIES)

    shown = {path: value for path, value in inputs.items() if not about_risk((path,))}
    found = {path: seal(f"inputs.{path}", value) if hides(path) else value for path, value in shown.items()}
    risky = {path: value for path, value in inputs.items() if path not in shown}
    return {**found, WATCH: seal(f"inputs.{WATCH}", risky)} if risky else found


def _parts(matter: Matter, assessment: Assessment, seal: Callable[[str, Json], Json]) -> dict[str, Json]:
    """Findings and rows with their traces; those of the anomaly watch as commitments."""
    hidden = watched(matter)

    def shown(name: str, id: str, value: Json) -> Json:
        return seal(name, value) if id in hidden else value

    verdict = msgspec.to_builtins(assessment)
    findings, rows = verdict["findings"], verdict["rows"]
    return {
        "findings": [shown(f"findings.{place}", one["check"], one) for place, one in enumerate(findings)],
        "rows": [shown(f"rows.{place}", one["row"], one) for place, one in enumerate(rows)],
    }


def _betrays(matter: Matter, assessment: Assessment, held: str) -> bool:
    """Whether the verdict itself would tell of the anomaly watch or the guard."""
    hidden = watched(matter)
    told = {one.check for one in assessment.findings if one.result in ("failed", "unknown", "pending")}
    told |= {one.row for one in assessment.rows if one.result != "not_reached"}
    return held in _NEUTRAL or assessment.by in hidden or bool(hidden & told)


def _decision(case: Case) -> Json:
    found = case.decision
    if found is None:
        return None
    return {"outcome": found.outcome, "at": found.at, "automatic": found.automatic, "number": found.number}


def packed(matter: Matter) -> str:
    """The published form of a matter, compressed, as base64 text."""
    return base64.b64encode(zlib.compress(encode(msgspec.structs.replace(matter, hash="")), 9)).decode("ascii")


def unpacked(text: str) -> bytes:
    """The published form of a matter with an empty hash; K005 when the text is none or far too large."""
    try:
        worker = zlib.decompressobj()
        data = worker.decompress(base64.b64decode(text, validate=True), _LARGEST)
        if not worker.eof:
            raise ValueError("cut off or too large")
    except (ValueError, zlib.error) as error:
        raise ZhunyuError("K005", "回执所附的事项读不出。", "请从办件页面重新下载。") from error
    return data
