"""The sandbox's identity provider: OpenID Connect, code flow with PKCE, ES256; codes are good once and for a minute."""

from __future__ import annotations

import base64
import hashlib
import secrets
import threading
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, abort, jsonify, redirect, render_template, request
from flask.typing import ResponseReturnValue
from joserfc import jwt
from joserfc.jwk import ECKey

CLIENT, SECRET = "zhunyu", "sandbox-secret"
_LASTS = 60
_HOTEL = {"code": "91310101MADEM0011X", "name": "上海示例泊云酒店有限公司", "role": "法定代表人"}
PEOPLE: dict[str, dict[str, Any]] = {
    "city-0001": {
        "name": "陈示安", "acr": "L3", "phone_number": "13800000001", "id_no": "310101197102111016",
        "organizations": [_HOTEL],
    },
    "staff-0001": {"name": "黄单示", "unit": "DEMO-HP", "posts": ["审批决定"], "amr": ["pwd", "mfa"]},
    "staff-0002": {"name": "浦单示", "unit": "DEMO-PD", "posts": ["窗口受理"], "amr": ["pwd"]},
    "staff-0003": {"name": "外单示", "unit": "DEMO-XX", "posts": ["审批决定"]},
}  # fmt: skip


class IdentityProvider:
    """Its key lives as long as the process. `claims` are put over those of the next ID token."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self.now, self.key = now, ECKey.generate_key("P-256", {"kid": secrets.token_hex(4)})
        self._codes: dict[str, dict[str, str]] = {}
        self._lock = threading.Lock()
        self.claims: dict[str, Any] = {}

    def code(self, subject: str, asked: Mapping[str, str]) -> str:
        """A code for one of its people, bound to what was asked."""
        code = secrets.token_urlsafe(24)
        with self._lock:
            self._codes[code] = {**asked, "sub": subject, "at": str(int(self.now().timestamp()))}
        return code

    def take(self, code: str, redirect_uri: str, verifier: str) -> dict[str, str] | None:
        """What a code stands for, once; None when it is spent, old, or the verifier is another."""
        with self._lock:
            kept = self._codes.pop(code, None)
        digest = hashlib.sha256(verifier.encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if kept is None or kept["redirect_uri"] != redirect_uri or kept["code_challenge"] != challenge:
            return None
        return kept if int(self.now().timestamp()) - int(kept["at"]) <= _LASTS else None

    def token(self, issuer: str, kept: Mapping[str, str]) -> str:
        """The signed ID token."""
        at = int(self.now().timestamp())
        claims = {
            "iss": issuer, "aud": CLIENT, "sub": kept["sub"], "iat": at, "exp": at + 300, "nonce": kept["nonce"],
            **PEOPLE[kept["sub"]], **self.claims,
        }  # fmt: skip
        return jwt.encode({"alg": "ES256", "kid": self.key.kid}, claims, self.key)


def identity_desk(provider: IdentityProvider) -> Blueprint:
    """The provider under /idp."""
    blueprint = Blueprint("identity", __name__, url_prefix="/idp")

    def issuer() -> str:
        return f"{request.host_url.rstrip('/')}/idp"

    @blueprint.get("/.well-known/openid-configuration")
    def discovery() -> ResponseReturnValue:
        own = issuer()
        return jsonify({
            "issuer": own, "authorization_endpoint": f"{own}/authorize", "token_endpoint": f"{own}/token",
            "jwks_uri": f"{own}/keys", "end_session_endpoint": f"{own}/logout",
            "code_challenge_methods_supported": ["S256"], "id_token_signing_alg_values_supported": ["ES256"],
        })  # fmt: skip

    @blueprint.get("/keys")
    def keys() -> ResponseReturnValue:
        return jsonify({"keys": [provider.key.as_dict(private=False)]})

    @blueprint.get("/authorize")
    def authorize() -> ResponseReturnValue:
        asked = request.args.to_dict()
        fits = asked.get("client_id") == CLIENT and asked.get("response_type") == "code"
        if not fits or asked.get("code_challenge_method") != "S256" or not asked.get("redirect_uri"):
            abort(400)
        subject = asked.pop("as", "")
        if subject not in PEOPLE:
            return render_template("identity.html", people=PEOPLE, asked=asked)
        back = {"code": provider.code(subject, asked), "state": asked.get("state", ""), "iss": issuer()}
        return redirect(f"{asked['redirect_uri']}?{urlencode(back)}", 303)

    @blueprint.post("/token")
    def token() -> ResponseReturnValue:
        who = request.authorization
        if who is None or (who.username, who.password) != (CLIENT, SECRET):
            return jsonify({"error": "invalid_client"}), 401
        form = request.form
        kept = provider.take(form.get("code", ""), form.get("redirect_uri", ""), form.get("code_verifier", ""))
        if kept is None:
            return jsonify({"error": "invalid_grant"}), 400
        return jsonify({
            "access_token": secrets.token_urlsafe(16), "token_type": "Bearer", "expires_in": 60,
            "id_token": provider.token(issuer(), kept),
        })  # fmt: skip

    @blueprint.get("/logout")
    def logout() -> ResponseReturnValue:
        return redirect(request.args.get("post_logout_redirect_uri", "/idp/authorize"), 303)

    return blueprint
