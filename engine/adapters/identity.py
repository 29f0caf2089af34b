"""Sign-in at the city's unified account by OpenID Connect Core 1.0: code flow, PKCE (RFC 7636), signed ID token."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from typing import Any

import requests
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.requests_client import OAuth2Session
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from engine.errors import ZhunyuError
from engine.model.people import Subject
from engine.ports.accounts import Represented
from engine.ports.identity import Challenge, Identity
from engine.ports.world import Clock

ALGORITHMS = ("ES256", "RS256", "PS256")
LEVELS = {"1": 1, "2": 2, "3": 3, "L1": 1, "L2": 2, "L3": 3}
ROLES = frozenset({"法定代表人", "授权"})
_TIMEOUT = 5
_LEEWAY = 60


class OidcProvider:
    """Fulfils `IdentityProvider` for an issuer that publishes its discovery document.

    Claims read from the ID token: `sub`, `name`, `acr` (L1–L3), `phone_number`, `id_no` (the person's identity
    number), `organizations` (a list of code, name, role 法定代表人 | 授权).
    """

    def __init__(self, *, issuer: str, client_id: str, client_secret: str, clock: Clock) -> None:
        self._issuer, self._client_id, self._client_secret = issuer.rstrip("/"), client_id, client_secret
        self._clock, self._lock = clock, threading.Lock()
        self._found: Mapping[str, Any] = {}

    def begin(self, return_url: str) -> Challenge:
        """A new sign-in; S006 when the provider cannot be reached."""
        verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)
        with self._client(return_url) as client:
            url, state = client.create_authorization_url(
                self._discovered()["authorization_endpoint"], code_verifier=verifier, nonce=nonce
            )
        return Challenge(url=url, state=state, nonce=nonce, verifier=verifier)

    def finish(self, challenge: Challenge, return_url: str, answer: str) -> Identity:
        """Who came back; A011 when state, code, signature, issuer, audience, time or nonce do not fit."""
        found = self._discovered()
        try:
            with self._client(return_url, challenge.state) as client:
                token = client.fetch_token(
                    found["token_endpoint"], authorization_response=answer, code_verifier=challenge.verifier,
                    timeout=_TIMEOUT,
                )  # fmt: skip
            keys = KeySet.import_key_set(self._get(found["jwks_uri"]))
            claims = jwt.decode(token["id_token"], keys, algorithms=ALGORITHMS).claims
            self._check(claims, challenge.nonce)
        except requests.RequestException as error:
            raise _unreachable() from error
        except (AuthlibBaseError, JoseError, KeyError, ValueError) as error:
            raise ZhunyuError("A011", "统一身份认证没有通过。", "请重新登录。", status=401) from error
        return identity_of(claims)

    def _check(self, claims: dict[str, Any], nonce: str) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(claims)

    def _client(self, return_url: str, state: str | None = None) -> OAuth2Session:
        return OAuth2Session(
            self._client_id, self._client_secret, scope="openid profile phone", redirect_uri=return_url, state=state,
            code_challenge_method="S256",
        )  # fmt: skip

    def _discovered(self) -> Mapping[str, Any]:
        with self._lock:
            if not self._found:
                found = self._get(f"{self._issuer}/.well-known/openid-configuration")
                if found.get("issuer") != self._issuer:
                    raise ZhunyuError(
                        "S001", "统一身份认证的签发者与配置不符。", "请核对 ZHUNYU_OIDC_ISSUER。", status=503
                    )
                self._found = found
            return self._found

    def _get(self, url: str) -> Any:
        try:
            answer = requests.get(url, timeout=_TIMEOUT)
            answer.raise_for_status()
            return answer.json()
        except requests.RequestException as error:
            raise _unreachable() from error


def identity_of(claims: Mapping[str, Any]) -> Identity:
    """The claims as an identity; organisations with an unknown role are left out."""
    name, id_no = str(claims.get("name", "")), str(claims.get("id_no", ""))
    own = (Represented(Subject("自然人", id_no, name), "本人"),) if id_no else ()
    organizations = tuple(
        Represented(Subject("法人", str(one["code"]), str(one.get("name", ""))), str(one["role"]))
        for one in claims.get("organizations", ())
        if isinstance(one, Mapping) and one.get("code") and one.get("role") in ROLES
    )
    phone = str(claims.get("phone_number", ""))
    return Identity(
        subject=str(claims["sub"]), name=name, level=LEVELS.get(str(claims.get("acr", "")), 1),
        phone_masked=f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "",
        represents=(*organizations, *own),
    )  # fmt: skip


def _unreachable() -> ZhunyuError:
    return ZhunyuError("S006", "统一身份认证暂时无法使用。", "请稍后再试，或用账号口令登录。", status=503)
