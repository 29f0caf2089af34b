"""What the entries of the history committed to: made again from the events of a case, or destroyed with its key."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from engine.model.events import CertificateOrdered
from engine.ports.cases import RecordedEvent
from engine.ports.keys import DESTROYED
from engine.ports.store import Transaction
from engine.services.projection import told_of_commit
from engine.trust.canonical import canonical
from engine.trust.history import Fault

CASE = "case:"
KEYS_TRAIL, DESTRUCTION = "keys", "销毁密钥"


def contents_of(tx: Transaction, case: str) -> dict[int, bytes]:
    """What each commit of a case told the history, made again from its events, by case version."""
    loaded = tx.cases.load(case)
    by_version: dict[int, list[RecordedEvent]] = {}
    for event in tx.cases.events(case):
        by_version.setdefault(event.version, []).append(event)
    made, states = {}, tx.past.digests(case)
    signed: dict[int, list[tuple[str, str]]] = {}
    for act in tx.signing.acts(case):
        signed.setdefault(act.version, []).append((act.digest, act.certificate))
    for version, recorded in by_version.items():
        events = tuple(one.event for one in recorded)
        numbers = {
            event.certificate: found.number
            for event in events
            if isinstance(event, CertificateOrdered) and (found := tx.certificates.load(event.certificate)) is not None
        }
        number = loaded.number if loaded else ""
        first = recorded[0]
        made[version] = canonical(
            told_of_commit(
                case, number, version, first.at, first.actor.id, events, numbers, signed.get(version, ()),
                states.get(version, ""), first.actor,
            )
        ) if all((one.at, one.actor) == (first.at, first.actor) for one in recorded) else b""
    return made


def is_destroyed(tx: Transaction, trail: str) -> bool:
    """Whether the key of the trail's case was destroyed: what its entries committed to cannot be known any more."""
    if not trail.startswith(CASE):
        return False
    key = tx.keys.get(trail.removeprefix(CASE))
    return key is not None and key.state == DESTROYED


def unrecorded_destruction(tx: Transaction, trail: str) -> Iterator[Fault]:
    """A destruction that nobody recorded hides something."""
    case = trail.removeprefix(CASE)
    for one in tx.history.of_trail(KEYS_TRAIL):
        if one.entry.what == DESTRUCTION and one.content is not None:
            told = msgspec.json.decode(one.content)
            if isinstance(told, dict) and told.get("case") == case:
                return
    yield Fault("内容", 0, f"{trail} 的密钥没有了，却没有销毁记录。")
