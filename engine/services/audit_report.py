"""The trace of a case as a signed PDF, personal data masked."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from engine.model.values import Json
from engine.ports.world import Clock, Renderer
from engine.services.accounts import Session
from engine.services.signing_review import ActLine
from engine.services.tracing_back import ALTERED, DOUBTED, UNSEALED, VALID, Moment, Trace, TracingBack
from engine.services.unmasking import hidden_words, masked
from engine.services.watching import Watching

STATES = {VALID: "有效", ALTERED: "被改动", UNSEALED: "未封存", DOUBTED: "所在批次存疑", "": ""}
_LONGEST = 300


class ReportSeals(Protocol):
    """Who signs reports."""

    def seal(self, pdf: bytes, number: str, about: str, issuer: str, at: str) -> bytes: ...
    def check(self, pdf: bytes) -> tuple[str, str]: ...


class AuditReports:
    """Makes and checks reports."""

    def __init__(
        self, *, tracing: TracingBack, renderer: Renderer, seals: ReportSeals, clock: Clock, watching: Watching
    ) -> None:
        self._tracing, self._renderer, self._seals = tracing, renderer, seals
        self._clock, self._watching = clock, watching

    def of(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """The report of a case as (file name, signed PDF), written down before it is handed out."""
        trace = self._tracing.of(session, case_id)
        case, account, at = trace.case, session.account, self._clock.now().isoformat(timespec="seconds")
        about: dict[str, Json] = {"case": case.id, "number": case.number, "form": "pdf"}
        self._watching.told(f"audit:{account.id}", account.id, f"导出追溯报告 {case.number}", about)
        pdf = self._renderer.render("trace", _page(trace, at))
        signed = self._seals.seal(pdf, case.number, case.matter_title, case.authority_name, at)
        return f"追溯报告-{case.number}.pdf", signed

    def check(self, pdf: bytes) -> tuple[str, str]:
        """valid | altered | unknown, and why."""
        return self._seals.check(pdf)


def _page(trace: Trace, at: str) -> Mapping[str, Json]:
    case, found = trace.case, trace.verification
    words = hidden_words(case, trace.matter, names=True)
    rows: list[Json] = [
        ["办件编号", case.number], ["申请人", masked(case.subjects[0].name, words)], ["办理机关", case.authority_name],
        ["状态", case.status.value], ["事项版本", case.matter_hash[:16]],
        ["历史记录", f"已封存 {len(trace.versions) - found.unsealed} 条，未封存 {found.unsealed} 条"],
    ]  # fmt: skip
    moments: list[Json] = [_row(one, words) for one in trace.moments]
    moments += [_signed(one, words) for one in trace.acts]
    return {
        "issuer": case.authority_name, "number": f"追溯〔{at[:4]}〕{case.number}", "to": "审计与监督部门",
        "case_number": case.number, "matter": case.matter_title, "verified_at": at[:16].replace("T", " "),
        "result": "未发现改动" if trace.whole else f"发现改动 {len(found.faults)} 处", "rows": rows,
        "faults": [fault.text for fault in found.faults], "moments": moments, "date": at[:10], "seal": "追溯报告",
        "qr": f"{case.number}",
    }  # fmt: skip


def _signed(one: ActLine, words: tuple[str, ...]) -> list[Json]:
    """A signed act, as it was verified now."""
    what = f"{masked(one.reason, words)}证书 {one.serial[:16]}，摘要 {one.digest[:16]}"
    return [one.at[:16].replace("T", " "), f"签名 {one.act}", what, masked(one.signer, words), one.state]


def _row(one: Moment, words: tuple[str, ...]) -> list[Json]:
    text = masked(one.words, words)
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    entry = f"{one.number or '—'} {STATES[one.state]}".strip() if one.state else ""
    return [one.at[:16].replace("T", " "), f"{one.kind} {one.title}", shown, masked(one.who, words), entry]
