"""Agency letters: numbered without a gap, sealed, and entered into the log of the seal's use."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import Certificate, CertificateStatus
from engine.model.values import Json
from engine.pipeline.correcting import base_kind, corrections_of
from engine.ports.signing import Letter
from engine.ports.store import Store
from engine.ports.world import Clock, FileStore, Ids, SealCheck, Seals
from engine.services.recording import record
from engine.trust.sm3 import sm3_hex

PREFIX = "letter:"  # how a seal names a letter where it would name a certificate


class _Taken(Exception):
    """Another process has numbered the same letter."""


class Letters:
    """Makes each letter once: number, file, seal, log."""

    def __init__(self, *, store: Store, clock: Clock, ids: Ids, files: FileStore, seals: Seals) -> None:
        self._store, self._clock, self._ids, self._files, self._seals = store, clock, ids, files, seals

    def kept(self, case: str, kind: str) -> bytes | None:
        """The file of a letter that was made before."""
        with self._store.read() as tx:
            letter = tx.signing.letter(case, kind)
        return self._files.get(letter.file) if letter is not None and letter.file else None

    def number(self, case: str, kind: str) -> str:
        """The number of a letter that was entered, "" before."""
        with self._store.read() as tx:
            letter = tx.signing.letter(case, kind)
        return letter.number if letter is not None else ""

    def make(
        self, case: Case, kind: str, title: str, series: str, day: str, seal: str, draw: Callable[[str], bytes]
    ) -> bytes:
        """The sealed file of a letter; `series` is what stands before the year, `day` the ISO day of the letter.

        `draw` makes the PDF of a number. A letter that could not be made keeps its number for the next attempt.
        """
        letter = self._numbered(case, kind, series, day)
        now = self._clock.now().isoformat(timespec="seconds")
        file, digest = self._seals.seal(draw(letter.number), _sealed_as(case, letter, title, day, seal), now)
        key = f"documents/{case.id.lower()}/{kind}-{digest[:16]}.pdf"
        self._files.put(key, file, case.id)
        done = msgspec.structs.replace(letter, file=key, digest=digest)
        with self._store.write() as tx:
            first = tx.signing.file_letter(done)
            if first:
                told: dict[str, Json] = {"case": case.id, "number": letter.number, "title": title, "seal": seal,
                                         "file": digest}  # fmt: skip
                record(tx, self._ids, trail=f"seal:{case.authority}", at=now, actor="system", what=f"用印 {title}",
                       content=told)  # fmt: skip
        if first:
            return file
        with self._store.read() as tx:
            filed = tx.signing.letter(case.id, kind)
        assert filed is not None  # who was first has filed it
        if filed.file != key:
            self._files.delete(key)
        return self._files.get(filed.file)

    def reserve(self, case: Case, kind: str, series: str, day: str) -> str:
        """The number of a letter that is yet to be made."""
        return self._numbered(case, kind, series, day).number

    def check(self, check: SealCheck, data: bytes) -> tuple[str, str] | None:
        """The state and the reason of a letter whose seal has been checked; None when it is no letter."""
        named = str(check.facts.get("certificate", ""))
        if not named.startswith(PREFIX):
            return None
        case, _, kind = named.removeprefix(PREFIX).partition(":")
        with self._store.read() as tx:
            letter = tx.signing.letter(case, kind)
        if letter is None or letter.number != check.number or letter.digest != sm3_hex(data):
            return "unknown", "签章有效，但文书登记里没有这一文号的这份文件。"
        base, version = base_kind(kind)
        if self._corrected(case, base) > version:
            return "revoked", f"这份文书（{letter.number}）已被更正，请以更正后的文书为准。"
        face = check.facts.get("face")
        title = str(face.get("文书", "")) if isinstance(face, Mapping) else ""
        return "valid", f"文书有效：{title}，{letter.number}，自用印以来未被改动。"

    def _corrected(self, case: str, base: str) -> int:
        """How often a letter was corrected; 0 when the case cannot be read any more."""
        try:
            with self._store.read() as tx:
                found = tx.cases.load(case)
        except ZhunyuError as error:
            if error.code != "K006":
                raise
            return 0
        return len(corrections_of(found, base)) if found is not None else 0

    def _numbered(self, case: Case, kind: str, series: str, day: str) -> Letter:
        """The letter with its number: the next of the authority, series and year, drawn and entered together."""
        try:
            with self._store.write() as tx:
                known = tx.signing.letter(case.id, kind)
                if known is not None:
                    return known
                place = tx.certificates.draw(f"letter|{case.authority}|{series}|{day[:4]}")
                letter = Letter(case.id, kind, f"{series}〔{day[:4]}〕{place}号", day)
                if not tx.signing.number_letter(letter):
                    raise _Taken
                return letter
        except _Taken:
            with self._store.read() as tx:
                found = tx.signing.letter(case.id, kind)
            assert found is not None
            return found


def _sealed_as(case: Case, letter: Letter, title: str, day: str, seal: str) -> Certificate:
    """What the seal says of a letter. It names no person: whoever holds the file has read it."""
    face = {"文书": title, "办件编号": case.number, "申请事项": case.matter_title, "日期": day[:10], "印章": seal}
    return Certificate(
        id=f"{PREFIX}{letter.case}:{letter.kind}", number=letter.number, type="文书", title=title, holder_code="",
        holder_name="", authority=case.authority, authority_name=case.authority_name, district=case.district,
        status=CertificateStatus.VALID, version=1, issued_on=day[:10], valid_from=day[:10], valid_to="", face=face,
        matter=case.matter, case=case.id, item={}, layout="", seal=seal,
    )  # fmt: skip
