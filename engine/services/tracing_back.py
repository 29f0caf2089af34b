"""Tracing a case back: everything that happened to it in order, each entry verified where it lies."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec

from engine.errors import ZhunyuError
from engine.model.activity import readable
from engine.model.case import Case
from engine.model.events import Checked, Happened, Noted
from engine.model.matter import Matter
from engine.model.people import called
from engine.ports.audit import TraceQuery
from engine.ports.cases import CaseLine
from engine.ports.history import StoredEntry
from engine.ports.store import Store, Transaction
from engine.services.accounts import Session
from engine.services.auditing import day_of, name_of, person_of
from engine.services.committed import CASE
from engine.services.desk_access import district_for, refuse, relation_of
from engine.services.history import History, Verification
from engine.services.permission import permits
from engine.services.separation import AUDIT
from engine.services.shelf import Shelf
from engine.services.signing_review import ActLine

READERS = (AUDIT, "监督")
WAYS = {
    "number": "办件编号", "certificate": "证照编号", "subject": "申请人名称或代码", "person": "经办人",
    "version": "事项版本", "span": "时间段",
}  # fmt: skip
PAGE = 50
VALID, ALTERED, UNSEALED, DOUBTED = "valid", "altered", "unsealed", "doubted"
_PUSH = {"waiting": "等待", "leased": "处理中", "done": "已送达", "dead": "未送达"}
_VERSION = {"ordered": "已下达", "sealed": "已签章", "failed": "未制成", "void": "已作废"}
_KINDS = ("办件", "证照", "推送", "规则", "守护", "查阅")


class Moment(msgspec.Struct, frozen=True):
    """One thing that happened. `kind`: one of 办件 证照 推送 规则 守护 查阅. `number` and `state` are of the history's
    entry, `state`: valid | altered | unsealed | doubted (its batch was altered elsewhere) | "" (no entry)."""

    at: str
    kind: str
    title: str
    words: str = ""
    who: str = ""
    version: int = 0
    number: int = 0
    state: str = ""
    entry: str = ""


class Trace(msgspec.Struct, frozen=True):
    """The story of a case, oldest first, with the result of verifying it and its signed acts now."""

    case: Case
    matter: Matter
    moments: tuple[Moment, ...]
    verification: Verification
    versions: tuple[tuple[int, str, str], ...]
    acts: tuple[ActLine, ...] = ()

    @property
    def whole(self) -> bool:
        """Whether nothing was found altered."""
        return not self.verification.faults


class Found(msgspec.Struct, frozen=True):
    """Cases that were found and the cursor of the next page."""

    lines: tuple[CaseLine, ...]
    next: str = ""


class TracingBack:
    """What auditors and supervisors see of how a case came about. A002 for others and for other districts' cases."""

    def __init__(
        self, *, store: Store, shelf: Shelf, history: History,
        acts: Callable[[str], tuple[ActLine, ...]] = lambda _case: (),
    ) -> None:  # fmt: skip
        """`acts` checks the signed acts of a case."""
        self._store, self._shelf, self._history, self._acts = store, shelf, history, acts

    def find(self, session: Session, by: str, value: str, since: str, until: str, after: str = "") -> Found:
        """The cases to trace, newest first; A004 for what cannot be asked."""
        refuse(permits(session.account, "trace.read").why_not, "请由审计或监督岗位查看。")
        value = value.strip()
        if by not in WAYS or (not value and by != "span") or (by == "span" and not since):
            advice = "请选择方式并填写；按时间段时至少填开始日期。"
            raise ZhunyuError("A004", "没有写明要追溯什么。", advice, status=422)
        district = district_for(session.account, READERS)
        with self._store.read() as tx:
            if by == "person":
                value = person_of(tx, value)
            if by == "version" and len(value) < 64:
                value = self._hash(tx, value)
            query = TraceQuery(by, value, day_of(since), day_of(until, 1), district, after, PAGE + 1)
            lines = tx.traces.find(query)
        more, lines = len(lines) > PAGE, lines[:PAGE]
        return Found(lines, f"{lines[-1].received_at}|{lines[-1].id}" if more else "")

    def case(self, session: Session, case_id: str) -> Case:
        """The case as it is; A003 when there is none, A002 when it is not for these eyes."""
        refuse(permits(session.account, "trace.read").why_not, "请由审计或监督岗位查看。")
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
        if case is None:
            raise ZhunyuError("A003", "找不到这一办件。", "请从追溯查询重新进入。", status=404)
        refuse(permits(session.account, "trace.case", relation_of(case)).why_not, "请由该区或市级查看。")
        return case

    def of(self, session: Session, case_id: str) -> Trace:
        """The whole story of a case, verified now."""
        case = self.case(session, case_id)
        verification = self._history.verify_case(case_id)
        with self._store.read() as tx:
            entries = tx.history.of_trail(CASE + case_id)
            states = _states(entries, verification)
            told = {
                one.entry.counter: (one.entry.number, states[one.entry.id], one.entry.id) for one in entries
            }
            moments = [*_of_case(tx, case, told), *_certificates(tx, case), *_pushes(tx, case)]
            moments += [*_rules(tx, case), *_guards(tx, case), *_views(tx, case)]
        moments.sort(key=lambda one: (one.at[:19], _KINDS.index(one.kind), one.version))
        versions = tuple((one.entry.counter, one.entry.at, readable(one.entry.what)) for one in entries)
        matter = self._shelf.version(case.matter_hash)
        return Trace(case, matter, tuple(moments), verification, versions, self._acts(case_id))

    def _hash(self, tx: Transaction, text: str) -> str:
        """The full hash of a matter version given by its first letters or, for the one on the shelf, by the matter."""
        for pointer in tx.versions.current():
            if pointer.matter == text:
                return pointer.hash
            for line in tx.versions.history(pointer.matter):
                if len(text) >= 8 and line.hash.startswith(text):
                    return line.hash
        raise ZhunyuError("A004", f"没有事项版本 {text[:40]}。", "请填事项编号，或版本号的前 8 位以上。", status=422)


