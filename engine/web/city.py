"""Sign-in with the city's unified account, where the installation names an identity provider."""

from __future__ import annotations

import msgspec
from flask import Blueprint, Flask, current_app, redirect, request, session, url_for
from flask.typing import ResponseReturnValue

from engine.errors import ZhunyuError
from engine.model.sign_in import OIDC
from engine.ports.identity import Challenge, IdentityProvider
from engine.web.access import access, safe_next
from engine.web.app import remember
from engine.web.arriving import came
from engine.web.limiting import limited

blueprint = Blueprint("city", __name__, url_prefix="/login/city")
_UNDER_WAY = "city"


def register_city(app: Flask, provider: IdentityProvider) -> None:
    """Add `/login/city` to the app."""
    app.extensions["zhunyu_identity"] = provider
    app.register_blueprint(blueprint)


@blueprint.get("")
@access("public")
@limited("20/minute")
def leave() -> ResponseReturnValue:
    """Send the visitor to the provider."""
    challenge = _provider().begin(_return_url())
    session[_UNDER_WAY] = {**msgspec.structs.asdict(challenge), "next": safe_next("/")}
    return redirect(challenge.url, 303)


@blueprint.get("/return")
@access("public")
@limited("20/minute")
def come_back() -> ResponseReturnValue:
    """Take the provider's answer for the sign-in this browser began, once."""
    kept = session.pop(_UNDER_WAY, None)
    if not isinstance(kept, dict):
        raise ZhunyuError("A011", "这次登录已经过期。", "请重新登录。", status=401)
    next = str(kept.pop("next", "/"))
    challenge, accounts, here = Challenge(**kept), current_app.extensions["zhunyu"].accounts, came(OIDC)
    accounts.use_once("oidc", challenge.state, here)
    identity = _provider().finish(challenge, _return_url(), request.url)
    opened = accounts.sign_in_as(identity, here)
    remember(opened.token)
    return redirect(next, 303)


def leave_url(back: str) -> str:
    """Where to sign out at the provider as well; "" without a provider."""
    provider: IdentityProvider | None = current_app.extensions.get("zhunyu_identity")
    return provider.leave_url(back) if provider is not None else ""


def _provider() -> IdentityProvider:
    provider: IdentityProvider = current_app.extensions["zhunyu_identity"]
    return provider


def _return_url() -> str:
    public = str(getattr(current_app.extensions["zhunyu"].settings, "public_url", "")).rstrip("/")
    path = url_for("city.come_back")
    return f"{public}{path}" if public else url_for("city.come_back", _external=True)
