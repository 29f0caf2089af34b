"""The government crypto service (统一密码服务) over HTTP: root and signing keys never leave it.

Every request is signed (`engine.trust.message`) and goes over TLS with a client certificate where one is set; every
reply must be signed by the service over the request's own nonce. What may be asked twice is tried again; what may not
is not. After five failures in a row nothing is asked for ten seconds.
"""

from __future__ import annotations

import base64
import binascii
import secrets
import threading
import time
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

import msgspec
import requests

from engine.adapters.breaker import Breaker
from engine.adapters.crypto_settings import CryptoSettings
from engine.adapters.reply_body import TooLong, read_body
from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.ports.keys import KeyLine
from engine.ports.world import Clock
from engine.trust import sm2
from engine.trust.canonical import canonical
from engine.trust.envelope import associated
from engine.trust.message import NONCE, sign_message, verify_message
from engine.trust.provider import wrapped_under

REPLY = "REPLY"  # what stands for the method in the signature of a reply
MAX_AGE = 60  # seconds
_MOST = 1 << 18  # bytes of a reply
_AGAIN = frozenset({"info", "public", "unwrap", "mac"})  # gives the same whenever asked
_PAUSES = (0.05, 0.25)  # seconds before each further try
_FIELDS: dict[str, dict[str, type]] = {  # operation: what a whole answer holds
    "info": {"provider": str, "root": int, "roots": list}, "public": {"key": str, "point": str},
    "sign": {"key": str, "signature": str}, "wrap": {"token": str}, "unwrap": {"key": str}, "mac": {"mac": str},
    "rotate": {"root": int}, "retire": {"roots": list},
}  # fmt: skip


class _Passing(Exception):
    """A failure that may pass."""


class RemoteSigner(msgspec.Struct, frozen=True):
    """A signing key that the service holds."""

    key_id: str
    public: sm2.PublicKey
    service: RemoteCrypto

    def sign(self, message: bytes) -> bytes:
        """The DER signature over a message; ZhunyuError K002 when what the service gave is not the key's."""
        answer = self.service.ask("sign", key=self.key_id, message=_text(message))
        signature = _bytes(answer["signature"])
        if answer["key"] != self.key_id or not sm2.verify(self.public, message, signature):
            raise ZhunyuError("K002", "密码服务给出的签名核验未通过。", "请联系密码服务的管理方。", status=502)
        return signature


