"""Acting on a case beside its steps: every act is checked, signed and carried out here."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.moves import (
    AskCosign,
    AskRecusal,
    CorrectLetter,
    GiveBack,
    HandOver,
    Move,
    Remind,
    SendBack,
    SendCopy,
    TakeBack,
)
from engine.model.moving import DEPUTY, HAND_OVER, Person, Served
from engine.model.people import SYSTEM
from engine.pipeline.correcting import correctable_lines, letters_of, require_slip
from engine.pipeline.move_rules import earlier_steps
from engine.pipeline.serving import servable
from engine.pipeline.taking_back import why_not_take_back
from engine.pipeline.terminating import grounds_of
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.accounts import Session, actor_of
from engine.services.colleagues import colleagues_of, required
from engine.services.committing import Committing
from engine.services.desk_access import read_by, seen_by, staff_of
from engine.services.desk_acting import acts_as, require_seen
from engine.services.desk_moves import MOVES, DeskMove, holder_of, moves_of, name_of, target_of
from engine.services.documents import Documents
from engine.services.letter_corrections import document_of
from engine.services.shelf import Shelf
from engine.services.signing import Signing
from engine.services.views import CaseView

UNSIGNED = (Remind, SendCopy)  # nothing is decided by them


class MoveChoices(msgspec.Struct, frozen=True):
    """What may be chosen from in the form of an act."""

    people: tuple[Person, ...]
    steps: tuple[tuple[str, str], ...]
    grounds: tuple[str, ...]
    letters: tuple[tuple[str, str], ...]
    lines: tuple[tuple[str, str], ...]
    servable: tuple[Served, ...]


class Moves:
    """What members of staff do with a case beside its steps."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, committing: Committing,
        documents: Documents | None = None, signing: Signing | None = None,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._shelf = store, clock, ids, shelf
        self._committing, self._documents, self._signing = committing, documents, signing

    def offered(self, session: Session, view: CaseView) -> tuple[DeskMove, ...]:
        """What this person may do with the case now."""
        with self._store.read() as tx:
            return self._offered(tx, session, view.case)

    def choices(self, session: Session, view: CaseView, target: str = "") -> MoveChoices:
        """What the form of an act chooses from; `target` is what it is about."""
        case, matter = view.case, view.matter
        with self._store.read() as tx:
            seen_by(session, case)
            people = colleagues_of(tx, case)
        certificate = next((one for one in view.certificates if one.id == target), None)
        lines = correctable_lines(matter, certificate) if certificate is not None else ()
        held = {one.id: (one.title, one.number) for one in view.certificates}
        return MoveChoices(
            people=people, steps=tuple((step.id, step.title) for step in earlier_steps(matter, case)),
            grounds=grounds_of(matter), letters=tuple(one for one in letters_of(matter, case) if one[0] != "received"),
            lines=tuple((line, certificate.face[line]) for line in lines) if certificate is not None else (),
            servable=servable(matter, case, held),
        )  # fmt: skip

    def act(self, session: Session, case_id: str, command: Move, version: int, pin: str = "") -> Case:
        """Carry a command out on the case as it was seen, under the officer's signature.

        A003 for a task, a person or anything else that the case has not; C001 when the case's state does not offer the
        act, A002 when this person may not do it, C002 when the case or the task has changed since; K007 and K008 as
        `Signing.officer`, and whatever the command itself refuses.
        """
        account = staff_of(session).account
        with self._store.read() as tx:
            case = read_by(session, tx, tx.cases.load(case_id))
            require_seen(case, version)
            self._require_offered(tx, session, case, command)
            command = self._named(tx, case, command)
        if isinstance(command, CorrectLetter):
            self._require_written(session, case, command)
        signs = self._signing is not None and not isinstance(command, UNSIGNED)
        signer = self._signing.officer(account, pin) if signs and self._signing is not None else None
        within = self._freeing(session, case, command)
        actor = acts_as(session, self._shelf.version(case.matter_hash), case, "finish_step")
        made = self._committing.carry_out(case, command, actor, within=within, signer=signer)
        if isinstance(command, CorrectLetter) and self._documents is not None:
            self._documents.letter(session, case_id, document_of(command.letter))  # sealed now, not when first asked
        return made

    def to_deputy(self, case_id: str, task: str, deputy: str, reason: str) -> None:
        """The system hands an open task to an account that stands in for its holder; C002 when it was done
        meanwhile, A003 when there is no such account or task."""
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
            if case is None:
                raise ZhunyuError("A003", "找不到这一办件。", status=404)
            command = HandOver(task, required(tx, case, deputy), reason, DEPUTY)
            _require_task(tx, case, task)

        def free(tx: Transaction) -> None:
            _free(tx, case_id, task)

        self._committing.carry_out(case, command, SYSTEM, within=free)

    def _offered(self, tx: Transaction, session: Session, case: Case) -> tuple[DeskMove, ...]:
        matter, certificates = self._shelf.version(case.matter_hash), tx.certificates.of_case(case.id)
        return moves_of(matter, case, actor_of(session), tx.cases.tasks(case.id), certificates, self._clock.now())

    def _require_offered(self, tx: Transaction, session: Session, case: Case, command: Move) -> None:
        task = getattr(command, "task", "")
        if task:
            _require_task(tx, case, task)
        name, target = name_of(command), target_of(command)
        found = [one for one in self._offered(tx, session, case) if one.name == name]
        move = next((one for one in found if one.target in ("", target)), None)
        if move is None:
            what = f"现在不能对本办件进行“{MOVES[name]}”，或者它不由您办理。"
            raise ZhunyuError("C001", what, "请刷新后查看最新状态。", status=409)
        if not move.allowed:
            raise ZhunyuError("A002", move.why_not, "请由有权限的工作人员办理。", status=403)

    def _named(self, tx: Transaction, case: Case, command: Move) -> Move:
        """The command with the people it names as they are now, and with ids for what it makes."""
        if isinstance(command, HandOver):
            return msgspec.structs.replace(command, to=required(tx, case, command.to.id))
        if isinstance(command, AskRecusal):
            return msgspec.structs.replace(command, person=required(tx, case, command.person.id))
        if isinstance(command, AskCosign | SendCopy):
            people = tuple(required(tx, case, one.id) for one in command.people)
            command = msgspec.structs.replace(command, people=people)
        if isinstance(command, SendCopy):
            whom = len(command.people) + len(command.roles)
            return msgspec.structs.replace(command, copies=tuple(self._ids.new() for _ in range(whom)))
        if isinstance(command, SendBack):
            return msgspec.structs.replace(command, to=_who_did(tx, case, command.step))
        return command

    def _require_written(self, session: Session, case: Case, command: CorrectLetter) -> None:
        """C004 unless the letter says what is to be put right."""
        require_slip(case, command.was.strip(), command.now.strip())
        if self._documents is None:
            return
        view = self._documents.seen(session, case.id)
        words = self._documents.words(view, document_of(command.letter))
        if not any(command.was.strip() in text for text in words):
            what = f"文书里没有“{command.was.strip()}”这几个字，或者它们不能更正。"
            raise ZhunyuError("C004", what, "请照文书上的原文填写。", status=422)

    def _freeing(self, session: Session, case: Case, command: Move) -> Callable[[Transaction], None] | None:
        """What happens to the holder of a task in the same commit."""
        person = staff_of(session).account.id

        def free(tx: Transaction) -> None:
            if isinstance(command, HandOver):
                _free(tx, case.id, command.task, person if command.way == HAND_OVER else None)
            elif isinstance(command, GiveBack):
                _free(tx, case.id, command.task, person)
            elif isinstance(command, TakeBack):
                _free_for_take_back(tx, session, case)

        return free if isinstance(command, HandOver | GiveBack | TakeBack) else None


