"""Sign-in at an identity provider by OpenID Connect Core 1.0: code flow, PKCE (RFC 7636), signed ID token, and
sign-out started here (RP-Initiated Logout 1.0)."""

from __future__ import annotations

import secrets
import threading
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

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
STRONG = frozenset({"mfa", "otp", "hwk", "swk", "sc"})  # RFC 8176: ways of proof that are a second factor
_TIMEOUT = 5
_LEEWAY, _LONGEST = 60, 150


class OidcProvider:
    """Fulfils `IdentityProvider` for an issuer that publishes its discovery document.

    Claims read from the ID token: `sub`, `name`, `acr` (L1–L3), `phone_number`, `id_no` (the person's identity
    number), `organizations` (a list of code, name, role 法定代表人 | 授权); of staff `unit`, `posts` and `amr`.
    `setting` is the environment variable that an issuer's fault is told of.
    """

    def __init__(
        self, *, issuer: str, client_id: str, client_secret: str, clock: Clock, setting: str = "ZHUNYU_OIDC_ISSUER"
    ) -> None:
        self._setting = setting
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
            self._check_sender(answer)
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

    def leave_url(self, return_url: str) -> str:
        """Where to sign out at the provider as well, coming back afterwards."""
        try:
            place = str(self._discovered().get("end_session_endpoint", ""))
        except ZhunyuError:
            return ""
        asked = urlencode({"client_id": self._client_id, "post_logout_redirect_uri": return_url})
        return f"{place}{'&' if '?' in place else '?'}{asked}" if place.startswith(("http://", "https://")) else ""

    def _check_sender(self, answer: str) -> None:
        """The answer names no other issuer (RFC 9207: mix-up)."""
        named = parse_qs(urlsplit(answer).query).get("iss", [self._issuer])
        if named != [self._issuer]:
            raise ValueError("answered by another issuer")

    def _check(self, claims: dict[str, Any], nonce: str) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=_LEEWAY,
            iss={"essential": True, "value": self._issuer},
            aud={"essential": True, "value": self._client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        registry.validate(claims)
        audience = claims["aud"]
        several = isinstance(audience, list) and len(audience) > 1
        if (several or "azp" in claims) and claims.get("azp") != self._client_id:
            raise ValueError("issued to somebody else")
        if not isinstance(claims["sub"], str) or not 0 < len(claims["sub"]) <= _LONGEST:
            raise ValueError("no subject")

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
                        "S001", "统一身份认证的签发者与配置不符。", f"请核对 {self._setting}。", status=503
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
        represents=(*organizations, *own), unit=str(claims.get("unit", "")), posts=_texts(claims.get("posts")),
        strong=bool(STRONG & set(_texts(claims.get("amr")))),
    )  # fmt: skip


def _texts(value: object) -> tuple[str, ...]:
    return tuple(one for one in value if isinstance(one, str)) if isinstance(value, list) else ()


def _unreachable() -> ZhunyuError:
    return ZhunyuError("S006", "统一身份认证暂时无法使用。", "请稍后再试，或用账号口令登录。", status=503)
