"""Personal numbers and phones are masked; showing them needs a reason, is written down first, and lasts for a page."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.checkdigits import id_birth_date, id_check_character
from engine.model.form import Field
from engine.model.matter import CertificateDef, Matter
from engine.model.permission import FACE, NOTHING, ON_REASON, VEILED
from engine.model.values import Json
from engine.services.accounts import Session
from engine.services.permission import sees_of
from engine.services.watching import Watching

LONGEST, SHORTEST = 500, 4
_NUMBERED = ("身份证号", "电话")
_PERSON = 4  # letters up to which a name is taken for a person's: no organisation is so short
_FEWEST = 2  # letters of a name that are worth hiding
_ID = re.compile(r"(?<![0-9A-Za-z])[1-9][0-9]{16}[0-9Xx](?![0-9A-Za-z])", re.ASCII)
_MOBILE = re.compile(r"(?<![0-9A-Za-z])1[3-9][0-9]{9}(?![0-9A-Za-z])", re.ASCII)


class Unmasking:
    """Shows a case's personal data in full, after saying so."""

    def __init__(self, watching: Watching) -> None:
        self._watching = watching

    def open(self, session: Session, case: Case, matter: Matter, reason: str, page: str) -> None:
        """Write down who wants to see what and why; C004 without a reason. The caller shows it after this returned."""
        _opens(session)
        text, account = _reason(reason), session.account
        content: dict[str, Json] = {
            "case": case.id, "number": case.number, "page": page, "fields": list(fields_of(case, matter)),
            "reason": text, "roles": list(account.roles),
        }  # fmt: skip
        self._watching.told(f"unmask:{account.id}", account.id, f"显示完整信息 {case.number}", content)

    def open_list(self, session: Session, page: str, reason: str) -> None:
        """Write down who wants to see the names of a list, and why; C004 without a reason."""
        _opens(session)
        text, account = _reason(reason), session.account
        content: dict[str, Json] = {"page": page, "fields": ["姓名"], "reason": text, "roles": list(account.roles)}
        self._watching.told(f"unmask:{account.id}", account.id, "显示完整信息 列表姓名", content)


def _opens(session: Session) -> None:
    if not may_unmask(session):
        raise ZhunyuError(
            "A002", "您的岗位不显示个人信息。", "确需查看的，请由安全岗位在权限表里调整。", status=403
        )


def _reason(reason: str) -> str:
    text = reason.strip()
    if not SHORTEST <= len(text) <= LONGEST:
        raise ZhunyuError(
            "C004", "没有写明理由。" if len(text) < SHORTEST else "理由过长。",
            f"请写明为什么要看完整信息（{SHORTEST} 至 {LONGEST} 字），将记入安全日志。", status=422,
        )  # fmt: skip
    return text


def of_people(names: Iterable[str]) -> tuple[str, ...]:
    """Those of some names of holders that are people's, as far as a name tells: short, or with the dot of names of
    some peoples (名·姓)."""
    return tuple(dict.fromkeys(one for one in names if _FEWEST <= len(one) <= _PERSON or "·" in one))


def fields_of(case: Case, matter: Matter) -> tuple[str, ...]:
    """The titles of what is personal in the case."""
    found = [field.title for field, _ in _answered(case, matter) if _personal(field)]
    return ("申请人", *dict.fromkeys(found))


def hidden_words(case: Case, matter: Matter, *, names: bool) -> tuple[str, ...]:
    """The texts of the case that are masked; with `names` those of people, too."""
    words = [word for field, answer in _answered(case, matter) for word in _hidden(field, answer, names)]
    for subject in case.subjects:
        if subject.kind == "自然人":
            words += [subject.code, *([subject.name] if names else [])]
    if names:
        words.append(case.initiator.name if case.initiator.kind == "applicant" else "")
    return tuple(sorted({word for word in words if len(word) >= _FEWEST}, key=lambda word: (-len(word), word)))


def _answered(case: Case, matter: Matter) -> Iterator[tuple[Field, object]]:
    """Every field of the form and of the records that has an answer, with it."""
    yield from ((field, case.answers[field.id]) for field in matter.fields() if field.id in case.answers)
    forms = {step.id: step.form for step in matter.route if step.form is not None}
    for done in case.steps:
        if done.step in forms:
            fields = forms[done.step].fields
            yield from ((field, done.answers[field.id]) for field in fields if field.id in done.answers)


def masked(text: str, words: tuple[str, ...] = ()) -> str:
    """The text with the words, and everything that is an identity number or a mobile number, reduced to its ends."""
    for word in words:
        text = text.replace(word, short(word))
    text = _ID.sub(lambda found: short(found[0]) if _is_id(found[0].upper()) else found[0], text)
    return _MOBILE.sub(lambda found: short(found[0]), text)


def short(word: str) -> str:
    """138****5678; of a name the first letter."""
    if len(word) > 7:
        return f"{word[:3]}****{word[-4:]}"
    return word[:1] + "＊" * (len(word) - 1)


def sees_names(session: Session) -> bool:
    """Whether the posts of the session have business with people: they see names, others do not."""
    return bool(sees_of(session.account) & {FACE, ON_REASON})


def may_unmask(session: Session) -> bool:
    """Whether a reason opens anything at all."""
    return bool(sees_of(session.account) - {NOTHING})


def still_hidden(session: Session, case: Case, matter: Matter) -> tuple[str, ...]:
    """The texts of the case that stay masked after a reason was given: for those whose posts need the face of the
    certificate only, everything that does not stand on one."""
    seen = sees_of(session.account, case.matter)
    if seen & {VEILED, ON_REASON}:
        return ()
    faces = {text for definition in matter.certificates for text in _on_the_face(definition, case)}
    return tuple(word for word in hidden_words(case, matter, names=False) if word not in faces)


def _on_the_face(definition: CertificateDef, case: Case) -> Iterator[str]:
    """The answers that a certificate of the case shows as they are."""
    for rule in definition.lines.values():
        for path in rule.reads:
            answer = case.answers.get(path.partition(".")[0])
            yield from (str(one) for one in answer.values()) if isinstance(answer, Mapping) else (str(answer),)


def _is_id(code: str) -> bool:
    return id_birth_date(code) is not None and id_check_character(code[:17]) == code[17]


def _personal(field: Field) -> bool:
    return field.sensitive or field.kind in (*_NUMBERED, "人员") or any(map(_personal, field.columns))


def _hidden(field: Field, answer: object, names: bool) -> Iterator[str]:
    if isinstance(answer, list | tuple):
        for row in answer:
            if isinstance(row, Mapping):
                for column in field.columns:
                    yield from _hidden(column, row.get(column.id), names)
    elif field.kind == "人员" and isinstance(answer, Mapping):
        yield from (str(value) for key, value in answer.items() if value and (key != "name" or names))
    elif isinstance(answer, str) and (field.sensitive or field.kind in _NUMBERED):
        yield answer