def _require_task(tx: Transaction, case: Case, task: str) -> None:
    if all(one.task != task for one in tx.cases.tasks(case.id)):
        raise ZhunyuError("A003", "本办件没有这项任务。", "请从办件页面重新进入。", status=404)


def _who_did(tx: Transaction, case: Case, step: str) -> Person | None:
    """Who did a step last, if they are still at work and may still do it."""
    last = next((one for one in reversed(case.steps) if one.step == step and one.by is not None), None)
    if last is None or last.by is None:
        return None
    try:
        person = required(tx, case, last.by.id)
    except ZhunyuError:
        return None
    return person if last.role in person.roles else None


def _free(tx: Transaction, case: str, task: str, person: str | None = None) -> None:
    """Take the task from its holder; C002 when that is somebody else than the person, or when it is done."""
    row = next((one for one in tx.cases.tasks(case) if one.task == task and one.state == "open"), None)
    theirs = row is not None and (person is None or row.claimed_by in ("", person))
    if row is None or not theirs or (row.claimed_by and not tx.cases.release_task(case, task, row.claimed_by)):
        raise ZhunyuError("C002", "这项任务已被他人领取或已办结。", "您填写的内容没有丢失，请刷新后查看。", status=409)


def _free_for_take_back(tx: Transaction, session: Session, case: Case) -> None:
    last = case.moves.last
    if last is None:
        return
    tasks = tx.cases.tasks(case.id)
    why = why_not_take_back(case, actor_of(session), holder_of(case, tasks))
    if why:
        raise ZhunyuError("C001", why, "请刷新后查看最新状态。", status=409)
    if last.way == "hand":
        _free(tx, case.id, last.task)
