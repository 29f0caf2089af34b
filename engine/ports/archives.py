"""Where electronic archives are registered: packages with their checks and transfers, destructions, and basis files."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import msgspec

from engine.model.archive import CheckItem, Description

# Of an archive: kept 已归档 · sending 移交中 · sent 已移交 · refused 移交被退 · doomed 待销毁 · destroyed 已销毁.
KEPT, SENDING, SENT, REFUSED, DOOMED, DESTROYED = "kept", "sending", "sent", "refused", "doomed", "destroyed"


class Archive(msgspec.Struct, frozen=True):
    """One archive version of a case. `checked` is the verdict over its latest checks; `expires` "" is permanent;
    `digest` the SM3 (hex) of the package under `file_key`. `latest` is False for versions that a later one replaced."""

    id: str
    case: str
    version: int
    case_version: int
    code: str
    item: int
    klass: str
    year: str
    retain: str
    expires: str
    district: str
    authority_name: str
    matter: str
    matter_title: str
    case_number: str
    holder: str
    outcome: str
    made_at: str
    file_key: str
    digest: str
    size: int
    files: int
    missing: int
    check_due: str
    checked: str = ""
    state: str = KEPT
    latest: bool = True


class Waiting(msgspec.Struct, frozen=True):
    """An ended case that is to be archived as of a version, from an instant on."""

    case: str
    version: int
    at: str


class Check(msgspec.Struct, frozen=True):
    """One run of the checks. `phase`: 归档 | 移交 | 长期保存 | 外部复核 (a person's result on external items)."""

    id: str
    archive: str
    at: str
    by: str
    phase: str
    result: str
    items: tuple[CheckItem, ...]


class Transfer(msgspec.Struct, frozen=True):
    """One transfer. `state`: sent 已发出 | accepted 已接收 | refused 被退 | failed 未送达; `receipt` the receiver's
    signed answer as it came."""

    id: str
    archive: str
    at: str
    by: str
    state: str
    settled_at: str = ""
    reason: str = ""
    receipt: str = ""


class Doomed(msgspec.Struct, frozen=True):
    """One line of a destruction list, kept for ever."""

    archive: str
    case: str
    code: str
    title: str
    case_number: str
    version: int
    digest: str
    retain: str
    expires: str
    files: int


class Destruction(msgspec.Struct, frozen=True):
    """A destruction list. `state`: proposed 待确认 | confirmed 已销毁 | withdrawn 已撤回."""

    id: str
    district: str
    at: str
    by: str
    by_id: str
    reason: str
    items: tuple[Doomed, ...]
    state: str = "proposed"
    settled_at: str = ""
    settled_by: str = ""
    settled_by_id: str = ""
    settled_reason: str = ""


class ArchiveQuery(msgspec.Struct, frozen=True, omit_defaults=True):
    """Latest versions, newest first. `text` is a number or part of the holder's name; `expired` an ISO day."""

    text: str = ""
    state: str = ""
    checked: str = ""
    district: str = ""
    klass: str = ""
    expired: str = ""
    after: str = ""
    limit: int = 50


class ArchiveStore(Protocol):
    """The register of archives."""

    def expect(self, case: str, version: int, at: str) -> None:
        """The case is to be archived as of this version; a later version replaces an earlier one."""
        ...

    def waiting(self, now: str, limit: int) -> tuple[Waiting, ...]:
        """What has come due, oldest first."""
        ...

    def reserved(self, case: str, counter: str) -> int:
        """The 件号 drawn for a waiting case from this counter, 0 when none was."""
        ...

    def reserve(self, case: str, counter: str, item: int) -> None:
        """Keep the 件号 drawn for a waiting case, so that no number is left out when a process dies."""
        ...

    def delay(self, case: str, version: int, at: str) -> None:
        """Look again later."""
        ...

    def taken(self, case: str, version: int) -> None:
        """No longer wait for this version (a later one stays)."""
        ...

    def add(self, archive: Archive, told: Description) -> bool:
        """Register an archive version; earlier versions are no longer the latest. False when this case version is
        archived already."""
        ...

    def load(self, archive: str) -> Archive | None:
        """One archive version."""
        ...

    def of_case(self, case: str) -> tuple[Archive, ...]:
        """All versions of a case, oldest first."""
        ...

    def description(self, archive: str) -> Description | None:
        """What is said about it."""
        ...

    def find(self, query: ArchiveQuery) -> tuple[Archive, ...]:
        """A page; `after` is the id of the last line."""
        ...

    def counts(self, district: str) -> dict[str, int]:
        """How many latest versions are in each state."""
        ...

    def move(self, archive: str, before: tuple[str, ...], after: str) -> bool:
        """Compare-and-set of the state."""
        ...

    def check(self, check: Check, verdict: str, due: str = "") -> None:
        """Record a check, the verdict over all of them, and when the next is due ("" leaves that)."""
        ...

    def checks(self, archive: str) -> tuple[Check, ...]:
        """Newest first."""
        ...

    def due_checks(self, day: str, limit: int) -> tuple[Archive, ...]:
        """Archives whose check of long-term preservation is due, the longest first."""
        ...

    def put_off(self, archive: str, due: str) -> None:
        """When the next check of long-term preservation is due."""
        ...

    def transfer(self, transfer: Transfer) -> None:
        """Record a transfer, or what became of it."""
        ...

    def transfers(self, archive: str) -> tuple[Transfer, ...]:
        """Of one archive, newest first."""
        ...

    def recent_transfers(self, district: str, limit: int) -> tuple[tuple[Transfer, Archive], ...]:
        """The newest transfers with their archives."""
        ...

    def propose(self, destruction: Destruction) -> None:
        """Keep a destruction list."""
        ...

    def destruction(self, id: str) -> Destruction | None:
        """One list."""
        ...

    def destructions(self, district: str, limit: int) -> tuple[Destruction, ...]:
        """Lists, newest first."""
        ...

    def settle(self, destruction: Destruction) -> bool:
        """Confirm or withdraw a proposed list; False when it is settled already."""
        ...


class BasisFile(msgspec.Struct, frozen=True):
    """A basis file 基础档案: one per holder or product within a line. `key` is the code or product it is kept by;
    `natural` says that the key is a person's and not for lists."""

    id: str
    kind: str
    line: str
    key: str
    title: str
    updated_at: str
    natural: bool = False


class BasisStore(Protocol):
    """The basis files."""

    def put(self, file: BasisFile, case: str, at: str, district: str) -> str:
        """Add a case to the file of this kind, line and key, which is opened when there is none; the file's id."""
        ...

    def load(self, id: str) -> BasisFile | None:
        """One file."""
        ...

    def find(self, text: str, line: str, kind: str, district: str, after: str, limit: int) -> tuple[BasisFile, ...]:
        """Files by part of the title, or by the whole key; newest first."""
        ...

    def members(self, id: str) -> tuple[str, ...]:
        """The ids of its cases in the order of archiving."""
        ...

    def of_case(self, case: str) -> tuple[BasisFile, ...]:
        """The files a case is in."""
        ...

    def lines(self) -> Sequence[str]:
        """The lines that have files."""
        ...


class Receipt(msgspec.Struct, frozen=True):
    """The archive's signed answer. `result`: 接收 | 退回, `faults` item by item; `text` as it came."""

    result: str
    faults: tuple[str, ...]
    at: str
    text: str


class ArchivePeer(Protocol):
    """The archive that takes packages over."""

    def hand_over(self, code: str, package: bytes, key: str) -> Receipt | str:
        """Send a package once with idempotency key `key`: the receipt, else the reason to try again later.

        ZhunyuError K010 when the answer is no receipt that may be believed.
        """
        ...


class FileOpener(Protocol):
    """Opens files of archives."""

    def pages(self, extension: str, data: bytes) -> int:
        """The pages (0 for data files); ValueError with the reason when header and extension differ or it is broken."""
        ...


class Binder(Protocol):
    """Binds files into one PDF."""

    def as_pdf(self, extension: str, data: bytes) -> bytes | None:
        """The file as PDF; None when it cannot be printed."""
        ...

    def count(self, pdf: bytes) -> int:
        """The pages of a PDF."""
        ...

    def bind(self, parts: Sequence[bytes], numbered: bytes, first: int) -> bytes:
        """The parts in order; from page `first` on (counted from 0) the pages of `numbered` are laid over them."""
        ...
