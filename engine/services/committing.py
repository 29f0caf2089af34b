"""Carrying commands out on cases: load, call the pure core once, commit, wake the effects process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TypeVar

import msgspec

from engine.errors import ZhunyuError
from engine.model.authority import Authority
from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import Command
from engine.model.facts import Fact
from engine.model.matter import Matter
from engine.model.people import SYSTEM, Actor
from engine.pipeline.advance import advance
from engine.pipeline.context import Context, Step
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids, Waker
from engine.services.projection import Commit, commit_step
from engine.services.shelf import Shelf
from engine.services.signing import Signer, Signing
from engine.trust.acts import SignedAct

_T = TypeVar("_T")


class Committing:
    """The one way in which the shell changes an existing case."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, waker: Waker, signing: Signing | None = None
    ) -> None:
        self._store, self._clock, self._ids, self._signing = store, clock, ids, signing
        self._shelf, self._waker = shelf, waker

    def carry_out(
        self, case: Case, command: Command, actor: Actor, facts: dict[str, Fact] | None = None,
        within: Callable[[Transaction], None] | None = None, signer: Signer | None = None,
    ) -> Case:  # fmt: skip
        """Carry a command out on the case as it was loaded; the case as it is now (the same one when nothing changed).

        `within` takes part in the commit, and undoes it by raising. `signer` puts a person's signature to the command:
        to the case as it was loaded, so that a commit that was first makes it void.
        Raises what `advance` raises, and C002 when the case has changed since it was loaded.
        """
        matter = self._shelf.version(case.matter_hash)
        with self._store.read() as tx:
            context = self._context(tx, matter, case, actor)
        step = advance(matter, case, command, facts or {}, context)
        if not step.events and step.case == case:
            return case
        acts = self._signed(matter, case, command, step, context.now, signer)
        with self._store.write() as tx:
            if within is not None:
                within(tx)
            commit = Commit(matter, actor, context.now, case.version, self._ids, acts=acts, was=case)
            committed = commit_step(tx, step, commit)
        self._waker.wake()
        return committed

    def report(self, case: str, command: Command, actor: Actor = SYSTEM) -> None:
        """Carry a command out that holds for the case as it comes to stand, as those of the system do; loads the case
        itself and tries again when another commit was first."""

        def act() -> None:
            with self._store.read() as tx:
                found = tx.cases.load(case)
            if found is None:
                raise ZhunyuError("A003", "没有这一办件。", status=404)
            self.carry_out(found, command, actor)

        retried(act)

    def _signed(
        self, matter: Matter, case: Case, command: Command, step: Step, now: datetime, signer: Signer | None
    ) -> tuple[SignedAct, ...]:
        """What people and the agency sign of the step, outside any transaction: a signature may take a while."""
        if self._signing is None:
            return ()
        with self._store.read() as tx:
            previous = tx.signing.last(case.id)
        own = (signer(case, command, now, previous),) if signer is not None else ()
        return (*own, *self._signing.agency(matter, case, command, step, now, own[-1].digest if own else previous))

    def _context(self, tx: Transaction, matter: Matter, case: Case, actor: Actor) -> Context:
        return Context(
            now=self._clock.now(),
            actor=actor,
            calendar=self._shelf.reference_calendar(),
            certificate_ids=tuple(self._ids.new() for _ in matter.certificates),
            authority=_office(matter, case),
            original=tx.certificates.load(case.acts_on) if case.acts_on else None,
            certificates={id: found for id in case.certificates if (found := _as_ordered(tx, case, id)) is not None},
        )


def retried(act: Callable[[], _T], attempts: int = 5) -> _T:
    """What an act gives that loads its case itself: tried again when another commit was first (C002)."""
    for left in range(attempts - 1, -1, -1):
        try:
            return act()
        except ZhunyuError as error:
            if error.code != "C002" or not left:
                raise
    raise AssertionError("unreachable")


def _office(matter: Matter, case: Case) -> Authority | None:
    """The case's office with its short names, as the matter version has it."""
    for office in reversed(matter.authorities):
        if (office.name, office.district, office.code) == (case.authority_name, case.district, case.authority):
            return office
    return None


def _as_ordered(tx: Transaction, case: Case, certificate: str) -> Certificate | None:
    """The certificate as this case ordered it: 制证中 until the version is in force."""
    current = tx.certificates.load(certificate)
    ordered = (one for one in reversed(tx.certificates.versions(certificate)) if one.case == case.id)
    version = next((one for one in ordered if one.state != "failed"), None)  # one given up changed nothing
    if current is None or version is None:
        return current
    waiting = version.state in ("ordered", "sealed") and current.version < version.version
    status = CertificateStatus.ISSUING if waiting else current.status
    return msgspec.structs.replace(version.certificate, status=status, locked_by=current.locked_by)
