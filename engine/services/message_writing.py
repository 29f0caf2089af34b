"""Messages are written in the transaction of what they tell of, by the declared rules; what goes outward is a job."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

import msgspec

from engine.model.case import Case
from engine.model.events import Event
from engine.model.messages import (
    APPLICANT,
    CONFIDENTIAL,
    GROUP,
    HANDLER,
    HOLDER,
    MessageRule,
    Trigger,
    filled,
    masked,
    triggers_of,
)
from engine.model.people import Actor
from engine.ports.cases import TaskRow
from engine.ports.effects import Job
from engine.ports.messages import PERSON, ROLE, SUBJECT, Address, Message
from engine.ports.store import Transaction
from engine.ports.world import Ids
from engine.services.message_rules import rules_for

NOTIFY = "notify"
_NUMBERS = re.compile(r"(?<![0-9A-Za-z])(?:[1-9][0-9]{16}[0-9Xx]|1[3-9][0-9]{9})(?![0-9A-Za-z])", re.ASCII)


class Telling(msgspec.Struct, frozen=True):
    """What is told: the event's key, the words of its texts, whom each audience means, and what the message opens."""

    key: str
    words: Mapping[str, str]
    audiences: Mapping[str, tuple[Address, ...]] = {}
    district: str = ""
    contact: str = ""
    case: str = ""
    link: str = ""
    confidential: bool = False


def told_of_events(
    tx: Transaction, case: Case, events: Iterable[tuple[int, Event]], actor: Actor, at: str, ids: Ids
) -> None:
    """Write the messages of the events of one commit; who acted is not told of it as a person."""
    for seq, event in events:
        for trigger in triggers_of(event):
            for rule in rules_for(tx, trigger.name):
                audiences = {one: _of_event(tx, one, case, event, actor.id) for one in rule.to}
                telling = Telling(
                    key=f"{case.id}.{seq}", words=_words(tx, case, trigger, event, actor), audiences=audiences,
                    district=case.district, contact=case.initiator.id if case.initiator.kind == "applicant" else "",
                    case=case.id, link="case", confidential=case.confidential,
                )  # fmt: skip
                write(tx, ids, rule, telling, at)


def tell(tx: Transaction, ids: Ids, trigger: str, telling: Telling, at: str) -> int:
    """Write the messages of something that is no event of a case; how many are new."""
    return sum(write(tx, ids, rule, telling, at) for rule in rules_for(tx, trigger))


def write(tx: Transaction, ids: Ids, rule: MessageRule, telling: Telling, at: str) -> int:
    """Write one rule's messages, one for each address that has not had it; how many are new."""
    new, hidden = 0, telling.confidential
    for address in dict.fromkeys(one for audience in rule.to for one in _addresses(audience, telling)):
        message = Message(
            id=ids.new(), event=f"{telling.key}.{rule.id}", rule=rule.id,
            title=CONFIDENTIAL if hidden else rule.title, text=_said(rule.text, telling),
            outward=_said(rule.outward, telling) if rule.outward else "", channels=rule.channels, urgent=rule.urgent,
            statutory=rule.statutory, contact=telling.contact if address.kind == SUBJECT else "", case=telling.case,
            link=telling.link, at=at,
        )  # fmt: skip
        if not tx.messages.add(message, address):
            continue
        new += 1
        if message.channels:
            tx.effects.enqueue(
                Job(id=ids.new(), kind=NOTIFY, case="", seq=0, to="", event=rule.title[:20],
                    body={"message": message.id}, key=f"{NOTIFY}-{message.id}", created_at=at)
            )  # fmt: skip
    return new


def role_address(role: str, district: str) -> Address:
    """Everybody who holds a role in a district, "" in any."""
    return Address(ROLE, f"{role}|{district}")


def scrubbed(text: str) -> str:
    """A text without identity and mobile numbers."""
    return _NUMBERS.sub("＊＊＊", text)


def _said(template: str, telling: Telling) -> str:
    return CONFIDENTIAL if telling.confidential else scrubbed(filled(template, telling.words))


def _addresses(audience: str, telling: Telling) -> tuple[Address, ...]:
    if audience in telling.audiences:
        return telling.audiences[audience]
    return () if audience in (APPLICANT, HOLDER, HANDLER, GROUP) else (role_address(audience, telling.district),)


def _of_event(tx: Transaction, audience: str, case: Case, event: Event, actor: str) -> tuple[Address, ...]:
    if audience == APPLICANT:
        if case.subjects:
            return (Address(SUBJECT, case.subjects[0].code),)
        return (Address(PERSON, case.initiator.id),) if case.initiator.kind == "applicant" else ()
    if audience == HANDLER:
        named = str(getattr(event, "person", "") or getattr(event, "to", ""))
        people = (named,) if named else tuple(task.claimed_by for task in _open_tasks(tx, case, event))
        return tuple(Address(PERSON, one) for one in dict.fromkeys(people) if one and one != actor)
    if audience == GROUP:
        if hasattr(event, "role"):
            role, district = str(event.role), str(getattr(event, "district", "")) or case.district
            return (role_address(role, district),) if role else ()
        waiting = (task for task in _open_tasks(tx, case, event) if not task.claimed_by)
        return tuple(dict.fromkeys(role_address(task.role, task.district) for task in waiting))
    return (role_address(audience, case.district),)


def _open_tasks(tx: Transaction, case: Case, event: Event) -> tuple[TaskRow, ...]:
    """The case's open tasks; only the one an event names, when it names one."""
    named = str(getattr(event, "task", ""))
    return tuple(one for one in tx.cases.tasks(case.id) if one.state == "open" and named in ("", one.task))


def _words(tx: Transaction, case: Case, trigger: Trigger, event: Event, actor: Actor) -> dict[str, str]:
    subject = case.subjects[0] if case.subjects else None
    told = {
        "事项": case.matter_title, "办件编号": case.number, "办理机关": case.authority_name,
        "申请人": masked(subject.kind, subject.name) if subject else "", "法定期限": _time(case.due_legal),
        "承诺期限": _time(case.due_promised or case.due_legal) or "见受理通知书",
        "补正期限": _time(case.supplement.due) if case.supplement else "", "人员": actor.name,
    }  # fmt: skip
    if "任务" in trigger.words and not hasattr(event, "title"):
        found = next(iter(_open_tasks(tx, case, event)), None)
        told |= {"任务": found.title, "期限": _time(found.due)} if found is not None else {}
    given = ((word, name) for word, name in trigger.words.items() if name and hasattr(event, name))
    told |= {word: _time(str(getattr(event, name))) for word, name in given}
    return told | {"期限": told.get("期限") or "未规定"}


def _time(text: str) -> str:
    """An ISO instant as people read it; anything else as it is."""
    return f"{text[:10]} {text[11:16]}" if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d.*", text) else text
