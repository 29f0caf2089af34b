"""Making certificate files: render, seal, verify before release, store, and report to the case."""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Protocol
from urllib.parse import quote

import msgspec

from engine.errors import ZhunyuError
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.commands import Command, RecordSealed, RecordSealFailed
from engine.model.values import Json
from engine.ports.certificates import NO_DUPLICATE, CertificateVersion, DuplicateFile, LegalFile
from engine.ports.store import Store, Transaction
from engine.ports.world import Clock, FileStore, LegalForm, Renderer, SealCheck, Seals
from engine.services.certificate_photo import photo_of
from engine.stages.certificate.ordering import NOTING

_SHOWN_APART = ("编号", "发证机关", "发证日期")  # face lines with a place of their own on the page
NO_CERTIFICATE = "K007"
_WAITING = frozenset({"ordered", "sealed"})


class Reporter(Protocol):
    """How the effects process tells a case what became of an effect."""

    def report(self, case: str, command: Command) -> None:
        """Carry a command of the system out on a case, in one commit; repeating is harmless."""
        ...


class SealingSettings(Protocol):
    """The settings that matter here."""

    @property
    def public_url(self) -> str: ...
    @property
    def second_share(self) -> int: ...


class Sealing:
    """The effect `seal_certificate`. Every step may be repeated after a crash: nothing is released twice."""

    def __init__(
        self,
        *,
        store: Store,
        clock: Clock,
        files: FileStore,
        renderer: Renderer,
        seals: Seals,
        legal: LegalForm,
        reporter: Reporter,
        settings: SealingSettings,
        acts: Callable[[Transaction, str], str] | None = None,
    ) -> None:
        """One certificate in `settings.second_share` is verified by the second implementation before it is released,
        and with it what was signed of its case: `acts` tells what is wrong with that, "" nothing."""
        self._store, self._clock, self._files = store, clock, files
        self._renderer, self._seals, self._legal, self._reporter = renderer, seals, legal, reporter
        self._settings, self._acts = settings, acts
        self._share = SecondShare(settings.second_share)

    def make(self, certificate: str) -> None:
        """Make the file of the version that waits and report it; a certificate without one is left alone.

        ZhunyuError K001 when the sealed file does not verify: it is not released.
        """
        version = self._waiting(certificate)
        if version is None:
            return
        if version.state == "ordered":
            version = self._seal(version)
        if version.case:
            report = RecordSealed(certificate, version.digest, version.second, version.legal.digest)
            self._reporter.report(version.case, report)
            return
        with self._store.write() as transaction:  # taken over from an older register: there is no case to tell
            transaction.certificates.change(certificate, CertificateStatus.VALID, "")

    def give_up(self, certificate: str, reason: str) -> None:
        """The file cannot be made: the number is voided and staff are told."""
        version = self._waiting(certificate)
        if version is None or version.state != "ordered":
            return
        if version.case:
            self._reporter.report(version.case, RecordSealFailed(certificate, reason))
            return
        with self._store.write() as transaction:
            transaction.certificates.fail(certificate, reason, self._clock.now().isoformat(timespec="seconds"))
            transaction.certificates.change(certificate, CertificateStatus.VOIDED, reason)

    def _waiting(self, certificate: str) -> CertificateVersion | None:
        with self._store.read() as transaction:
            versions = transaction.certificates.versions(certificate)
            current = transaction.certificates.load(certificate)
        latest = versions[-1] if versions else None
        if latest is None or latest.state not in _WAITING:
            return None
        # Sealed and already in force: the report of an earlier run went through.
        reported = current is not None and current.version == latest.version
        if latest.state == "sealed" and reported and current.status is not CertificateStatus.ISSUING:  # type: ignore[union-attr]
            return None
        return latest

    def _seal(self, version: CertificateVersion) -> CertificateVersion:
        certificate, now = version.certificate, self._clock.now().isoformat(timespec="seconds")
        kept = self._untouched(version)
        name = kept.legal.identifier if kept else self._legal.identifier(certificate, version.version)
        second = self._share.next()
        if second and version.case:
            self._require_signed(version.case)
        made: dict[str, bytes] = {}
        if kept is not None:
            key, digest, legal = kept.file_key, kept.digest, kept.legal
        else:
            key, digest, legal = self._document(version, certificate, name, now, second, made)
        duplicate = NO_DUPLICATE
        if certificate.duplicate:
            found = self._document(version, certificate.as_duplicate(), name, now, second, made)
            duplicate = DuplicateFile(found[0], found[1], found[2].key, found[2].digest)
        owner = certificate.case if certificate.confidential else ""
        for place, data in made.items():
            self._files.put(place, data, owner)
        with self._store.write() as transaction:
            first = transaction.certificates.keep_file(
                certificate.id, version.version, key, digest, second, now, legal, duplicate
            )
            after = transaction.certificates.version(certificate.id, version.version)
        for one in () if first else made.keys() - _files_of(after):
            self._files.delete(one)
        if after is None or after.state != "sealed":
            raise ZhunyuError("C005", "证照版本已不在等待制作。", status=409)
        return after

    def _require_signed(self, case: str) -> None:
        """An instant approval is not verified by the second implementation when it is committed, but here."""
        if self._acts is None:
            return
        with self._store.read() as transaction:
            wrong = self._acts(transaction, case)
        if wrong:
            raise ZhunyuError("K001", f"办件的签名未通过核验，证照不予放出：{wrong}", status=500)

    def _document(
        self, version: CertificateVersion, certificate: Certificate, name: str, now: str, second: bool,
        made: dict[str, bytes],
    ) -> tuple[str, str, LegalFile]:  # fmt: skip
        """One document of a version, sealed and verified, its files put into `made` by key."""
        # Named by their content: a process that lost its lease must not replace files another has registered.
        page = self.page(certificate, version.version, name, photo_of(self._files, certificate))
        file, digest = self._seals.seal(self._renderer.render(certificate.layout, page), certificate, now)
        _require_valid(self._seals.check(file, second=second), certificate)
        form, legal = self._legal_form(msgspec.structs.replace(version, certificate=certificate), page, name, second)
        key = f"{_place(version)}-{digest[:16]}.pdf"
        made |= {key: file, **({legal.key: form} if legal.key else {})}
        return key, digest, legal

    def _untouched(self, version: CertificateVersion) -> CertificateVersion | None:
        """The version whose 正本 stays: 加注 adds to the 副本 alone."""
        if version.action != NOTING:
            return None
        with self._store.read() as transaction:
            versions = transaction.certificates.versions(version.certificate.id)
        return next((one for one in reversed(versions) if one.state == "sealed" and one.file_key), None)

    def _legal_form(
        self, version: CertificateVersion, page: Mapping[str, Json], name: str, second: bool
    ) -> tuple[bytes, LegalFile]:
        """The OFD and where it is to be kept; none where the authority has no certificate to seal with."""
        try:
            legal, digest = self._legal.make(version.certificate, version.version, page)
        except ZhunyuError as error:
            if error.code != NO_CERTIFICATE:
                raise
            return b"", LegalFile(identifier=name)
        _require_valid(self._legal.check(legal, second=second), version.certificate)
        return legal, LegalFile(f"{_place(version)}-{digest[:16]}.ofd", digest, name)

    def page(self, certificate: Certificate, version: int, name: str = "", photo: bytes = b"") -> Mapping[str, Json]:
        """What the layout is given; `name` is the 电子证照标识, `photo` the holder's picture."""
        apart = shown_apart(certificate)
        return {
            "title": certificate.title,
            "number": certificate.number,
            "lines": [[title, text] for title, text in certificate.face.items() if title not in apart],
            "labels": certificate.labels,
            "annexes": [
                {"title": one.title, "head": list(one.columns.values()), "lines": [list(row) for row in rows]}
                for one in certificate.annexes
                if (rows := certificate.annex_rows(one))
            ],
            "part": certificate.part,
            "notes": [[one.day, one.text] for one in certificate.notes] if certificate.part else [],
            "issuer": certificate.authority_name,
            "issued_on": certificate.issued_on,
            "seal": certificate.seal,
            "version": str(version),
            "identifier": name,
            "qr": verify_address(self._settings.public_url, certificate.number),
            "photo": b64encode(photo).decode(),
        }


