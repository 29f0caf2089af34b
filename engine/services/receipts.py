"""Decision receipts of cases, made when asked for from what the case keeps: nothing is stored a second time."""

from __future__ import annotations

from collections.abc import Callable

from engine.errors import ZhunyuError
from engine.model.authority import Authority
from engine.model.case import Case
from engine.model.matter import Matter
from engine.model.values import Json
from engine.pipeline.receipt import APPLICANT, STAFF, Judgement, content_of
from engine.ports.receipts import ReceiptKeys
from engine.ports.store import Store
from engine.services.accounts import Session
from engine.services.as_found import original_of
from engine.services.documents import CaseViews
from engine.services.shelf import Shelf
from engine.services.signing import INSTANT
from engine.services.signing_review import ActLine


class Receipts:
    """Receipts as (file name, signed JSON). A003 for a case that is not theirs, K005 when it does not replay."""

    def __init__(
        self, *, store: Store, shelf: Shelf, keys: ReceiptKeys, applicant_view: CaseViews, staff_view: CaseViews,
        program: str, acts: Callable[[str], tuple[ActLine, ...]] = lambda _case: (),
    ) -> None:  # fmt: skip
        self._acts = acts
        self._store, self._shelf, self._keys, self._program = store, shelf, keys, program
        self._views = {"applicant": applicant_view, "staff": staff_view}

    def of(self, session: Session, case_id: str) -> tuple[str, bytes]:
        """The receipt for who is signed in: staff get the form with its openings, the applicant the one without."""
        kind = session.account.kind
        if kind not in self._views:
            raise ZhunyuError("A003", "找不到这一办件。", status=404)
        case = self._views[kind](session, case_id).case
        return self._made(case, STAFF if kind == "staff" else APPLICANT)

    def by_number(self, number: str, form: str) -> tuple[str, bytes]:
        """The receipt of a case named by its number or id, for the command line."""
        with self._store.read() as tx:
            case = tx.cases.load(tx.cases.by_number(number) or number)
        if case is None:
            raise ZhunyuError("A003", f"没有办件 {number}。", "请核对办件编号。", status=404)
        return self._made(case, form)

    def _made(self, case: Case, form: str) -> tuple[str, bytes]:
        matter = self._shelf.version(case.matter_hash)
        with self._store.read() as tx:
            original = original_of(tx, matter, case)
        calendar = self._shelf.reference_calendar()
        judged = Judgement(case, matter, original, _office(matter, case), calendar, self._program)
        content = content_of(judged, self._keys.secret(case.id), form)
        return f"裁决回执-{case.number}.json", self._keys.sign({**content, "signed": self._signed(case)})

    def _signed(self, case: Case) -> Json:
        """The agency's signature under an automatic decision, and who published the rules it was made by."""
        return [
            {"act": one.act, "signer": one.signer, "certificate": one.serial, "digest": one.digest, "at": one.at,
             "published": one.published}
            for one in self._acts(case.id) if one.act == INSTANT
        ]  # fmt: skip


def _office(matter: Matter, case: Case) -> Authority | None:
    """The case's office with its short names, as the matter version has it."""
    for office in reversed(matter.authorities):
        if (office.code, office.name, office.district) == (case.authority, case.authority_name, case.district):
            return office
    return None
