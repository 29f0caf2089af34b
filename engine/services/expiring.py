"""What comes due by the calendar alone, looked for once a day: certificates that end, bad ratings without an answer.

The day is written down when all of it is done; a day that was missed is caught up with. What was told is known by the
keys of the messages, so that a round that is broken off, run twice or run on two hosts tells nobody twice.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from engine.matters.reference import CertificateType
from engine.model.messages import GROUP, HOLDER, POINTS, MessageRule, masked
from engine.model.ratings import Rating
from engine.ports.messages import SUBJECT, Address
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.destroyed import or_outline
from engine.services.message_rules import rating_rules, rules_for
from engine.services.message_writing import Telling, role_address, tell, write
from engine.services.shelf import Shelf

ROUND = "daily"
_AT_ONCE = 100
_CAUGHT_UP = timedelta(days=31)  # the longest way back
_OPENING, _CLOSING, _END = POINTS


class Expiring:
    """The daily round."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf) -> None:
        self._store, self._clock, self._ids, self._shelf = store, clock, ids, shelf
        self._done: date | None = None

    def sweep(self) -> int:
        """Do today's round if nobody has; how many messages were written."""
        today = self._clock.now().date()
        if self._done == today:
            return 0
        with self._store.read() as tx:
            done_to = tx.messages.round(ROUND)
        if done_to >= today.isoformat():
            self._done = today
            return 0
        before = max(date.fromisoformat(done_to) if done_to else today - _CAUGHT_UP, today - _CAUGHT_UP)
        told = sum(self._rules(before, today)) + self._ratings(today)
        with self._store.write() as tx:
            tx.messages.rounded(ROUND, today.isoformat())
        self._done = today
        return told

    def _rules(self, before: date, today: date) -> Iterator[int]:
        with self._store.read() as tx:
            single, summed = rules_for(tx, "证照将到期"), rules_for(tx, "证照到期汇总")
        for kind in self._shelf.certificate_types().values():
            for rule in (*single, *summed):
                ahead = days_ahead(rule, kind)
                if ahead is None:
                    continue
                after, until = (before + ahead).isoformat(), (today + ahead).isoformat()
                if rule in single:
                    yield self._holders(rule, kind, after, until)
                else:
                    yield self._districts(rule, kind, after, until)

    def _holders(self, rule: MessageRule, kind: CertificateType, after: str, until: str) -> int:
        told, place = 0, ""
        while True:
            with self._store.read() as tx:
                found = tx.endings.ending(kind.id, after, until, place, _AT_ONCE)
            if not found:
                return told
            with self._store.write() as tx:
                told += sum(self._holder(tx, rule, kind, id) for _, id in found)
            place = "|".join(found[-1])

    def _holder(self, tx: Transaction, rule: MessageRule, kind: CertificateType, id: str) -> int:
        """Tell the holder, unless the certificate is being renewed or acted on already."""
        one = tx.certificates.load(id)
        if one is None or one.locked_by:
            return 0
        case = or_outline(tx, one.case) if one.case else None
        contact = case.initiator.id if case is not None and case.initiator.kind == "applicant" else ""
        last = date.fromisoformat(one.valid_to) - timedelta(days=kind.renewal_to)
        words = {
            "证照": one.title, "证号": one.number, "持证人": masked(kind.holder, one.holder_name),
            "到期日": one.valid_to, "延续截止日": last.isoformat(),
        }  # fmt: skip
        telling = Telling(
            key=f"licence.{id}.{one.valid_to}", words=words, audiences={HOLDER: (Address(SUBJECT, one.holder_code),)},
            district=one.district, contact=contact, link="certificates", confidential=one.confidential,
        )  # fmt: skip
        return write(tx, self._ids, rule, telling, self._at())

    def _districts(self, rule: MessageRule, kind: CertificateType, after: str, until: str) -> int:
        told = 0
        with self._store.write() as tx:
            for district, count, day in tx.endings.counted(kind.id, after, until):
                telling = Telling(
                    key=f"licences.{kind.id}.{district}.{until}", district=district, link="register",
                    words={"证照": kind.title, "数量": str(count), "到期日": day},
                )  # fmt: skip
                told += write(tx, self._ids, rule, telling, self._at())
        return told

    def _ratings(self, today: date) -> int:
        told, place = 0, ""
        with self._store.read() as tx:
            rules = rating_rules(tx)
        until = (today + timedelta(days=rules.remind_days)).isoformat()
        while True:
            with self._store.write() as tx:
                found = tx.ratings.due(until, _AT_ONCE, place)
                for one in found:
                    told += tell(tx, self._ids, "差评将到期", of_rating(one, rules.role, "due"), self._at())
            if not found:
                return told
            place = f"{found[-1].due}|{found[-1].id}"

    def _at(self) -> str:
        return self._clock.now().isoformat(timespec="seconds")


def days_ahead(rule: MessageRule, kind: CertificateType) -> timedelta | None:
    """How long before its last day a rule speaks of a certificate; None when its type has no such point."""
    if rule.point != _END and not kind.renewal_from:
        return None
    point = {_OPENING: kind.renewal_from, _CLOSING: kind.renewal_to, _END: 0}[rule.point]
    return timedelta(days=point + rule.days)


def of_rating(rating: Rating, role: str, mark: str) -> Telling:
    """What is told of a rating; an anonymous one is not led back to its case."""
    words = {
        "事项": rating.matter_title, "办件编号": "匿名评价" if rating.anonymous else rating.number,
        "等级": rating.level, "期限": rating.due,
    }  # fmt: skip
    return Telling(
        key=f"rating.{rating.id}.{rating.times}.{rating.round}.{mark}", words=words, district=rating.district,
        audiences={GROUP: (role_address(role, rating.district),)}, link="ratings", confidential=rating.confidential,
    )  # fmt: skip
