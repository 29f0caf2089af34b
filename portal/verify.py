"""For everybody: is this certificate genuine, and what is on the public register."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from engine.web.access import access
from engine.web.limiting import limited
from portal.services import zhunyu

blueprint = Blueprint("verify", __name__)


@blueprint.get("/verify")
@access("public")
@limited("60/minute")
def home() -> ResponseReturnValue:
    """Ask for a number or a file."""
    number = request.args.get("number", "").strip()[:100]
    if number:
        return redirect(url_for("verify.by_number", number=number), 303)
    return render_template("verify/home.html", found=None, asked="")


@blueprint.get("/verify/<path:number>")
@access("public")
@limited("60/minute")
def by_number(number: str) -> ResponseReturnValue:
    """What the register says of a number."""
    asked = number.strip()[:100]
    return render_template("verify/home.html", found=zhunyu().certificates.by_number(asked), asked=asked)


@blueprint.post("/verify")
@access("public")
@limited("20/minute")
def by_file() -> ResponseReturnValue:
    """Check the seal of a certificate file."""
    file = request.files.get("certificate")
    if file is None or not file.filename:
        return render_template("verify/home.html", found=None, asked="", refusal="请选择要查验的证照文件。"), 422
    found = zhunyu().certificates.by_file(file.read())
    return render_template("verify/home.html", found=found, asked="")


@blueprint.get("/register")
@access("public")
@limited("60/minute")
def register() -> ResponseReturnValue:
    """Search the public register by number or name."""
    text = request.args.get("text", "").strip()[:60]
    found = zhunyu().certificates.public_search(text) if len(text) > 1 else ()
    return render_template("verify/register.html", text=text, found=found)
