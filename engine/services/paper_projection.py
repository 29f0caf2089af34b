"""What events say of paper certificates and blank forms, in the transaction of the commit."""

from __future__ import annotations

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.papers import BlankTaken, PaperMoved
from engine.model.people import Actor
from engine.ports.papers import Blank, PaperRow
from engine.ports.store import Transaction

IN_STOCK, USED, SPOILED = "在库", "已用", "作废"


def moved(tx: Transaction, case: Case, event: PaperMoved, at: str) -> None:
    """Project where a paper certificate stands; a confidential case tells nobody's name."""
    district = _district(tx, case, event.certificate)
    tx.papers.put(
        PaperRow(
            case=case.id, paper=event.paper, certificate=event.certificate, district=district, state=event.state,
            way=event.way, title=event.title, part=event.part, number=event.number,
            holder="" if case.confidential else case.subjects[0].name, due=event.due, moved_at=at,
        )
    )  # fmt: skip


def taken(tx: Transaction, case: Case, event: BlankTaken, at: str, actor: Actor) -> None:
    """Project that a blank form left the stock. C004 when it is not there, or was used or spoiled before."""
    paper = next(one for one in case.papers if one.id == event.paper)
    blank = Blank(
        type=event.type, serial=event.serial, district=_district(tx, case, paper.certificate),
        state=SPOILED if event.spoiled else USED, at=at, by=actor.name, case=case.id, paper=event.paper,
        reason=event.spoiled,
    )  # fmt: skip
    if not tx.papers.take(event.type, event.serial, USED if event.used_before else IN_STOCK, blank):
        what = f"本机关没有编号为 {event.serial} 的在库空白证书，或者它已经用过、作废。"
        raise ZhunyuError("C004", what, "请核对空白证书上的编号；新到的请先在“空白证书”里入库。", status=409)


def _district(tx: Transaction, case: Case, certificate: str) -> str:
    held = tx.certificates.load(certificate)
    return held.district if held is not None and held.district else case.district
