"""The certificate of a granted case: its face, its term, its number's template — or the end of one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import msgspec

from engine.model.authority import Authority
from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus, Note, Photo
from engine.model.events import CertificateChanged, CertificateOrdered, Event
from engine.model.matter import CertificateDef, Matter, Numbering
from engine.model.values import Missing, Unavailable, Value, value_at
from engine.model.wording import day_in_words, fill, in_words
from engine.rules.evaluator import evaluate, test
from engine.stages.certificate.validity import term

ENDING = {"注销": CertificateStatus.CANCELLED, "撤销": CertificateStatus.REVOKED}
NOTING = "加注"
NEW = "新发"
NUMBER_PLACE = "{编号}"
LONG_TERM = "长期"


def effects_on_register(
    matter: Matter,
    case: Case,
    names: Mapping[str, Value],
    decided: date,
    authority: Authority,
    original: Certificate | None,
    ids: tuple[str, ...],
) -> tuple[Event, ...]:
    """What a grant does to the register: one order per certificate it yields, or the end of the one acted on.

    `ids` are fresh certificate ids, one per declared certificate. A certificate acted on keeps its own, but 新发 makes
    another one and leaves it as it is.
    """
    events: list[Event] = []
    for declared, fresh in zip(matter.certificates, ids, strict=False):
        definition = _settled(declared, names)
        if definition.action in ENDING and original is not None:
            status = ENDING[definition.action]
            events.append(CertificateChanged(original.id, status, matter.title, reservations_released=True))
        else:
            before = None if definition.action == NEW else original
            order = _order(definition, matter, case, names, decided, authority, before, fresh)
            if before is not None:  # a licence that has a 副本 keeps having one
                order = msgspec.structs.replace(
                    order, duplicate=order.duplicate or before.duplicate,
                    duplicate_annexes=order.duplicate_annexes or before.duplicate_annexes,
                )  # fmt: skip
                order = _annotated(order, before) if definition.action == NOTING else order
            events.append(order)
    return tuple(events)


def _settled(definition: CertificateDef, names: Mapping[str, Value]) -> CertificateDef:
    """The certificate with the lines and items whose condition is true in the place of its own."""
    for also in definition.also:
        if test(also.when, names) is True:
            definition = msgspec.structs.replace(
                definition, lines={**definition.lines, **also.lines}, item={**definition.item, **also.item}
            )
    return definition


def _order(
    definition: CertificateDef,
    matter: Matter,
    case: Case,
    names: Mapping[str, Value],
    decided: date,
    authority: Authority,
    original: Certificate | None,
    fresh: str,
) -> CertificateOrdered:
    subject = case.subjects[0]
    valid_from, valid_to = term(definition, decided, names, original)
    year = str(decided.year)
    return CertificateOrdered(
        certificate=original.id if original else fresh,
        previous=original.id if original else "",
        previous_version=original.version if original else 0,
        action=definition.action,
        type=definition.type,
        title=definition.title,
        holder_code=subject.code,
        holder_name=_holder_name(definition, names, subject.name),
        authority=authority.code,
        authority_name=authority.name,
        district=authority.district or case.district,
        issued_on=decided.isoformat(),
        valid_from=valid_from,
        valid_to=valid_to,
        face=_face(definition, names, authority, decided, valid_from, valid_to),
        item=_item(definition, names),
        layout=definition.layout,
        seal=definition.seal,
        numbering=definition.number,
        names={
            "年": year, "月": f"{decided.month:02d}", "日": f"{decided.day:02d}", "区": authority.district,
            "区简称": authority.district_short, "机关简称": authority.short, "机关代码": authority.code,
        },
        restart_key="|".join((definition.type, *_restart(definition, authority, decided))),
        photo=_photo(definition, case, original),
        labels=definition.labels,
        annexes=definition.annexes,
        duplicate=definition.duplicate,
        duplicate_annexes=definition.duplicate_annexes,
        notes=_notes(definition, matter, names, decided, original),
    )


def _photo(definition: CertificateDef, case: Case, original: Certificate | None) -> Photo | None:
    """The picture handed in with the case, else the one on the certificate acted on."""
    given = case.uploads.get(definition.photo, ()) if definition.photo else ()
    if given:
        return Photo(given[-1].digest, given[-1].id)
    return original.photo if original is not None else None


def _annotated(order: CertificateOrdered, original: Certificate) -> CertificateOrdered:
    """加注 leaves the licence as it is: only its 副本 gets the note."""
    return msgspec.structs.replace(
        order, title=original.title, holder_name=original.holder_name, authority=original.authority,
        authority_name=original.authority_name, district=original.district, issued_on=original.issued_on,
        valid_from=original.valid_from, valid_to=original.valid_to, face=dict(original.face),
        annexes=original.annexes, duplicate=True, layout=original.layout, seal=original.seal or order.seal,
        duplicate_annexes=order.duplicate_annexes or original.duplicate_annexes, numbering=Numbering(kept=True),
        labels=original.labels,
    )  # fmt: skip


def _notes(
    definition: CertificateDef, matter: Matter, names: Mapping[str, Value], decided: date, original: Certificate | None
) -> tuple[Note, ...]:
    """The notes of earlier versions, and the one this grant adds."""
    kept = original.notes if original is not None else ()
    if not definition.note:
        return kept
    hidden = frozenset(matter.sensitive)
    text = fill(definition.note, lambda path: "（已保护）" if path in hidden else in_words(value_at(path, names)))
    return (*kept, Note(decided.isoformat(), text))


def _item(definition: CertificateDef, names: Mapping[str, Value]) -> dict[str, object]:
    """What the register keeps; of a table only the columns that are registered."""
    item = {key: _json(evaluate(rule, names).value) for key, rule in definition.item.items()}
    for key, columns in definition.kept_columns.items():
        rows = item.get(key)
        if isinstance(rows, list):
            item[key] = [{id: row.get(id) for id in columns} for row in rows if isinstance(row, dict)]
    return item


def _restart(definition: CertificateDef, authority: Authority, decided: date) -> tuple[str, ...]:
    known = {"年": f"{decided:%Y}", "月": f"{decided:%Y%m}", "区": authority.district, "机关": authority.name}
    return tuple(known.get(word, word) for word in definition.number.restart)


def _holder_name(definition: CertificateDef, names: Mapping[str, Value], fallback: str) -> str:
    lines = definition.lines
    rule = lines.get(definition.named) or lines.get("单位名称") or lines.get("姓名")
    value = evaluate(rule, names).value if rule is not None else None
    return value if isinstance(value, str) and value else fallback


def _face(
    definition: CertificateDef,
    names: Mapping[str, Value],
    authority: Authority,
    decided: date,
    valid_from: str,
    valid_to: str,
) -> dict[str, str]:
    end = day_in_words(date.fromisoformat(valid_to)) if valid_to else ""
    start = day_in_words(date.fromisoformat(valid_from))
    filled = {
        "编号": NUMBER_PLACE,
        "发证机关": authority.name,
        "发证日期": day_in_words(decided),
        "有效期限": f"{start}至{end}" if end else LONG_TERM,
    }
    own = in_own_words(filled, definition.labels, end)
    face: dict[str, str] = {}
    for title in definition.face or (*definition.lines, *own):
        rule = definition.lines.get(title)
        if rule is not None:
            face[title] = in_words(evaluate(rule, names).value)
        elif title in own:
            face[title] = own[title]
    return face


def in_own_words(filled: Mapping[str, str], labels: Mapping[str, str], end: str) -> dict[str, str]:
    """The lines the engine fills, under the type's own words; a term called …至 says its last day `end` alone."""
    own = {labels.get(title, title): text for title, text in filled.items()}
    if end and (until := labels.get("有效期限", "")).endswith("至"):
        own[until] = end
    return own


def _json(value: Value) -> object:
    """A typed value as the register keeps it; what is missing is kept as null."""
    match value:
        case Missing() | Unavailable():
            return None
        case bool() | int() | str():
            return value
        case tuple():
            return [_json(item) for item in value]
        case Mapping():
            return {key: _json(item) for key, item in value.items()}
        case _:
            return str(value)
