"""Everything of the audit in one value, put together from what the installation has."""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from engine.ports.audit import Custodian
from engine.ports.store import Store
from engine.ports.world import Clock, Ids, Renderer
from engine.services.audit_analysis import AuditAnalysis, Thresholds
from engine.services.audit_past import PastCases
from engine.services.audit_report import AuditReports, ReportSeals
from engine.services.auditing import Auditing
from engine.services.explaining import Explaining
from engine.services.history import History
from engine.services.integrity import Integrity
from engine.services.shelf import Shelf
from engine.services.signing_review import ActLine
from engine.services.tracing_back import TracingBack
from engine.services.unmasking import Unmasking
from engine.services.watching import Watching

logger = logging.getLogger("zhunyu.audit")


class Audit(msgspec.Struct, frozen=True):
    """The services of auditors and security officers, and the recording they rest on."""

    watching: Watching
    unmasking: Unmasking
    logs: Auditing
    analysis: AuditAnalysis
    tracing: TracingBack
    past: PastCases
    reports: AuditReports
    integrity: Integrity
    history: History


def audit(
    store: Store, clock: Clock, ids: Ids, shelf: Shelf, history: History, explaining: Explaining, renderer: Renderer,
    seals: ReportSeals, custodian: Custodian | None, thresholds: Thresholds, acts: Callable[[str], tuple[ActLine, ...]],
) -> Audit:  # fmt: skip
    """Put together."""
    watching = Watching(store=store, clock=clock, ids=ids)
    tracing = TracingBack(store=store, shelf=shelf, history=history, acts=acts)
    return Audit(
        watching=watching,
        unmasking=Unmasking(watching),
        logs=Auditing(store=store, clock=clock, watching=watching),
        analysis=AuditAnalysis(store=store, clock=clock, thresholds=thresholds),
        tracing=tracing,
        past=PastCases(store=store, shelf=shelf, explaining=explaining, tracing=tracing),
        reports=AuditReports(tracing=tracing, renderer=renderer, seals=seals, clock=clock, watching=watching),
        integrity=Integrity(
            store=store, clock=clock, ids=ids, history=history, custodian=custodian,
            alert=lambda event, words: logger.critical("%s: %s", event, words),
        ),
        history=history,
    )  # fmt: skip
