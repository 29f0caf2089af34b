"""The certificates of an installation: its own small authority, certificates of others, and what is relied on."""

from __future__ import annotations

import functools
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import msgspec

from engine.errors import ZhunyuError
from engine.ports.signing import KeptCertificate, TrustFiles
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, Ids
from engine.services.recording import record
from engine.trust import sm2
from engine.trust.pki import pin as pins
from engine.trust.pki.certificate import KINDS, Certificate, read_certificate, read_certificates
from engine.trust.pki.identity import KeyIdentity
from engine.trust.pki.issuing import REASONS, Revocation, Subject, Term, issue, issue_list, issue_root
from engine.trust.pki.trust import RevocationList, Standing, Trust, read_list, standing
from engine.trust.sm3 import sm3_hex

ROOT_YEARS, DAYS, LIST_DAYS = 10, 730, 7
_BEFORE = timedelta(minutes=5)  # a certificate made in the middle of an act is valid for all of it
WITHOUT_PIN = ("root", "agency", "seal_maker")
PARSED = functools.lru_cache(1024)(read_certificate)
_OPENED = functools.lru_cache(16)(sm2.PrivateKey.from_der)  # keys without a PIN, which sign all day
_GIVEN, _LIST = functools.lru_cache(256)(read_certificates), functools.lru_cache(64)(read_list)


