"""What is signed to sign in: a challenge that an officer's key answers, and a ticket of the office platform.

A ticket is text: Base64url of canonical JSON, a full stop, Base64url of the SM2 signature (DER). Domains keep either
from being taken for another signature.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import datetime

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.keys import Signer

_CHALLENGE, _TICKET = b"zhunyu:sign-in-challenge:v1\0", b"zhunyu:sign-in-ticket:v1\0"
LONGEST, LEEWAY = 300, 30  # seconds a ticket may be good for, and clocks may differ by
_LARGEST = 8192


class Challenge(msgspec.Struct, frozen=True):
    """What an officer's key signs: for whom, in which sign-in (the digest of what its browser holds), what for, at
    which installation, a random nonce, until when (ISO instant)."""

    account: str
    session: str
    purpose: str
    origin: str
    nonce: str
    until: str

    def message(self) -> bytes:
        """The bytes that are signed."""
        return _CHALLENGE + canonical(msgspec.to_builtins(self))


def answers(challenge: Challenge, public: sm2.PublicKey, signature: bytes) -> bool:
    """Whether a signature (DER) answers the challenge, for both implementations."""
    from engine.trust.second import verify_second

    message = challenge.message()
    return sm2.verify(public, message, signature) and verify_second(public.point, message, signature)


class Ticket(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A ticket of the office platform. `iss` wrote it for `aud`; `sub` is the person there, `unit` the code of their
    unit, `posts` what they are there; `jti` is never given twice; `iat` and `exp` are seconds since 1970. `factors`
    says how many factors the platform asked for. `key` names the key that signed."""

    iss: str
    aud: str
    sub: str
    name: str
    unit: str
    posts: tuple[str, ...]
    jti: str
    iat: int
    exp: int
    key: str
    factors: int = 1


def write_ticket(ticket: Ticket, key: Signer) -> str:
    """The text of a ticket under the signature of a key, whose id it must name."""
    said = canonical(msgspec.to_builtins(ticket))
    return f"{_text(said)}.{_text(key.sign(_TICKET + said))}"


def read_ticket(
    text: str, *, issuer: str, audience: str, trusted: Mapping[str, sm2.PublicKey], now: datetime
) -> Ticket:
    """A genuine ticket for us that is good now; ZhunyuError A011 (401) with the reason. Whether it was used before is
    for the caller to see to."""
    try:
        said, _, signed = text.partition(".")
        if len(text) > _LARGEST or not signed:
            raise ValueError("not a ticket")
        content, signature = _bytes(said), _bytes(signed)
        ticket = decoded(content, Ticket)
        if canonical(msgspec.to_builtins(ticket)) != content:
            raise ValueError("written in another way")
    except (ValueError, RecursionError, binascii.Error, msgspec.MsgspecError) as error:
        raise _refused("凭据不是约定的写法") from error
    public, at = trusted.get(ticket.key), now.timestamp()
    if public is None or not sm2.verify(public, _TICKET + content, signature):
        raise _refused("凭据不是办公平台签发的，或被改动过")
    if ticket.iss != issuer or ticket.aud != audience:
        raise _refused("凭据不是给本系统的")
    if not ticket.iat <= ticket.exp <= ticket.iat + LONGEST or ticket.iat > at + LEEWAY:
        raise _refused("凭据的时间有误")
    if at >= ticket.exp + LEEWAY:
        raise _refused("凭据已经过期")
    if not ticket.sub or not 16 <= len(ticket.jti) <= 200:
        raise _refused("凭据没有写明是谁，或没有编号")
    return ticket


def _refused(why: str) -> ZhunyuError:
    return ZhunyuError("A011", f"办公平台的登录{why}。", "请回到办公平台重新进入。", status=401)


def _text(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode("ascii")


def _bytes(text: str) -> bytes:
    data = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    if _text(data) != text:
        raise ValueError("not strict")
    return data
