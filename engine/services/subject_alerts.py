"""What speaks for a closer look at a subject: registers, bans, reports overdue, certificates ended, guards. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from engine.model.case import Case
from engine.model.certificate import Certificate
from engine.model.events import GuardTripped, Noted
from engine.model.matter import Matter
from engine.ports.cases import CaseLine, RecordedEvent
from engine.ports.reports import Owed

_ENDED = {"撤销": "bad", "注销": "warn", "作废": "warn"}
_AGAINST = ("不予许可", "不予受理")


class Alert(msgspec.Struct, frozen=True):
    """A warning. `tone`: bad | warn | info; `kind` in words, `basis` the clause where there is one."""

    tone: str
    kind: str
    words: str
    basis: str = ""


def alerts_of(
    matter: Matter, case: Case, holdings: tuple[Certificate, ...], related: tuple[CaseLine, ...],
    owed: tuple[Owed, ...], events: tuple[RecordedEvent, ...], today: str,
) -> tuple[Alert, ...]:  # fmt: skip
    """Everything known about the subject that a decision should take into account, the gravest first."""
    found = [
        *_registers(matter, case), *_reports(owed, today), *_certificates(holdings, today), *_cases(related),
        *_guards(events),
    ]  # fmt: skip
    order = {"bad": 0, "warn": 1, "info": 2}
    return tuple(sorted(found, key=lambda one: order[one.tone]))


def _registers(matter: Matter, case: Case) -> Iterator[Alert]:
    """Checks that rest on registers only, not on what the applicant wrote: supervision, credit, bans, watched risks."""
    facts = {need.key for need in matter.facts} | {"risk"}
    checks = {check.id: check for check in matter.precheck}
    for one in case.assessment.findings if case.assessment is not None else ():
        check = checks.get(one.check)
        if check is None or one.result not in ("failed", "unknown"):
            continue
        roots = {path.partition(".")[0] for path in check.require.reads} - {"param", "today"}
        if roots and roots <= facts:
            bad = one.result == "failed" and one.action != "提示"
            words = one.message if one.result == "failed" else f"{one.title}：没有取到数据，未能核验。"
            yield Alert("bad" if bad else "warn", "登记与监管数据", words or one.title, one.basis)


def _reports(owed: tuple[Owed, ...], today: str) -> Iterator[Alert]:
    for one in owed:
        title = one.title or "后续报告"
        if one.due < today:
            yield Alert("bad", "逾期未报告", f"{title}应于 {one.due} 前提交，已经逾期。")
        else:
            yield Alert("info", "应提交的报告", f"{title}期限 {one.due}。")


def _certificates(holdings: tuple[Certificate, ...], today: str) -> Iterator[Alert]:
    for one in holdings:
        tone = _ENDED.get(one.status.value, "")
        if tone:
            yield Alert(tone, f"证照已{one.status.value}", f"{one.title} {one.number}")
        elif one.status.value == "有效" and one.valid_to and one.valid_to < today:
            yield Alert("warn", "证照已过有效期", f"{one.title} {one.number}，有效期至 {one.valid_to}。")


def _cases(related: tuple[CaseLine, ...]) -> Iterator[Alert]:
    for one in related:
        if one.status in _AGAINST:
            yield Alert("warn", f"曾{one.status}", f"{one.matter_title} {one.number}（{one.received_at[:10]} 收件）")
    running = [one for one in related if one.status in ("已收件", "待补正", "已受理", "已立案")]
    if running:
        yield Alert("info", "在办的其他申请", "、".join(f"{one.matter_title} {one.number}" for one in running))


def _guards(events: tuple[RecordedEvent, ...]) -> Iterator[Alert]:
    for one in events:
        if isinstance(one.event, GuardTripped) or (isinstance(one.event, Noted) and one.event.kind == "守护"):
            yield Alert("warn", "秒批守护", one.event.words)