def _states(entries: tuple[StoredEntry, ...], verification: Verification) -> dict[str, str]:
    """What the verification says of each entry: by its own number, else by its batch, else by a missing counter."""
    own = {fault.number for fault in verification.faults if fault.number and fault.kind in ("改动", "内容", "重复")}
    batch = bool({fault.kind for fault in verification.faults} & {"签名", "缺失", "次序"})
    marked = {}
    for one in entries:
        trail = f"{one.entry.trail} 第 {one.entry.counter} 条"
        told = any(fault.kind == "内容" and fault.text.startswith(trail) for fault in verification.faults)
        if one.entry.number in own or told:
            marked[one.entry.id] = ALTERED
        elif one.link is None:
            marked[one.entry.id] = UNSEALED
        else:
            marked[one.entry.id] = DOUBTED if batch else VALID
    return marked


def _of_case(tx: Transaction, case: Case, told: dict[int, tuple[int, str, str]]) -> Iterator[Moment]:
    seen = set()
    for one in tx.cases.events(case.id):
        number, state, entry = told.get(one.version, (0, ALTERED, ""))
        seen.add(one.version)
        event = one.event
        if isinstance(event, Happened | Noted):
            detail = getattr(event, "detail", "")
            words = f"{event.words}　{detail}" if detail else event.words
            yield Moment(one.at, "办件", event.kind, words, called(one.actor), one.version, number, state, entry)
        elif isinstance(event, Checked):
            yield Moment(one.at, "守护", event.kind, event.result, called(one.actor), one.version, number, state, entry)
    for version in told.keys() - seen:
        number, state, entry = told[version]
        yield Moment("", "办件", "记录缺失", f"第 {version} 版的事件没有了。", "", version, number, ALTERED, entry)


def _certificates(tx: Transaction, case: Case) -> Iterator[Moment]:
    for id in dict.fromkeys((*case.certificates, case.acts_on)):
        for one in tx.certificates.versions(id) if id else ():
            certificate = one.certificate
            words = f"《{certificate.title}》{certificate.number} 第 {one.version} 版"
            words += f"，{_VERSION.get(one.state, one.state)}"
            if one.digest:
                words += f"，文件摘要 {one.digest[:16]}…"
            yield Moment(one.sealed_at or one.ordered_at, "证照", one.action, words)


def _pushes(tx: Transaction, case: Case) -> Iterator[Moment]:
    for job in tx.effects.of_case(case.id):
        if job.kind == "push":
            words = f"{job.event} → {job.to}，{_PUSH.get(job.state, job.state)}"
            yield Moment(job.done_at or job.created_at, "推送", "推送", f"{words}，第 {job.attempts} 次")


def _rules(tx: Transaction, case: Case) -> Iterator[Moment]:
    for one in tx.publications.of_matter(case.matter):
        if one.hash == case.matter_hash:
            words = f"版本 {one.hash[:16]}… {one.how}" + (f"，理由：{one.reason}" if one.reason else "")
            yield Moment(one.at, "规则", "事项版本发布", words, one.by)


def _guards(tx: Transaction, case: Case) -> Iterator[Moment]:
    for one in tx.history.of_trail(f"guard:{case.matter}"):
        if case.received_at[:19] <= one.entry.at[:19]:
            who = name_of(tx, one.entry.actor) if one.entry.actor != "system" else "系统"
            yield Moment(
                one.entry.at, "守护", one.entry.what, "本事项的秒批守护", who, 0, one.entry.number, "", one.entry.id
            )
    for check in case.checks:
        if check.id.startswith("recall") or check.kind == "自我纠错":
            yield Moment(check.opened_at, "守护", "召回复核", check.reason or check.title)


def _views(tx: Transaction, case: Case) -> Iterator[Moment]:
    for one in tx.activity.viewers(case.id):
        yield Moment(f"{one.hour}:59:59", "查阅", "查看", f"这一小时内 {one.times} 次", name_of(tx, one.account))
