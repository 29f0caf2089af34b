"""The sandbox's signature service: a small authority of its own, keys for whoever asks, one PIN for all."""

from __future__ import annotations

import base64
import json
import os
import secrets
import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from flask import Blueprint, jsonify, request
from flask.typing import ResponseReturnValue

from engine.trust import sm2
from engine.trust.pki.certificate import Certificate, read_certificate
from engine.trust.pki.issuing import Subject, Term, issue, issue_list, issue_root

PIN = "246810"
_NAME = "示例市电子认证（沙箱）"
_BEGIN = timedelta(days=1)


class SandboxAuthority:
    """Root and holders' keys in a JSON file; the root certificate and the revocation list beside it, to be trusted."""

    def __init__(self, folder: Path, now: Callable[[], datetime]) -> None:
        self._folder, self._now, self._turn = folder, now, threading.Lock()
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._kept: dict[str, dict[str, str]] = {}
        if self._file.exists():
            self._kept = json.loads(self._file.read_text(encoding="utf-8"))
        self.root = self._root()
        self.publish()

    @property
    def _file(self) -> Path:
        return self._folder / "signer.json"

    def publish(self) -> None:
        """Put the root certificate and a fresh revocation list where the platform looks for them."""
        trust = self._folder / "trust"
        trust.mkdir(exist_ok=True)
        term = Term(self._now() - _BEGIN, self._now() + timedelta(days=30))
        _, key = self._holder("root")
        found = issue_list(self.root, lambda message: sm2.sign(key, message), int(self._now().timestamp()), term, ())
        _write(trust / "sandbox-ca.cer", self.root.der)
        _write(trust / "sandbox-ca.crl", found)

    def certificates(self, kind: str, holder: str, name: str) -> tuple[Certificate, Certificate]:
        """The holder's certificate, made at the first call, and the root."""
        place = f"{kind}:{holder}"
        with self._turn:
            if place not in self._kept:
                private, (_, key) = sm2.generate(secrets.token_bytes), self._holder("root")
                term = Term(self._now() - _BEGIN, self._now() + timedelta(days=365))
                made = issue(
                    self.root, lambda message: sm2.sign(key, message), kind, Subject(name[:64] or holder, code=holder),
                    private.public, secrets.randbits(120) | 1, term,
                )  # fmt: skip
                self._keep(place, made, private)
            return self._holder(place)[0], self.root

    def sign(self, kind: str, holder: str, message: bytes) -> bytes | None:
        """The holder's signature; None for a holder nobody asked about before."""
        place = f"{kind}:{holder}"
        return sm2.sign(self._holder(place)[1], message) if place in self._kept else None

    def _root(self) -> Certificate:
        if "root" not in self._kept:
            key = sm2.generate(secrets.token_bytes)
            term = Term(self._now() - _BEGIN, self._now() + timedelta(days=3650))
            self._keep("root", issue_root(Subject(_NAME), key, secrets.randbits(120) | 1, term), key)
        return self._holder("root")[0]

    def _holder(self, place: str) -> tuple[Certificate, sm2.PrivateKey]:
        kept = self._kept[place]
        certificate, key = (base64.b64decode(kept[name]) for name in ("certificate", "key"))
        return read_certificate(certificate), sm2.PrivateKey.from_der(key)

    def _keep(self, place: str, certificate: Certificate, key: sm2.PrivateKey) -> None:
        parts = {"certificate": certificate.der, "key": key.to_der()}
        self._kept[place] = {name: base64.b64encode(data).decode("ascii") for name, data in parts.items()}
        _write(self._file, json.dumps(self._kept).encode())


def blueprint(authority: SandboxAuthority, refused: Callable[[], str | None]) -> Blueprint:
    """The two calls of a signature service; `refused` says why a request is not the platform's."""
    found = Blueprint("signer", __name__)

    @found.post("/signature/certificates")
    def certificates() -> ResponseReturnValue:
        reason, asked = refused(), request.get_json(silent=True) or {}
        if reason is not None:
            return jsonify({"reason": reason}), 401
        if asked.get("kind") not in ("applicant", "officer") or not asked.get("holder"):
            return jsonify({"reason": "没有写明持有人。"}), 400
        chain = authority.certificates(asked["kind"], asked["holder"], asked.get("name", ""))
        return jsonify({"certificates": [base64.b64encode(one.der).decode("ascii") for one in chain]})

    @found.post("/signature/sign")
    def sign() -> ResponseReturnValue:
        reason, asked = refused(), request.get_json(silent=True) or {}
        if reason is not None:
            return jsonify({"reason": reason}), 401
        if not secrets.compare_digest(str(asked.get("secret", "")).encode(), PIN.encode()):
            return jsonify({"reason": "签名口令不正确。"}), 403
        message = base64.b64decode(asked.get("message", ""))
        made = authority.sign(asked.get("kind", ""), asked.get("holder", ""), message)
        if made is None:
            return jsonify({"reason": "没有这一持有人的证书。"}), 403
        return jsonify({"signature": base64.b64encode(made).decode("ascii")})

    return found


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.{secrets.token_hex(6)}")
    aside.write_bytes(data)
    os.chmod(aside, 0o600)
    aside.replace(path)
