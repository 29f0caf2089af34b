"""Signing and checking reports of the audit: the tail of a certificate file, under the key of the history."""

from __future__ import annotations

from engine.adapters.keys import crypto_of
from engine.trust.keys import KeyRing
from engine.trust.provider import Crypto
from engine.trust.seal import SealFacts, check_pdf, seal_pdf

KIND = "追溯报告"


class RingReportSeals:
    """Fulfils `ReportSeals`. A report never passes for a certificate: those are under another key."""

    def __init__(self, keys: KeyRing | Crypto) -> None:
        self._crypto = crypto_of(keys)

    def seal(self, pdf: bytes, number: str, about: str, issuer: str, at: str) -> bytes:
        """The report with its signature in the tail."""
        facts = SealFacts(
            certificate_id=KIND, number=number, holder=about, face={}, status_at_issue=KIND, issued_on=at[:10],
            valid_to="", issuer=issuer,
        )  # fmt: skip
        return seal_pdf(pdf, facts, self._crypto.signer("audit"), at)[0]

    def check(self, pdf: bytes) -> tuple[str, str]:
        """valid | altered | unknown, and why."""
        found = check_pdf(pdf, self._crypto.trusted("audit"))
        if found.state == "valid" and found.seal is not None and found.seal.certificate_id != KIND:
            return "unknown", "这不是追溯报告。"
        return found.state, found.reason