class SigningAuthority:
    """Certificates: issue, enrol, revoke, and tell whether one may be relied on.

    `development` lets the installation issue for itself; else only certificates of anchors in `files` are relied on.
    """

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, files: TrustFiles, development: bool,
        iterations: int = pins.ITERATIONS,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._files = store, clock, ids, files
        self.development, self._iterations = development, iterations

    def start(self, name: str = "准予开发证书机构") -> Certificate:
        """The root of this installation's own authority, made at the first call."""
        self._require_development()
        with self._store.write() as tx:
            return self._root(tx, name)[0]

    def issue(
        self, kind: str, holder: str, subject: Subject, *, pin: str = "", days: int = DAYS, by: str = "system",
        iterations: int = 0,
    ) -> Certificate:  # fmt: skip
        """A certificate with a new key of ours: an officer's or a login's opens with `pin`, an agency's without.

        Earlier certificates of the same kind and holder stay until they are revoked; the newest signs.
        """
        self._require_development()
        if kind not in KINDS or kind == "root":
            raise ZhunyuError("K007", f"没有“{kind}”这种证书。", f"可用的有：{'、'.join(KINDS)}。", status=422)
        if kind not in WITHOUT_PIN:
            pins.check_pin(pin)
        with self._store.write() as tx:
            return self._issue(tx, kind, holder, subject, pin, days, by, iterations)

    def enrol(self, kind: str, holder: str, data: bytes, by: str = "system") -> Certificate:
        """Register a certificate of another authority whose key is held elsewhere; K007 when it is not relied on."""
        certificate = read_certificates(data)[0]
        now = self._clock.now()
        with self._store.write() as tx:
            found = standing(self._trust(tx.signing.held("root", "")), certificate, kind, now, now)
            if found.state != "valid":
                raise ZhunyuError("K007", f"证书不能登记：{found.reason}", "请核对证书和受信任的签发机构。", status=422)
            kept = KeptCertificate(certificate.id, kind, holder, certificate.der, _text(now))
            if not tx.signing.keep(kept):
                raise ZhunyuError("K007", "这份证书已经登记过。", "请用另一份证书。", status=409)
            self._tell(tx, "登记证书", certificate, kind, holder, by)
        return certificate

    def revoke(self, id: str, reason: str, by: str = "system") -> Certificate:
        """End a certificate from now on; `id` may be a serial number or the beginning of an id. A003, K007."""
        if reason not in REASONS:
            raise ZhunyuError("K007", f"没有“{reason}”这种吊销原因。", f"可用的有：{'、'.join(REASONS)}。", status=422)
        with self._store.write() as tx:
            kept = self._found(tx, id)
            certificate = PARSED(kept.der)
            if not tx.signing.revoke(kept.id, _text(self._clock.now()), reason):
                raise ZhunyuError("K007", "这份证书已经吊销过。", "", status=409)
            self._tell(tx, "吊销证书", certificate, kept.kind, kept.holder, by, reason=reason)
        return certificate

    def list(self, kind: str = "") -> tuple[tuple[KeptCertificate, Certificate], ...]:
        """All certificates with what they say, newest first."""
        with self._store.read() as tx:
            return tuple((one, PARSED(one.der)) for one in tx.signing.certificates(kind))

    def revocation_list(self) -> bytes:
        """The revocation list (DER) of our own authority as of now."""
        now = self._clock.now()
        with self._store.read() as tx:
            root = self._own_root(tx)
            if root is None:
                raise ZhunyuError("K007", "还没有建立证书机构。", "请先运行 zhunyu pki init。", status=409)
            certificate, key = root
            ended = [one for kind in ("", "applicant") for one in tx.signing.certificates(kind) if one.revoked_at]
        revoked = [
            Revocation(parsed.serial, datetime.fromisoformat(one.revoked_at), one.reason)
            for one in ended if (parsed := PARSED(one.der)).issuer == certificate.subject
        ]  # fmt: skip
        term = Term(now, now + timedelta(days=LIST_DAYS))
        return issue_list(certificate, lambda message: sm2.sign(key, message), int(now.timestamp()), term, revoked)

    def identity(self, kind: str, holder: str, name: str) -> KeyIdentity:
        """The identity an agency signs with, without a PIN; a development authority issues what is not there.

        ZhunyuError K007 (503) when there is no certificate that may be relied on, or its key is not here.
        """
        with self._store.read() as tx:
            found = self.at_hand(tx.signing.among((), kind, holder), kind, holder)
        now = self._clock.now()
        if found is None and self.development:
            with self._store.write() as tx:
                found = self._usable(tx.signing.among((), kind, holder), kind, holder, now)
                if found is None:
                    self._issue(tx, kind, holder, Subject(name[:64], code=holder), "", DAYS, "system")
                    found = self._usable(tx.signing.among((), kind, holder), kind, holder, now)
        if found is None:
            raise ZhunyuError(
                "K007", f"“{name}”没有可用的{KINDS[kind]}证书。", "请由系统管理员签发或登记证书后再办。", status=503
            )
        return found

    def standing_of(
        self, tx: Transaction, certificate: Certificate, kind: str, at: datetime, offered: Iterable[bytes] = ()
    ) -> Standing:
        """Whether a certificate could be relied on as a kind at a time, by what is known now."""
        return self._standing(tx.signing.among((certificate.id,), "root", ""), certificate, kind, at, offered)

    def standing_of_given(
        self, rows: Sequence[KeptCertificate], given: Sequence[bytes], kind: str, at: datetime
    ) -> tuple[Standing, tuple[bytes, ...]]:
        """As `standing_of` for the first of the given certificates, the others being offered between it and an anchor;
        and which of all of them are not kept yet. `rows` are what is kept among them, with our roots."""
        certificates = [PARSED(one) for one in given]
        known = {one.id for one in rows}
        missing = tuple(one.der for one in certificates if one.id not in known)
        return self._standing(rows, certificates[0], kind, at, given[1:]), missing

    def at_hand(self, rows: Sequence[KeptCertificate], kind: str, holder: str) -> KeyIdentity | None:
        """The identity that `identity` would give, when there is one already. `rows` are what is held, with our roots.
        """
        return self._usable(rows, kind, holder, self._clock.now())

    def _standing(
        self, rows: Sequence[KeptCertificate], certificate: Certificate, kind: str, at: datetime,
        offered: Iterable[bytes] = (),
    ) -> Standing:  # fmt: skip
        """The standing by what a look at the store has found: the certificate itself if it is kept, and our roots."""
        now = self._clock.now()
        kept = next((one for one in rows if one.id == certificate.id), None)
        between = tuple(PARSED(one) for one in offered)
        found = standing(self._trust(_roots(rows), kept), certificate, kind, at, now, between)
        if kept is None or not kept.revoked_at or found.state != "valid":
            return found
        ended = datetime.fromisoformat(kept.revoked_at)
        if ended <= at:
            return msgspec.structs.replace(found, state="revoked", reason=f"证书已于 {ended:%Y-%m-%d} 被吊销。")
        later = found.revoked_later or kept.revoked_at
        words = f"签名时有效；证书其后于 {later[:10]} 被吊销。"
        return msgspec.structs.replace(found, revoked_later=later, reason=words)

    def _usable(
        self, rows: Sequence[KeptCertificate], kind: str, holder: str, now: datetime
    ) -> KeyIdentity | None:
        for kept in rows:
            if (kept.kind, kept.holder) != (kind, holder) or not kept.key or kept.revoked_at:
                continue
            certificate = PARSED(kept.der)
            found = self._standing(rows, certificate, kind, now)
            if found.state == "valid":
                return KeyIdentity(certificate, _OPENED(kept.key), found.path[1:])
        return None

    def _trust(self, roots: Sequence[KeptCertificate], kept: KeptCertificate | None = None) -> Trust:
        """Anchors and lists: those of the folder, and our own roots with what is known of one certificate."""
        given = [one for data in self._files.certificates() for one in _GIVEN(data)]
        anchors = [one for one in given if one.ca]
        issuers = tuple(anchors)
        lists: dict[str, RevocationList] = {}
        for data in self._files.lists():
            found = _LIST(data, issuers)
            older = lists.get(found.issuer)
            if older is None or older.this_update < found.this_update:
                lists[found.issuer] = found
        for root in roots if self.development else ():
            certificate, now = PARSED(root.der), self._clock.now()
            anchors.append(certificate)
            ended: dict[int, Revocation] = {}
            if kept is not None and kept.revoked_at:
                serial = PARSED(kept.der).serial
                ended[serial] = Revocation(serial, datetime.fromisoformat(kept.revoked_at), kept.reason)
            lists[certificate.id] = RevocationList(certificate.id, now, now + timedelta(days=LIST_DAYS), ended)
        return Trust(tuple(anchors), (), lists)

    def _issue(
        self, tx: Transaction, kind: str, holder: str, subject: Subject, pin: str, days: int, by: str,
        iterations: int = 0,
    ) -> Certificate:  # fmt: skip
        root, key = self._root(tx, "准予开发证书机构")
        now, private = self._clock.now(), sm2.generate(self._ids.random)
        term = Term(now - _BEFORE, min(now + timedelta(days=days), root.not_after))
        made = issue(
            root, lambda message: sm2.sign(key, message), kind, subject, private.public, self._serial(), term
        )
        box = private.to_der() if kind in WITHOUT_PIN else pins.lock_key(
            private, pin, made.id, self._ids.random, iterations=iterations or self._iterations
        )  # fmt: skip
        tx.signing.keep(KeptCertificate(made.id, kind, holder, made.der, _text(now), box))
        self._tell(tx, "签发证书", made, kind, holder, by)
        return made

    def _root(self, tx: Transaction, name: str) -> tuple[Certificate, sm2.PrivateKey]:
        found = self._own_root(tx)
        if found is not None:
            return found
        now, key = self._clock.now(), sm2.generate(self._ids.random)
        term = Term(now - _BEFORE, now + timedelta(days=365 * ROOT_YEARS))
        made = issue_root(Subject(name), key, self._serial(), term)
        tx.signing.keep(KeptCertificate(made.id, "root", "", made.der, _text(now), key.to_der()))
        self._tell(tx, "建立证书机构", made, "root", "", "system")
        return made, key

    def _own_root(self, tx: Transaction) -> tuple[Certificate, sm2.PrivateKey] | None:
        roots = [one for one in tx.signing.held("root", "") if not one.revoked_at]
        return (PARSED(roots[0].der), sm2.PrivateKey.from_der(roots[0].key)) if roots else None

    def _found(self, tx: Transaction, id: str) -> KeptCertificate:
        wanted = id.strip().lower()
        every = [one for kind in ("", "applicant") for one in tx.signing.certificates(kind)]
        fits = [
            one for one in every
            if len(wanted) >= 8 and (one.id.startswith(wanted) or PARSED(one.der).serial_text.lower() == wanted)
        ]  # fmt: skip
        if len(fits) != 1:
            raise ZhunyuError("A003", f"没有证书 {id}。", "请用 zhunyu pki list 列出的序列号。", status=404)
        return fits[0]

    def _serial(self) -> int:
        return int.from_bytes(self._ids.random(16), "big") >> 1 | 1 << 120

    def _require_development(self) -> None:
        if not self.development:
            raise ZhunyuError(
                "K007", "正式环境不使用开发证书机构。",
                "请登记正式机构签发的证书；确需使用的，设 ZHUNYU_DEVELOPMENT_CA=1。", status=409,
            )  # fmt: skip

    def _tell(
        self, tx: Transaction, what: str, certificate: Certificate, kind: str, holder: str, by: str, reason: str = ""
    ) -> None:
        content = {"certificate": certificate.id, "serial": certificate.serial_text, "kind": kind, "holder": holder,
                   "reason": reason}  # fmt: skip
        record(tx, self._ids, trail="keys", at=_text(self._clock.now()), actor=by, what=what, content=content)


def _roots(rows: Sequence[KeptCertificate]) -> list[KeptCertificate]:
    return [one for one in rows if (one.kind, one.holder) == ("root", "")]


def _text(at: datetime) -> str:
    return at.isoformat(timespec="seconds")


def office_key(code: str, name: str) -> str:
    """Under what an office's certificate is held: its code, or while it has none a short digest of its name."""
    return code or f"office-{sm3_hex(name.encode())[:16]}"
