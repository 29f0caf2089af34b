"""The four checks over what lies in the store, and results that people record for items no machine can decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from engine.errors import ZhunyuError
from engine.model.archive import EXTERNAL, FAILED, KINDS, NOT_APPLICABLE, PASSED, CheckItem, verdict
from engine.ports.archives import Check
from engine.services.accounts import Session
from engine.services.archive_access import ArchiveAccess, loaded, require_archivist
from engine.services.archiving import KEEPING, SYSTEM_NAME, Archiving, standing
from engine.services.recording import record

REVIEW = "外部复核"
_LONGEST = 500


class ArchiveChecking:
    """Runs and records checks."""

    def __init__(self, *, access: ArchiveAccess, archiving: Archiving) -> None:
        self._access, self._archiving = access, archiving

    def check(self, archive_id: str, phase: str = KEEPING, by: str = SYSTEM_NAME) -> Check:
        """Run the four checks over what lies in the store, and record every item. What people recorded stays."""
        with self._access.store.read() as tx:
            archive, told = loaded(tx, archive_id), tx.archives.description(archive_id)
            earlier = tx.archives.checks(archive_id)
        if told is None:
            raise ZhunyuError("C008", "这份电子档案已经销毁，不能检测。", "销毁清单仍可查阅。", status=409)
        try:
            data = self._access.files.get(archive.file_key)
            stored = CheckItem("封存", "安全性", "封存的信息包在库且能解开", PASSED)
        except (KeyError, ZhunyuError) as error:
            words = error.what if isinstance(error, ZhunyuError) else "库里没有这个信息包。"
            data, stored = b"", CheckItem("封存", "安全性", "封存的信息包在库且能解开", FAILED, words)
        items = (*self._archiving.examine(data, archive, told), stored)
        at = self._access.at()
        made = Check(self._access.ids.new(), archive_id, at, by, phase, verdict(items), items)
        with self._access.store.write() as tx:
            tx.archives.check(made, verdict(tuple(newest((made, *earlier)).values())))
            content = {"archive": archive.code, "phase": phase, "result": made.result, "by": by}
            what = f"四性检测 {made.result}"
            record(tx, self._access.ids, trail=f"archive:{archive.case}", at=at, actor=by, what=what, content=content)
        return made

    def review(self, session: Session, archive_id: str, item: str, passed: bool, note: str) -> None:
        """Record what a person or another system found of an external item; A004 for any other, or without words."""
        require_archivist(session)
        words = note.strip()
        with self._access.store.read() as tx:
            archive = self._access.own(tx, session, archive_id)
            checks = tx.archives.checks(archive_id)
        current = newest(checks)
        waits = {one.id for check in checks for one in check.items if one.result == EXTERNAL}
        if item not in waits or item not in current:
            raise ZhunyuError("A004", "这一项不由人工登记。", "请只登记待外部复核的项。", status=422)
        if not words or len(words) > _LONGEST:
            raise ZhunyuError("A004", "没有写明检测的方法和结果。", f"请在 {_LONGEST} 字以内写明。", status=422)
        standing(archive)
        at, by = self._access.at(), session.account.name
        found = msgspec.structs.replace(current[item], result=PASSED if passed else FAILED, found=words)
        made = Check(self._access.ids.new(), archive_id, at, by, REVIEW, found.result, (found,))
        with self._access.store.write() as tx:
            tx.archives.check(made, verdict(tuple(newest((made, *checks)).values())))
            content = {"archive": archive.code, "item": item, "result": found.result, "note": words}
            record(tx, self._access.ids, trail=f"archive:{archive.case}", at=at, actor=session.account.id,
                   what=f"外部复核 {found.result}", content=content)  # fmt: skip


def newest(checks: Sequence[Check]) -> dict[str, CheckItem]:
    """The newest result of every item, by id; what a person recorded is not undone by a machine's 待外部复核."""
    found: dict[str, CheckItem] = {}
    for check in reversed(checks):
        for item in check.items:
            if item.result != EXTERNAL or item.id not in found:
                found[item.id] = item
    return found


def by_kind(items: Mapping[str, CheckItem]) -> tuple[tuple[str, tuple[CheckItem, ...]], ...]:
    """Items by 四性, failed and waiting ones first."""
    order = {FAILED: 0, EXTERNAL: 1, PASSED: 2, NOT_APPLICABLE: 3}
    ranked = sorted(items.values(), key=lambda one: order[one.result])
    return tuple((kind, tuple(one for one in ranked if one.kind == kind)) for kind in KINDS)
