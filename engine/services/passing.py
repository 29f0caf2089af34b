"""Tasks of people who are away or have left go to their deputy, else back to the group; the case tells so."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.organisation import Organisation, in_force
from engine.model.passing import PassTask
from engine.model.people import SYSTEM, Actor
from engine.ports.accounts import Account
from engine.ports.cases import TaskRow
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock
from engine.services.committing import Committing
from engine.services.desk_access import asked_of
from engine.services.permission import permits
from engine.services.standing import Standings

_ATTEMPTS = 3


class _Moved(Exception):
    """The task is somebody else's by now."""


class Passing:
    """Run when a person is deactivated or goes away, and regularly by the effects process. Repeating is harmless."""

    def __init__(self, *, store: Store, clock: Clock, committing: Committing, standings: Standings) -> None:
        self._store, self._clock = store, clock
        self._committing, self._standings = committing, standings

    def settle(self, only: str = "", actor: Actor = SYSTEM) -> int:
        """Pass on what people who are away or have left had taken (of one person where `only` is their id); how many
        tasks."""
        today = self._clock.now().date()
        with self._store.read() as tx:
            organisation, people = self._standings.look(tx, today)
            gone = tuple(id for id in self._gone(organisation, people) if id in people and only in ("", id))
            found = tx.cases.claimed_by(gone) if gone else ()
        return sum(self._pass(organisation, people, people[row.claimed_by], row, actor) for row in found)

    def _gone(self, organisation: Organisation, people: dict[str, Account]) -> tuple[str, ...]:
        day = self._clock.now().date().isoformat()
        away = (one.person for one in in_force(organisation.absences, day))
        return tuple(dict.fromkeys((*away, *(one.id for one in people.values() if not one.active))))

    def _pass(
        self, organisation: Organisation, people: dict[str, Account], person: Account, row: TaskRow, actor: Actor
    ) -> int:
        day = self._clock.now().date().isoformat()
        absence = organisation.absence(person.id, day)
        deputy = people.get(absence.deputy) if absence is not None else None
        if deputy is not None and deputy.id in self._gone(organisation, people):
            deputy = None  # away as well: tasks do not go round in circles
        for _ in range(_ATTEMPTS):
            with self._store.read() as tx:
                case = tx.cases.load(row.case)
                deputy = self._fit(tx, deputy, row)
            if case is None:
                return 0
            to = deputy.id if deputy is not None else ""
            reason = "账号已停用" if not person.active else f"其自{absence.since if absence else day}起不在岗"
            command = PassTask(row.task, person.name, deputy.name if deputy is not None else "", reason)

            def hand(tx: Transaction, to: str = to) -> None:
                if not tx.cases.pass_task(row.case, row.task, person.id, to):
                    raise _Moved

            try:
                self._committing.carry_out(case, command, actor, within=hand)
                return 1
            except _Moved:
                return 0
            except ZhunyuError as error:
                if error.code == "C001":
                    return 0
                if error.code != "C002":
                    raise
        return 0

    def _fit(self, tx: Transaction, deputy: Account | None, row: TaskRow) -> Account | None:
        """The deputy, if they may do this very task; a person may not do it who is barred from it."""
        if deputy is None or not deputy.active:
            return None
        case = tx.cases.load(row.case)
        able = self._standings.of(tx, deputy, self._clock.now().date())
        return deputy if case is not None and not permits(able, "task.claim", asked_of(case, row)).why_not else None
