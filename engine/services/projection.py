"""One commit: a pipeline step projected into every table, in one transaction.

What can fail comes first; counters that others wait for are touched last.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.disputes import Banned, DisputeMoved
from engine.model.events import (
    BatchDecided,
    CertificateChanged,
    CertificateLocked,
    CertificateOrdered,
    CertificateUnlocked,
    Checked,
    DueCleared,
    DueSet,
    Event,
    Granted,
    GuardTripped,
    Notified,
    PublicityClosed,
    PublicityOpened,
    Released,
    ReportOwed,
    ReportSettled,
    Reserved,
    ResultPublished,
    TaskClosed,
    TaskOpened,
)
from engine.model.guard import Reading
from engine.model.matter import Matter
from engine.model.papers import BlankTaken, PaperMoved
from engine.model.people import Actor
from engine.model.values import Json
from engine.model.wording import fill
from engine.pipeline.context import Step
from engine.ports.cases import TaskRow
from engine.ports.certificates import CertificateVersion
from engine.ports.effects import Job
from engine.ports.history import NewEntry
from engine.ports.store import Transaction
from engine.ports.world import Ids
from engine.services import dispute_projection as disputes
from engine.services import paper_projection as papers
from engine.services import publicity_projection as publicity
from engine.services import report_projection as reports
from engine.services import safeguard_projection as safeguards
from engine.services.change_list import note_change
from engine.services.message_writing import told_of_events
from engine.stages.archive.filing import ended
from engine.stages.certificate.ordering import NUMBER_PLACE
from engine.trust.acts import SignedAct
from engine.trust.canonical import canonical

SEAL, PUSH, BATCH = "seal_certificate", "push", "batch"
_SALT = 16


class Commit(msgspec.Struct, frozen=True):
    """What a projection needs beside the step: who acted when, and on which version the step was computed.

    `before` is None for a new case, for which `guard` is what the guard read when the step was computed. `acts` are
    what was signed of the step.
    """

    matter: Matter
    actor: Actor
    now: datetime
    before: int | None
    ids: Ids
    guard: Reading = Reading()
    acts: tuple[SignedAct, ...] = ()
    was: Case | None = None  # the case as it was loaded, for what the commit changed of it

    @property
    def at(self) -> str:
        """The instant, ISO 8601."""
        return self.now.isoformat(timespec="seconds")

    @property
    def day(self) -> str:
        """The day, ISO 8601."""
        return self.now.date().isoformat()


def commit_step(tx: Transaction, step: Step, commit: Commit) -> Case:
    """Write the step; the case as it is stored, with its new version.

    Raises C002 when another commit was first, A009 when a `unique:` key is held, C003 when the certificate acted on
    changed or is locked. Nothing is written then: the exception rolls the transaction back.
    """
    case = msgspec.structs.replace(step.case, version=(commit.before or 0) + 1)
    _keep(tx, case, commit)
    first = tx.cases.append(
        case.id, case.version, commit.at, commit.actor, step.events, confidential=case.confidential
    )
    for seq, event in enumerate(step.events, first):
        handler = _PROJECTIONS.get(type(event))
        if handler is not None:
            handler(tx, case, commit, event, seq)
    orders = [(seq, event) for seq, event in enumerate(step.events, first) if isinstance(event, CertificateOrdered)]
    if case.parent and (case.decision is not None or case.closed_at):
        _row_settled(tx, case, commit)
    if commit.before is None:
        safeguards.count_filing(tx, case, commit.matter, commit.guard, commit.now)
    numbers = {}
    for seq, order in sorted(orders, key=lambda one: one[1].restart_key):  # one order of locks for all
        numbers[order.certificate] = _order(tx, case, commit, order, seq)
    for event in step.events:
        if isinstance(event, ResultPublished):
            publicity.published(tx, case, event, commit.day, NUMBER_PLACE, numbers)
    told_of_events(tx, case, enumerate(step.events, first), commit.actor, commit.at, commit.ids)
    if commit.acts:
        tx.signing.add(case.id, case.version, *commit.acts)
    if ended(case):
        tx.archives.expect(case.id, case.version, commit.at)
    _audit(tx, case, commit, step.events, numbers)
    return case


def _keep(tx: Transaction, case: Case, commit: Commit) -> None:
    sensitive = commit.matter.sensitive
    if commit.before is None:
        if not tx.cases.add(case, sensitive, commit.actor.id):
            raise ZhunyuError("C002", "办件编号重复。", "请重试。", status=409)
    elif not tx.cases.replace(commit.before, case, sensitive):
        raise ZhunyuError("C002", "办件已被他人处理。", "请刷新后查看最新状态，您填写的内容没有丢失。", status=409)


def _reserved(tx: Transaction, case: Case, commit: Commit, event: Reserved, seq: int) -> None:
    if not tx.cases.reserve(event.key, case.id, case.acts_on, commit.day):
        raise ZhunyuError(
            "A009", "已有一件相同的申请在办，或者已经持有同样的有效证照。",
            "请在“我的办件”和“我的证照”里查看。", status=409,
        )  # fmt: skip


def _released(tx: Transaction, case: Case, commit: Commit, event: Released, seq: int) -> None:
    tx.cases.release(event.key, case.id)


def _locked(tx: Transaction, case: Case, commit: Commit, event: CertificateLocked, seq: int) -> None:
    if not tx.certificates.lock(event.certificate, event.version, case.id):
        raise ZhunyuError(
            "C003", "这份证照正由另一件办件处理，或者刚刚有了变化。", "请待其办结后再申请。", status=409
        )


def _unlocked(tx: Transaction, case: Case, commit: Commit, event: CertificateUnlocked, seq: int) -> None:
    tx.certificates.unlock(event.certificate, case.id)


def _changed(tx: Transaction, case: Case, commit: Commit, event: CertificateChanged, seq: int) -> None:
    if event.status is CertificateStatus.VOIDED:
        _give_up(tx, case, commit, event)
        return
    if commit.matter.ex_officio:
        held = tx.certificates.load(event.certificate)
        if held is None or held.locked_by != case.id:
            raise ZhunyuError("C003", "这份证照没有由本办件锁定，或者刚刚有了变化。", "请刷新后重试。", status=409)
    tx.certificates.change(event.certificate, event.status, event.reason)
    if event.status is CertificateStatus.VALID:
        tx.cases.pass_on_reservations(case.id, event.certificate, case.reservations)
        made = tx.certificates.load(event.certificate)
        tx.cases.show_certificate(case.id, made.number if made else "")
    note_change(tx, event.certificate, event.status, commit.at)
    if event.reservations_released:
        tx.cases.release_reservations(event.certificate)


def _give_up(tx: Transaction, case: Case, commit: Commit, event: CertificateChanged) -> None:
    """A file that could not be made: its number is voided; a certificate in force stays as it is."""
    tx.certificates.fail(event.certificate, event.reason, commit.at)
    current = tx.certificates.load(event.certificate)
    if current is not None and current.status is CertificateStatus.ISSUING:
        tx.certificates.change(event.certificate, CertificateStatus.VOIDED, event.reason)
    else:
        tx.certificates.unlock(event.certificate, case.id)


def _opened(tx: Transaction, case: Case, commit: Commit, event: TaskOpened, seq: int) -> None:
    row = TaskRow(
        case=case.id, task=event.task, step=event.step, title=event.title, role=event.role,
        district=event.district or case.district,
        due=event.due, people=event.people, barred=event.barred, claimed_by="", opened_at=commit.at,
        state="held" if event.held else "open",
    )  # fmt: skip
    tx.cases.open_task(row)


def _closed(tx: Transaction, case: Case, commit: Commit, event: TaskClosed, seq: int) -> None:
    tx.cases.close_task(case.id, event.task, commit.at, commit.actor.id, "" if case.confidential else event.reason)


def _notified(tx: Transaction, case: Case, commit: Commit, event: Notified, seq: int) -> None:
    job = Job(
        id=commit.ids.new(), kind=PUSH, case=case.id, seq=seq, to=event.to, event=event.event, body=event.body,
        key=f"{case.id}-{seq}", created_at=commit.at,
    )  # fmt: skip
    tx.effects.enqueue(job)


def _due_set(tx: Transaction, case: Case, commit: Commit, event: DueSet, seq: int) -> None:
    tx.effects.set_due(case.id, event.what, event.at)


def _due_cleared(tx: Transaction, case: Case, commit: Commit, event: DueCleared, seq: int) -> None:
    tx.effects.clear_due(case.id, event.what)


def _guard_tripped(tx: Transaction, case: Case, commit: Commit, event: GuardTripped, seq: int) -> None:
    safeguards.tripped(tx, case, event, commit.at, commit.ids)


def _granted(tx: Transaction, case: Case, commit: Commit, event: Granted, seq: int) -> None:
    safeguards.granted(tx, case, event, commit.at)


def _checked(tx: Transaction, case: Case, commit: Commit, event: Checked, seq: int) -> None:
    safeguards.checked(tx, case, event)


def _report_owed(tx: Transaction, case: Case, commit: Commit, event: ReportOwed, seq: int) -> None:
    reports.owed(tx, case, event, case.confidential)


def _report_settled(tx: Transaction, case: Case, commit: Commit, event: ReportSettled, seq: int) -> None:
    reports.settled(tx, case, event)


def _shown(tx: Transaction, case: Case, commit: Commit, event: PublicityOpened, seq: int) -> None:
    publicity.opened(tx, case, event, commit.at)


def _hidden(tx: Transaction, case: Case, commit: Commit, event: PublicityClosed, seq: int) -> None:
    publicity.closed(tx, case, event)


def _paper_moved(tx: Transaction, case: Case, commit: Commit, event: PaperMoved, seq: int) -> None:
    papers.moved(tx, case, event, commit.at)


def _blank_taken(tx: Transaction, case: Case, commit: Commit, event: BlankTaken, seq: int) -> None:
    papers.taken(tx, case, event, commit.at, commit.actor)


def _dispute_moved(tx: Transaction, case: Case, commit: Commit, event: DisputeMoved, seq: int) -> None:
    disputes.moved(tx, case, event)


def _banned(tx: Transaction, case: Case, commit: Commit, event: Banned, seq: int) -> None:
    disputes.banned(tx, case, event, commit.ids.new())


def _batch_decided(tx: Transaction, case: Case, commit: Commit, event: BatchDecided, seq: int) -> None:
    tx.effects.enqueue(batch_job(commit.ids.new(), case.id, "deciding", str(seq), commit.at, seq))


def _row_settled(tx: Transaction, case: Case, commit: Commit) -> None:
    """A row of a list has its result: somebody sees to whether it was the last, unless it was just made."""
    parent = tx.batches.settle(case.id)
    if parent and commit.before is not None:
        tx.effects.enqueue(batch_job(commit.ids.new(), parent, "ending", case.id, commit.at))


def batch_job(id: str, parent: str, phase: str, mark: str, at: str, seq: int = 0, ripe: str = "") -> Job:
    """A job that goes on with a batch; `mark` tells it from others of its phase, `ripe` is when it may be done."""
    return Job(
        id=id, kind=BATCH, case=parent, seq=seq, to=phase, event="批量办理", body={"parent": parent},
        key=f"{BATCH}-{parent}-{phase}-{mark}", created_at=at, next_at=ripe,
    )  # fmt: skip


_PROJECTIONS: dict[type, Callable[..., None]] = {
    Banned: _banned,
    BatchDecided: _batch_decided,
    BlankTaken: _blank_taken,
    CertificateChanged: _changed,
    CertificateLocked: _locked,
    CertificateUnlocked: _unlocked,
    Checked: _checked,
    DisputeMoved: _dispute_moved,
    DueCleared: _due_cleared,
    DueSet: _due_set,
    Granted: _granted,
    GuardTripped: _guard_tripped,
    Notified: _notified,
    PaperMoved: _paper_moved,
    PublicityClosed: _hidden,
    PublicityOpened: _shown,
    Released: _released,
    ReportOwed: _report_owed,
    ReportSettled: _report_settled,
    Reserved: _reserved,
    TaskClosed: _closed,
    TaskOpened: _opened,
}


def _order(tx: Transaction, case: Case, commit: Commit, order: CertificateOrdered, seq: int) -> str:
    """Register the certificate under its number, and order its file; the number."""
    number = _number(tx, order)
    earlier = tx.certificates.versions(order.certificate) if order.previous else ()
    last = max((one.version for one in earlier), default=order.previous_version)  # one given up keeps its place
    certificate = Certificate(
        id=order.certificate, number=number, type=order.type, title=order.title, holder_code=order.holder_code,
        holder_name=order.holder_name, authority=order.authority, authority_name=order.authority_name,
        district=order.district, status=CertificateStatus.ISSUING, version=last + 1,
        issued_on=order.issued_on, valid_from=order.valid_from, valid_to=order.valid_to,
        face={title: text.replace(NUMBER_PLACE, number) for title, text in order.face.items()},
        matter=case.matter, case=case.id, item=order.item, layout=order.layout, seal=order.seal,
        confidential=case.confidential, labels=order.labels, photo=order.photo, annexes=order.annexes,
        duplicate=order.duplicate, duplicate_annexes=order.duplicate_annexes, notes=order.notes,
    )  # fmt: skip
    version = CertificateVersion(
        certificate=certificate, version=certificate.version, action=order.action, case=case.id,
        ordered_at=commit.at, state="ordered",
    )  # fmt: skip
    if not tx.certificates.order(version, commit.matter.sensitive, order.previous_version if order.previous else 0):
        raise ZhunyuError("C003", "这份证照刚刚有了变化。", "请刷新后重试。", status=409)
    job = Job(
        id=commit.ids.new(), kind=SEAL, case=case.id, seq=seq, to=order.certificate, event=order.action,
        body={"certificate": order.certificate, "version": version.version}, key=f"{case.id}-{seq}",
        created_at=commit.at,
    )  # fmt: skip
    tx.effects.enqueue(job)
    return number


def _number(tx: Transaction, order: CertificateOrdered) -> str:
    if order.numbering.kept:
        original = tx.certificates.load(order.previous)
        if original is None:
            raise ZhunyuError("C005", "没有可以沿用证号的原证照。", status=409)
        return original.number
    while True:
        names = {**order.names, "序号": str(tx.certificates.draw(f"number|{order.restart_key}"))}
        number = fill(order.numbering.text, names.__getitem__)
        if tx.certificates.by_number(number) is None:  # numbers of imported certificates are passed over
            return number


def told_of_commit(
    case: str, number: str, version: int, at: str, actor: str, events: tuple[Event, ...], numbers: Mapping[str, str],
    acts: Sequence[tuple[str, str]] = (), state: str = "", who: Actor | None = None,
) -> Json:  # fmt: skip
    """What the history commits to of one commit of a case; `numbers` are those of certificates ordered in it, `acts`
    the digests of what was signed, each with that of the certificate it was signed under; `state` that of what changed
    of the case, with which `who` acted is told in full."""
    signed = [{"digest": digest, "certificate": certificate} for digest, certificate in acts]
    return {
        "case": case, "number": number, "version": version, "at": at, "actor": actor,
        "events": msgspec.to_builtins(events), "numbers": dict(numbers), **({"acts": signed} if signed else {}),
        **({"state": state, "who": msgspec.to_builtins(who)} if state else {}),
    }  # fmt: skip


def _audit(tx: Transaction, case: Case, commit: Commit, events: tuple[Event, ...], numbers: dict[str, str]) -> None:
    acts = [(act.digest, act.statement.certificate) for act in commit.acts]
    state = tx.past.keep(commit.was, case, commit.at, commit.ids.random(_SALT).hex())
    told = told_of_commit(
        case.id, case.number, case.version, commit.at, commit.actor.id, events, numbers, acts, state, commit.actor
    )
    kinds = dict.fromkeys(getattr(event, "kind", type(event).__name__) for event in events)
    entry = NewEntry(
        id=commit.ids.new(), trail=f"case:{case.id}", counter=case.version, at=commit.at, actor=commit.actor.id,
        what=" ".join(kinds), salt=commit.ids.random(_SALT), content=canonical(told), keep=False,
    )  # fmt: skip
    tx.history.add(entry)
