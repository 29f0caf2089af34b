"""更正 of a slip of the pen in a letter or on a certificate. What changes the decision is never corrected."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.events import CertificateLocked, CertificateOrdered, Happened
from engine.model.facts import Fact
from engine.model.matter import CertificateDef, Matter, Numbering
from engine.model.moves import CorrectCertificate, CorrectLetter
from engine.model.moving import CERTIFICATE, LETTER, Correction
from engine.model.people import Actor
from engine.model.rule import Rule
from engine.model.values import Json
from engine.model.wording import day_in_words
from engine.pipeline.context import Context, Step
from engine.pipeline.handing import require_words
from engine.pipeline.move_rules import CORRECTS, at_of, require, why_no_permission
from engine.stages.push import notices

CORRECTED = "更正"  # the action of the certificate's version
LONGEST = 60  # a slip of the pen is short
_DECIDING = ("准予", "不予", "许可", "受理", "撤销", "注销", "吊销", "同意", "驳回", "终止", "批准")
_NEGATIONS = "不未无非否"
_ENGINE_LINES = ("编号", "发证机关", "发证日期", "有效期限")
TO_REVOCATION = (
    "这处改动会改变决定的内容，不是笔误，不能更正。",
    "决定有错误的，请在“依职权办理”中办理撤销；持证人的情况有变化的，由持证人申请变更。",
)
_LETTER_TITLES = {"准予": ("granted", "准予行政许可决定书"), "不予许可": ("refused", "不予行政许可决定书"),
                  "不予受理": ("not-accepted", "不予受理决定书")}  # fmt: skip


def letters_of(matter: Matter, case: Case) -> tuple[tuple[str, str], ...]:
    """The letters the case has, by their kind in the register of letters, with titles."""
    found: list[tuple[str, str]] = []
    if not matter.ex_officio:
        found.append(("accepted", "受理通知书") if case.accepted_at else ("received", "收件凭证"))
    elif any(one.until and not one.public for one in case.steps):
        found.append(("notice", f"{matter.granting}事先告知书"))
    if case.supplement is not None:
        found.append(("supplement", "补正告知书"))
    if case.decision is not None and matter.ex_officio:
        found.append(("determination", f"{case.decision.outcome}决定书"))
    elif case.decision is not None and case.decision.outcome in _LETTER_TITLES:
        found.append(_LETTER_TITLES[case.decision.outcome])
    if case.moves.termination is not None:
        found.append(("terminated", "终止办理决定书"))
    return tuple(found)


def letter_kind(case: Case, kind: str) -> str:
    """How a letter is entered in the register: those of a case that is decided again are letters of their own."""
    return f"{kind}-again{len(case.remands)}" if case.remands else kind


def corrections_of(case: Case, target: str) -> tuple[Correction, ...]:
    """The corrections of a letter, by its kind, or of a certificate, by its id; oldest first. What was corrected before
    the case was opened again are other letters."""
    since = case.remands[-1].at if case.remands else ""
    return tuple(one for one in case.moves.corrections if one.target == target and one.at >= since)


def corrected_kind(kind: str, version: int) -> str:
    """How the register of letters names a corrected version; 0 is the letter as it was first made."""
    return f"{kind}-c{version}" if version else kind


def base_kind(kind: str) -> tuple[str, int]:
    """The reverse of `corrected_kind`."""
    base, mark, version = kind.rpartition("-c")
    return (base, int(version)) if mark and version.isdecimal() else (kind, 0)


def why_not_correct(matter: Matter, case: Case, actor: Actor) -> str:
    """Why the actor corrects nothing of the case."""
    return why_no_permission(CORRECTS, case, actor)


def correct_letter(
    matter: Matter, case: Case, command: CorrectLetter, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The letter's next version says `now` where it said `was`; the one before it is kept, and marked."""
    require(why_not_correct(matter, case, context.actor), 403)
    title = dict(letters_of(matter, case)).get(command.letter)
    if title is None or command.letter == "received":
        raise ZhunyuError("C004", "没有可以更正的这份文书。", "请选择本办件已有的文书。", status=422)
    reason = require_words(command.reason, "更正的理由")
    was, now = command.was.strip(), command.now.strip()
    require_slip(case, was, now)
    version = 1 + len(corrections_of(case, command.letter))
    made = Correction(LETTER, command.letter, title, version, was, now, reason, context.actor, at_of(context))
    return _told(matter, case, made, context)


def correct_certificate(
    matter: Matter, case: Case, command: CorrectCertificate, facts: Mapping[str, Fact], context: Context
) -> Step:
    """The certificate's next version, under its number, with one line put right; the one before it is replaced."""
    require(why_not_correct(matter, case, context.actor), 403)
    certificate = context.certificates.get(command.certificate)
    if certificate is None or certificate.case != case.id or certificate.status is not CertificateStatus.VALID:
        what = "只能更正由本办件核发、现在有效的证照。"
        raise ZhunyuError("C005", what, "请到最近一次核发它的办件中更正。", status=409)
    reason = require_words(command.reason, "更正的理由")
    was, now = certificate.face.get(command.line, ""), command.now.strip()
    if not was or command.line not in correctable_lines(matter, certificate):
        raise ZhunyuError("C004", *TO_REVOCATION, status=422)
    _require_slip(was, now)
    definition = _definition(matter, certificate)
    if definition is None or (_is_judged(matter, definition, command.line) and now not in _attested(matter, case)):
        raise ZhunyuError("C004", *TO_REVOCATION, status=422)
    version = 1 + len(corrections_of(case, certificate.id))
    made = Correction(
        CERTIFICATE, certificate.id, certificate.title, version, was, now, reason, context.actor, at_of(context),
        command.line,
    )  # fmt: skip
    step = _told(matter, case, made, context)
    lock = CertificateLocked(certificate.id, certificate.version)
    return Step(step.case, (*step.events, lock, _order(certificate, definition, command.line, was, now)))


