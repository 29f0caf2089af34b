"""数据参照: decided cases of the same matter that are like an open one, and how they were decided."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import date

import msgspec

from engine.errors import ZhunyuError
from engine.model.calendar import workdays_between
from engine.model.case import Case
from engine.ports.store import Store
from engine.services.accounts import Account, Session
from engine.services.desk import Desk
from engine.services.desk_access import district_of, sees
from engine.services.shelf import Shelf
from engine.services.similarity import Likeness, compare_cases, weights
from engine.services.unmasking import hidden_words, masked

CANDIDATES, SHOWN, LEAST = 40, 5, 40
_DIFFERENCES = 6


class SimilarCase(msgspec.Struct, frozen=True):
    """A case that was decided. `days` are working days from receipt to decision; `percent` 0–100 how alike it is, with
    what is the same and what differs, the weightiest first. What names people is masked."""

    id: str
    number: str
    percent: int
    outcome: str
    automatic: bool
    decided_on: str
    days: int
    reason: str
    basis: tuple[str, ...]
    same: tuple[str, ...]
    differing: tuple[Likeness, ...]


class Reference(msgspec.Struct, frozen=True):
    """The most alike cases of those decided last (`looked_at` of them), and how those shown were decided."""

    cases: tuple[SimilarCase, ...]
    looked_at: int
    outcomes: dict[str, int]
    compared: int


class SimilarCases:
    """Finds them among cases that the person may see anyway."""

    def __init__(self, *, store: Store, shelf: Shelf, desk: Desk) -> None:
        self._store, self._shelf, self._desk = store, shelf, desk

    def of(self, session: Session, case_id: str) -> Reference:
        """The reference for a case that the session may see; A002, A003 as the desk."""
        view = self._desk.view(session, case_id)
        matter, calendar = view.matter, self._shelf.reference_calendar()
        weighed = weights(matter)
        candidates = self._candidates(session.account, view.case)
        found = []
        for other in candidates:
            compared = compare_cases(matter, weighed, view.case, other)
            if compared.percent >= LEAST:
                found.append((compared, other))
        found.sort(key=lambda one: -one[0].percent)  # of those equally alike the one decided last comes first
        shown = tuple(
            self._shown(other, compared.percent, compared.parts, calendar) for compared, other in found[:SHOWN]
        )
        outcomes: dict[str, int] = {}
        for one in shown:
            outcomes[one.outcome] = outcomes.get(one.outcome, 0) + 1
        return Reference(shown, len(candidates), outcomes, len(weighed))

    def _candidates(self, account: Account, case: Case) -> list[Case]:
        """Cases decided last that the account sees; what is confidential or destroyed is left out."""
        found = []
        with self._store.read() as tx:
            for id in tx.similar.decided(case.matter, district_of(account), CANDIDATES + 1):
                other = None
                with contextlib.suppress(ZhunyuError):
                    other = tx.cases.load(id) if id != case.id else None
                if other is None or other.confidential or other.decision is None or other.items:
                    continue
                if sees(account, other):
                    found.append(other)
        return found[:CANDIDATES]

    def _shown(
        self, other: Case, percent: int, parts: tuple[Likeness, ...], calendar: Mapping[str, str]
    ) -> SimilarCase:
        decision = other.decision
        assert decision is not None
        words = hidden_words(other, self._shelf.version(other.matter_hash), names=True)
        differing = tuple(
            msgspec.structs.replace(one, there=masked(one.there, words)) for one in parts if one.state != "相同"
        )
        received, decided = (date.fromisoformat(text[:10]) for text in (other.received_at, decision.at))
        return SimilarCase(
            id=other.id, number=other.number, percent=percent, outcome=decision.outcome, automatic=decision.automatic,
            decided_on=decision.at[:10], days=workdays_between(received, decided, calendar),
            reason=masked(decision.reason, words), basis=decision.basis,
            same=tuple(one.title for one in parts if one.state == "相同"), differing=differing[:_DIFFERENCES],
        )  # fmt: skip
