"""A small authority, a second one, and certificates of both, for the tests of trust."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from engine.trust import sm2
from engine.trust.pki.certificate import Certificate
from engine.trust.pki.issuing import Revocation, Subject, Term, issue, issue_list, issue_root
from engine.trust.pki.trust import RevocationList, Trust, read_list

NOW = datetime(2026, 5, 4, 8, 0, tzinfo=UTC)
DAY = timedelta(days=1)
YEAR = Term(NOW - 30 * DAY, NOW + 335 * DAY)


class Authority:
    """A root with its key."""

    def __init__(self, name: str = "示例根", term: Term = YEAR, path_length: int = 0) -> None:
        self.key = sm2.generate(secrets.token_bytes)
        self.root = issue_root(Subject(name), self.key, secrets.randbits(64) | 1, term, path_length)

    def sign(self, message: bytes) -> bytes:
        return sm2.sign(self.key, message)

    def issue(
        self, kind: str = "officer", name: str = "黄窗示", term: Term = YEAR, code: str = "HP-0001"
    ) -> Certificate:
        return self.issue_with_key(kind, name, term, code)[0]

    def issue_with_key(
        self, kind: str = "officer", name: str = "黄窗示", term: Term = YEAR, code: str = "HP-0001"
    ) -> tuple[Certificate, sm2.PrivateKey]:
        key = sm2.generate(secrets.token_bytes)
        subject = Subject(name, "黄浦区", code)
        return issue(self.root, self.sign, kind, subject, key.public, secrets.randbits(64) | 1, term), key

    def list(self, *revoked: Revocation, term: Term | None = None) -> bytes:
        return issue_list(self.root, self.sign, 1, term or Term(NOW - DAY, NOW + 6 * DAY), revoked)

    def trust(self, *revoked: Revocation, term: Term | None = None) -> Trust:
        found: RevocationList = read_list(self.list(*revoked, term=term), (self.root,))
        return Trust((self.root,), (), {self.root.id: found})