def correctable_lines(matter: Matter, certificate: Certificate) -> tuple[str, ...]:
    """The lines of a face in which a slip of the pen may be put right; number, office and term are the decision's."""
    own = {certificate.labels.get(line, line) for line in _ENGINE_LINES}
    definition = _definition(matter, certificate)
    lines = _lines(definition) if definition is not None else {}
    return tuple(title for title in certificate.face if title not in own and title in lines)


def _told(matter: Matter, case: Case, made: Correction, context: Context) -> Step:
    moves = msgspec.structs.replace(case.moves, corrections=(*case.moves.corrections, made))
    case = msgspec.structs.replace(case, moves=moves)
    what = f"《{made.title}》的“{made.line}”" if made.line else f"《{made.title}》"
    words = f"{what}有笔误，已更正；更正前的同时失效。"
    told = Happened(CORRECTED, words, made.reason)
    return Step(case, (told, *notices(matter, case, "进展", at_of(context), words)))


def require_slip(case: Case, was: str, now: str) -> None:
    """C004 unless the change of a letter is a slip of the pen, and touches no number and no day that counts."""
    _require_slip(was, now)
    if any(word in was for word in _fixed(case)):
        raise ZhunyuError("C004", *TO_REVOCATION, status=422)


def _require_slip(was: str, now: str) -> None:
    """C004 unless the change is a slip of the pen by its words."""
    if not was or not now or was == now:
        raise ZhunyuError("C004", "请写明原来的文字和更正后的文字。", status=422)
    if len(was) > LONGEST or len(now) > LONGEST:
        raise ZhunyuError("C004", f"笔误的文字应当简短，不超过 {LONGEST} 字。", "请只写有误的那几个字。", status=422)
    deciding = any(word in was or word in now for word in _DECIDING)
    turned = [sum(text.count(one) for one in _NEGATIONS) for text in (was, now)]
    if deciding or turned[0] != turned[1]:
        raise ZhunyuError("C004", *TO_REVOCATION, status=422)


def _fixed(case: Case) -> tuple[str, ...]:
    """What no correction of a letter touches: numbers, and the days from which periods run."""
    days = [case.accepted_at[:10], case.received_at[:10], case.due_legal[:10], case.due_promised[:10]]
    days += [case.decision.at[:10]] if case.decision is not None else []
    days += [case.supplement.due[:10], case.supplement.asked_at[:10]] if case.supplement is not None else []
    given = [day for day in days if re.fullmatch(r"\d{4}-\d\d-\d\d", day)]
    return (case.number, *given, *(day_in_words(date.fromisoformat(day)) for day in given))


def _definition(matter: Matter, certificate: Certificate) -> CertificateDef | None:
    return next((one for one in matter.certificates if one.type == certificate.type), None)


def _lines(definition: CertificateDef) -> dict[str, tuple[Rule, ...]]:
    """The rules of each line: its own, and those that may stand in its place."""
    found: dict[str, tuple[Rule, ...]] = {title: (rule,) for title, rule in definition.lines.items()}
    for also in definition.also:
        for title, rule in also.lines.items():
            found[title] = (*found.get(title, ()), rule)
    return found


def _is_judged(matter: Matter, definition: CertificateDef, line: str) -> bool:
    """Whether the line prints something that the decision was judged by."""
    rules = [row.when for row in matter.decide]
    rules += [rule for check in matter.precheck for rule in (check.require, check.when)]
    judged = {path for rule in rules for path in rule.reads} | set(matter.unique)
    reads = {path for rule in _lines(definition).get(line, ()) for path in rule.reads}
    roots = {path.split(".", maxsplit=1)[0] for path in judged if "." not in path}
    return any(path in judged or path.split(".", maxsplit=1)[0] in roots for path in reads)


def _attested(matter: Matter, case: Case) -> frozenset[str]:
    """The texts that authoritative sources have said of the case, and the applicant's verified name."""
    known = {need.key for need in matter.facts if need.authoritative}
    said = {text for fact in case.facts.values() if fact.key in known for text in _texts(fact.value)}
    return frozenset({*said, case.subjects[0].name})


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts(one)


def _order(
    certificate: Certificate, definition: CertificateDef, line: str, was: str, now: str
) -> CertificateOrdered:
    """The next version: the same in everything but the line, and what the register keeps under the same rule."""
    rules = {rule.text for rule in _lines(definition).get(line, ())}
    same = {key for key, rule in definition.item.items() if rule.text in rules}
    item = {key: now if key in same and value == was else value for key, value in certificate.item.items()}
    named = certificate.holder_name == was and line in (definition.named, "单位名称", "姓名")
    one = certificate
    return CertificateOrdered(
        certificate=one.id, previous=one.id, previous_version=one.version, action=CORRECTED, type=one.type,
        title=one.title, holder_code=one.holder_code, holder_name=now if named else one.holder_name,
        authority=one.authority, authority_name=one.authority_name, district=one.district, issued_on=one.issued_on,
        valid_from=one.valid_from, valid_to=one.valid_to, face={**one.face, line: now}, item=item, layout=one.layout,
        seal=one.seal, numbering=Numbering(kept=True), names={}, restart_key="", photo=one.photo, labels=one.labels,
        annexes=one.annexes, duplicate=one.duplicate, duplicate_annexes=one.duplicate_annexes, notes=one.notes,
    )  # fmt: skip