class RemoteCrypto:
    """Fulfils `Crypto` and, as far as the service allows, `RootAdmin`'s part on roots."""

    def __init__(self, settings: CryptoSettings, clock: Clock, sleep: Callable[[float], None] = time.sleep) -> None:
        self._settings, self._clock, self._sleep = settings, clock, sleep
        self._breaker, self._local = Breaker(), threading.local()
        told = self.ask("info")
        self.provider = str(told["provider"])
        names = {name for keys in settings.signing.values() for name in keys}
        self._public = {name: self._fetched(name) for name in sorted(names)}

    def __repr__(self) -> str:
        return f"RemoteCrypto({self._settings.url})"

    @property
    def root_version(self) -> int:
        """The version the service wraps under now."""
        return int(self.ask("info")["root"])

    def roots(self) -> tuple[int, ...]:
        """The root versions the service keeps."""
        found = self.ask("info")["roots"]
        if not found or not all(isinstance(root, int) for root in found):
            raise _unbelievable("根密钥版本不完整")
        return tuple(sorted(found))

    def rotate(self) -> int:
        """Ask for one more root version."""
        return int(self.ask("rotate", key=self._settings.root)["root"])

    def lines(self) -> tuple[KeyLine, ...]:
        """The signing keys named in the settings."""
        found = []
        for purpose, names in sorted(self._settings.signing.items()):
            signing = self.signer(purpose).key_id
            for name in names:
                since = self._settings.revoked.get(name, "")
                state = "已吊销" if since else ("签名" if name == signing else "仅验签")
                found.append(KeyLine(name, purpose, state, since))
        return tuple(found)

    def retire(self, used: Collection[int]) -> tuple[int, ...]:
        """Have the versions destroyed that are not used; those destroyed."""
        answer = self.ask("retire", key=self._settings.root, used=sorted(used))
        return tuple(answer["roots"])

    def wrap(self, key: bytes, owner: str) -> str:
        token = str(self.ask("wrap", key=self._settings.root, data=_text(key), context=owner)["token"])
        wrapped_under(token)
        return token

    def unwrap(self, token: str, owner: str) -> bytes:
        wrapped_under(token)
        key = _bytes(self.ask("unwrap", key=self._settings.root, token=token, context=owner)["key"])
        if len(key) != 16:
            raise _unbelievable("数据密钥的长度不符")
        return key

    def secret(self, purpose: str, context: str) -> bytes:
        data = associated("zhunyu", purpose, context)
        made = _bytes(self.ask("mac", key=self._settings.mac, data=_text(data))["mac"])
        if len(made) != 32:
            raise _unbelievable("HMAC 的长度不符")
        return made

    def signer(self, purpose: str) -> RemoteSigner:
        gone = self._settings.revoked
        names = [name for name in self._settings.signing.get(purpose, ()) if name not in gone]
        if not names:
            raise ZhunyuError("K002", f"没有用途为 {purpose} 的签名密钥。", status=500)
        return RemoteSigner(names[-1], self._public[names[-1]], self)

    def trusted(self, purpose: str) -> Mapping[str, sm2.PublicKey]:
        names = self._settings.signing.get(purpose, ())
        return MappingProxyType({name: self._public[name] for name in names})

    def revoked(self) -> Mapping[str, str]:
        return self._settings.revoked

    def earlier(self, place: str, row: str, token: str) -> bytes:
        raise ZhunyuError("K004", "内容由本机的密钥库加密，密码服务无法解开。", "请按密钥手册迁移后再切换。")

    def ask(self, operation: str, **given: Any) -> dict[str, Any]:
        """Ask the service; ZhunyuError S006 while it cannot be reached or answers nothing that may be believed, K004
        when it refuses to unwrap, K002 when it refuses anything else."""
        tries = (*_PAUSES, None) if operation in _AGAIN else (None,)
        for pause in tries:
            if not self._breaker.allows():
                raise _unavailable("连续失败，暂停调用")
            try:
                answer = self._once(operation, given)
            except _Passing as reason:
                self._breaker.failed()
                if pause is None:
                    raise _unavailable(str(reason)) from reason
                self._sleep(pause)
                continue
            self._breaker.succeeded()
            return answer
        raise AssertionError  # the last try returns or raises

    def _once(self, operation: str, given: Mapping[str, Any]) -> dict[str, Any]:
        path, body, nonce = f"/v1/{operation}", canonical(dict(given)), secrets.token_urlsafe(18)
        at = self._clock.now().isoformat()
        headers = sign_message(self._settings.client, "POST", path, body, at, nonce)
        until = time.monotonic() + sum(self._settings.timeouts)
        try:
            with self._session().post(
                self._settings.url + path, data=body, headers={**headers, "Content-Type": "application/json"},
                timeout=self._settings.timeouts, allow_redirects=False, stream=True,
            ) as reply:  # fmt: skip
                said = read_body(reply, _MOST, until)
        except (requests.Timeout, TooLong) as error:
            raise _Passing("没有在时限内答复") from error
        except (requests.RequestException, OSError) as error:
            raise _Passing("连接不上") from error
        except Exception as error:  # urllib3 raises its own kinds while the body is read
            raise _Passing("答复中断") from error
        if reply.status_code >= 500:
            raise _Passing(f"返回状态 {reply.status_code}")
        wrong = verify_message(
            dict(reply.headers), REPLY, path, said, self._settings.service, self._clock.now(), MAX_AGE
        )
        if wrong is not None or reply.headers.get(NONCE) != nonce:
            raise _Passing(f"答复不可信：{wrong or '不是对这一请求的答复'}")
        return _read(operation, reply.status_code, said)

    def _fetched(self, name: str) -> sm2.PublicKey:
        answer = self.ask("public", key=name)
        if answer["key"] != name:
            raise _unbelievable("公钥不是所要的那一把")
        return sm2.PublicKey.from_hex(str(answer["point"]))

    def _session(self) -> requests.Session:
        session: requests.Session | None = getattr(self._local, "session", None)
        if session is None:
            session = self._local.session = requests.Session()
            session.trust_env = False
            session.verify = self._settings.ca or True
            session.cert = self._settings.certificate
        return session


def _read(operation: str, status: int, said: bytes) -> dict[str, Any]:
    """A signed reply: the whole answer, or why there is none."""
    try:
        answer = decoded(said, dict[str, Any])
    except msgspec.DecodeError as error:
        raise _Passing("答复不是约定的格式") from error
    if status != 200:
        reason = str(answer.get("reason", ""))[:200]
        raise ZhunyuError("K004" if operation == "unwrap" else "K002", f"密码服务拒绝：{reason}", status=502)
    fields = _FIELDS[operation]
    if answer.keys() != fields.keys() or not all(type(answer[name]) is kind for name, kind in fields.items()):
        raise _Passing("答复不完整")
    return answer


def _unavailable(reason: str) -> ZhunyuError:
    advice = "请稍后再试；持续出现请联系密码服务的管理方。"
    return ZhunyuError("S006", f"密码服务不可用：{reason}。", advice, status=503)


def _unbelievable(what: str) -> ZhunyuError:
    return ZhunyuError("S006", f"密码服务的答复不可信：{what}。", "请联系密码服务的管理方。", status=502)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")


def _bytes(text: Any) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (TypeError, ValueError, binascii.Error) as error:
        raise _unbelievable("不是 Base64 文本") from error