def shown_apart(certificate: Certificate) -> frozenset[str]:
    """The face lines that have a place of their own on the page, by the certificate's own words."""
    return frozenset(certificate.labels.get(title, title) for title in _SHOWN_APART)


def _require_valid(found: SealCheck, certificate: Certificate) -> None:
    if found.state != "valid" or found.number != certificate.number:
        raise ZhunyuError("K001", f"制成的证照未通过核验，不予放出：{found.reason}", status=500)


def _files_of(version: CertificateVersion | None) -> set[str]:
    """The keys of the files a version is registered with."""
    if version is None:
        return set()
    one = version.duplicate
    return {version.file_key, version.legal.key, one.key, one.legal_key}


def _place(version: CertificateVersion) -> str:
    return f"certificates/{version.certificate.id.lower()}/{version.version}"


class SecondShare:
    """Whom the independent verifier checks: the first after each start, then one in `share`."""

    def __init__(self, share: int) -> None:
        self._share, self._count, self._lock = max(share, 1), 0, threading.Lock()

    def next(self) -> bool:
        """Whether the next file is one of them."""
        with self._lock:
            self._count += 1
            return self._count % self._share == 1 or self._share == 1


def verify_address(public_url: str, number: str) -> str:
    """The address a certificate's code leads to."""
    return f"{public_url}/verify?number={quote(number)}"
