"""Who holds the root and signing keys: the software ring of this installation, or a crypto service behind one shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Protocol

from engine.errors import ZhunyuError
from engine.trust import sm2
from engine.trust.envelope import derive, open_field, seal_field
from engine.trust.keys import KeyRing, Signer
from engine.trust.second import verify_second

Random = Callable[[int], bytes]

_WRAPPED = "case_keys.key"  # where wrapped data keys lie
_PERMANENT = 1  # the version named in what is derived from the permanent key


class Crypto(Protocol):
    """The root of the key hierarchy. Data keys are wrapped and unwrapped here; everything else is done with those."""

    @property
    def provider(self) -> str:
        """Name and version ("software/1"), written beside every wrapped key."""
        ...

    @property
    def root_version(self) -> int:
        """The version that wraps now."""
        ...

    def wrap(self, key: bytes, owner: str) -> str:
        """A data key as a token that opens for this owner only."""
        ...

    def unwrap(self, token: str, owner: str) -> bytes:
        """The data key; ZhunyuError K004 when the token was altered, is another owner's, or its root is gone."""
        ...

    def secret(self, purpose: str, context: str) -> bytes:
        """32 bytes that stay the same whatever is rotated: keys of blind indexes, history tags, receipt salts."""
        ...

    def signer(self, purpose: str) -> Signer:
        """Who signs for a purpose now; ZhunyuError K002 when nobody does."""
        ...

    def trusted(self, purpose: str) -> Mapping[str, sm2.PublicKey]:
        """Public keys of everything that ever signed for the purpose, by key id."""
        ...

    def revoked(self) -> Mapping[str, str]:
        """The instant since which signatures are not believed, by key id."""
        ...

    def earlier(self, place: str, row: str, token: str) -> bytes:
        """The plaintext of a token sealed directly under a root key, as installations did before data keys."""
        ...


class SoftwareCrypto:
    """The ring in memory. `reload` is asked for the ring as it lies in the store now, so that a rotation by another
    process is noticed: it returns the very same object while nothing has changed."""

    provider = "software/1"

    def __init__(self, ring: KeyRing, random: Random, reload: Callable[[], KeyRing] | None = None) -> None:
        self._fixed, self._random, self._reload = ring, random, reload

    def __repr__(self) -> str:
        return f"SoftwareCrypto({self.ring!r})"

    @property
    def ring(self) -> KeyRing:
        """The ring as it is now."""
        return self._reload() if self._reload else self._fixed

    @property
    def root_version(self) -> int:
        return self.ring.root_version

    def wrap(self, key: bytes, owner: str) -> str:
        return seal_field(self.ring, _WRAPPED, owner, key, self._random)

    def unwrap(self, token: str, owner: str) -> bytes:
        return open_field(self.ring, _WRAPPED, owner, token)

    def secret(self, purpose: str, context: str) -> bytes:
        return derive(self.ring.first, purpose, context, _PERMANENT, 32)

    def signer(self, purpose: str) -> Signer:
        return self.ring.signer(purpose)

    def trusted(self, purpose: str) -> Mapping[str, sm2.PublicKey]:
        return self.ring.trusted(purpose)

    def revoked(self) -> Mapping[str, str]:
        return self.ring.revoked

    def earlier(self, place: str, row: str, token: str) -> bytes:
        return open_field(self.ring, place, row, token)


def wrapped_under(token: str) -> int:
    """The root version a wrapped data key names; ZhunyuError K004 when it is no token."""
    version = token.partition(".")[0]
    if not version.isascii() or not version.isdigit() or len(version) > 9:
        raise ZhunyuError("K004", "封装的数据密钥格式不符。")
    return int(version)


def self_test(crypto: Crypto, random: Random) -> None:
    """What a provider must do before anything is entrusted to it; ZhunyuError K003 names what it does wrong.

    A data key comes back for its owner and for no other; a signature is accepted by both verifiers, and not over
    anything else; the permanent secrets stand still and differ by context.
    """
    key = random(16)
    token = crypto.wrap(key, "self-test")
    if crypto.unwrap(token, "self-test") != key or key.hex() in token:
        raise _failed(crypto, "封装与解封")
    try:
        crypto.unwrap(token, "self-test-2")
    except ZhunyuError:
        pass
    else:
        raise _failed(crypto, "封装与所属的绑定")
    message = b"zhunyu:self-test:v1\0" + random(16)
    signer = crypto.signer("audit")
    signature, public = signer.sign(message), crypto.trusted("audit").get(signer.key_id)
    if public is None or not sm2.verify(public, message, signature) or sm2.verify(public, message + b".", signature):
        raise _failed(crypto, "签名")
    if not verify_second(public.point, message, signature):
        raise _failed(crypto, "签名（第二验签）")
    one = crypto.secret("self-test", "1")
    if len(one) != 32 or one != crypto.secret("self-test", "1") or one == crypto.secret("self-test", "2"):
        raise _failed(crypto, "HMAC")


def _failed(crypto: Crypto, what: str) -> ZhunyuError:
    return ZhunyuError("K003", f"密码提供者 {crypto.provider} 的{what}自检未通过。", "请停止使用并检查。", status=500)
