"""签收: what there is to sign for, and the applicant's signature for it."""

from __future__ import annotations

from typing import Protocol

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.commands import Delivered, SignFor
from engine.pipeline.correcting import corrected_kind, corrections_of, letter_kind
from engine.ports.store import Store
from engine.services.accounts import Session, actor_of
from engine.services.cases import Cases
from engine.services.committing import Committing
from engine.services.signing_applicants import DELIVERY, ApplicantSigning, command_signer
from engine.services.views import CaseView
from engine.trust.sm3 import sm3_hex

LETTERS = {"准予": "granted", "不予许可": "refused", "不予受理": "not-accepted"}


class DecisionLetters(Protocol):
    """Makes letters, or finds those made before."""

    def made(self, view: CaseView, kind: str) -> tuple[str, bytes]:
        """The file name and the PDF of a letter of a case."""
        ...


class Delivering:
    """The delivery of a decision and its certificates, from the applicant's side."""

    def __init__(
        self, *, store: Store, cases: Cases, letters: DecisionLetters, committing: Committing,
        applicants: ApplicantSigning,
    ) -> None:  # fmt: skip
        self._store, self._cases, self._letters = store, cases, letters
        self._committing, self._applicants = committing, applicants

    def items(self, session: Session, case_id: str) -> tuple[Delivered, ...]:
        """What is signed for: the letter of the decision, which is made when it was not yet, and every certificate.

        A003 when the case is not theirs, C001 when there is nothing to sign for (now).
        """
        view = self._cases.view(session, case_id)
        if "sign_for" not in view.can:
            raise ZhunyuError("C001", "这一办件现在不用签收。", "请到办件页面查看最新状态。", status=409)
        return self._items(view)

    def sign(self, session: Session, case_id: str, secret: str) -> Case:
        """Sign for all of it; C002 when the case has changed meanwhile, A010, K007, K008 as for an application."""
        items = self.items(session, case_id)
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
        assert case is not None  # it was just looked at
        signer = command_signer(DELIVERY, self._applicants.signer(session, secret))
        return self._committing.carry_out(case, SignFor(items), actor_of(session), signer=signer)

    def _items(self, view: CaseView) -> tuple[Delivered, ...]:
        case = view.case
        found = [self._letter(view)] if case.decision is not None else []
        with self._store.read() as tx:
            for certificate in view.certificates:
                made = [one for one in tx.certificates.versions(certificate.id) if one.case == case.id and one.digest]
                found += [
                    Delivered(f"《{certificate.title}》", certificate.number, one.digest, certificate=certificate.id,
                              legal=one.legal.digest)
                    for one in made[-1:]
                ]  # fmt: skip
        return tuple(found)

    def _letter(self, view: CaseView) -> Delivered:
        case = view.case
        assert case.decision is not None
        kind = LETTERS[case.decision.outcome]
        kind = corrected_kind(letter_kind(case, kind), len(corrections_of(case, kind)))
        name, data = self._letters.made(view, "decision")
        with self._store.read() as tx:
            entered = tx.signing.letter(case.id, kind)
        title = name.removesuffix(f"-{case.number}.pdf")
        return Delivered(title, entered.number if entered else "", sm3_hex(data), letter=kind)
