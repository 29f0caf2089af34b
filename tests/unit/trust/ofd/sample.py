"""A small sealed document, and the little authority its certificates come from."""

from __future__ import annotations

import functools
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from engine.trust import sm2
from engine.trust.ofd.checking import OfdCheck, check_ofd, relying
from engine.trust.ofd.document import Description
from engine.trust.ofd.page import Drawing, Font, Page, Path, Picture, Text
from engine.trust.ofd.sealing import sealed_ofd
from engine.trust.ofd.structures import SealContent, make_seal
from engine.trust.pki.identity import KeyIdentity
from engine.trust.pki.issuing import Revocation, Subject, Term, issue, issue_list, issue_root
from engine.trust.pki.trust import Trust, read_list

NOW = datetime(2026, 11, 2, 2, 0, tzinfo=UTC)
TERM = Term(NOW - timedelta(days=300), NOW + timedelta(days=900))
OFFICE = "上海市黄浦区卫生健康委员会"
ABOUT = Description("许可证", OFFICE, "2026-11-02", "zhunyu", "0", {"certificateNumber": "1号", "照面.姓名": "<䶮&𬭎>"})
DRAWING = Drawing(
    pages=(Page(297, 210, (
        Text(20, 30, 5, 0, "单位<&>", (5, 5, 2.5, 2.5), (0, 0, 0)),
        Path((("M", (10, 10)), ("L", (50, 10)), ("B", (1, 2, 3, 4, 5, 6)), ("C", ())), (255, 0, 0), (0, 0, 9), 0.3),
        Picture((1, 2, 30, 40), 0),
    )), Page(210, 297, ())),
    fonts=(Font("Sample", "Sample", b"font"),), pictures=(b"\x89PNG picture",), stamps=((0, (100, 100, 42, 42)),),
)  # fmt: skip


class Authority:
    """A root that issues what a test asks for."""

    def __init__(self) -> None:
        self.key = sm2.generate(secrets.token_bytes)
        self.root = issue_root(Subject("示例根"), self.key, 1, TERM)
        self._serial = 1

    def sign(self, message: bytes) -> bytes:
        return sm2.sign(self.key, message)

    def identity(self, kind: str, name: str, term: Term = TERM) -> KeyIdentity:
        self._serial += 1
        private = sm2.generate(secrets.token_bytes)
        made = issue(self.root, self.sign, kind, Subject(name), private.public, self._serial, term)
        return KeyIdentity(made, private, (self.root,))

    def trust(self, revoked: Iterable[Revocation] = ()) -> Trust:
        known = read_list(issue_list(self.root, self.sign, 1, TERM, revoked), (self.root,))
        return Trust((self.root,), (), {self.root.id: known})


AUTHORITY = Authority()
AGENCY, MAKER = AUTHORITY.identity("agency", OFFICE), AUTHORITY.identity("seal_maker", "制章系统")


def seal(user: KeyIdentity = AGENCY, maker: KeyIdentity = MAKER, end: datetime = TERM.until) -> bytes:
    content = SealContent(
        "ES0001", f"{OFFICE}行政审批专用章", (user.certificate,), TERM.since, TERM.since, end, b"\x89PNG", 42, 42
    )
    return make_seal(content, maker)


@functools.cache
def document() -> bytes:
    """A valid document."""
    return sealed_ofd(DRAWING, ABOUT, seal(), AGENCY, NOW)


def checked(file: bytes, trust: Trust | None = None, now: datetime = NOW, *, second: bool = False) -> OfdCheck:
    """What the check says of a file."""
    return check_ofd(file, relying(trust or AUTHORITY.trust(), now), now, second=second)
