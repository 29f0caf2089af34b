"""制发证台: the queue of paper certificates, what is printed, and the stock of blank forms."""

from __future__ import annotations

import msgspec

from engine.errors import ZhunyuError
from engine.model.case import Case
from engine.model.certificate import Certificate, Overprint
from engine.model.matter import Matter
from engine.model.papers import OPEN, TO_PRINT, Paper, PaperCommand, PrintPaper
from engine.model.values import Json
from engine.pipeline.papers import definition_of
from engine.ports.papers import Blank, PaperQuery, PaperRow
from engine.ports.store import Store
from engine.ports.world import Clock, Ids, Renderer
from engine.services.accounts import Account, Session, actor_of
from engine.services.certificates import PDF, Certificates
from engine.services.committing import Committing
from engine.services.desk_access import CITY, district_of, refuse, staff_of
from engine.services.paper_projection import IN_STOCK, SPOILED
from engine.services.permission import Relation, holds, in_place_of, permits
from engine.services.recording import record
from engine.services.shelf import Shelf

ISSUING, COUNTER = "制发证", "窗口"
PAGE = 20
_MOST = 2000  # forms in one delivery
_FARTHEST = 20.0  # mm that a printer may be out


class PaperPage(msgspec.Struct, frozen=True):
    """A page of the queue, the cursor of the next one, and how many papers each state holds. `today` is an ISO day."""

    rows: tuple[PaperRow, ...]
    next: str
    counts: dict[str, int]
    today: str


class PaperView(msgspec.Struct, frozen=True):
    """One paper certificate with its case. `blank` is the lowest serial number in stock where its type is printed on
    blank forms; `overtaken` says that the certificate has a newer version or is not in force; `replaces` that an
    original is to be given back."""

    case: Case
    matter: Matter
    paper: Paper
    certificate: Certificate
    overprint: Overprint | None
    blank: str
    stock: int
    overtaken: bool
    replaces: bool
    address: tuple[tuple[str, str], ...]


class BlankPage(msgspec.Struct, frozen=True):
    """Blank forms, and the stock: district, title of the type, counts by state, lowest serial number in stock."""

    rows: tuple[Blank, ...]
    next: str
    stocks: tuple[tuple[str, str, dict[str, int], str], ...]
    types: dict[str, str]


class Papers:
    """What the issuing desk does."""

    def __init__(
        self, *, store: Store, clock: Clock, ids: Ids, shelf: Shelf, committing: Committing, renderer: Renderer,
        certificates: Certificates,
    ) -> None:  # fmt: skip
        self._store, self._clock, self._ids, self._shelf = store, clock, ids, shelf
        self._committing, self._renderer, self._certificates = committing, renderer, certificates

    def page(self, session: Session, state: str = TO_PRINT, text: str = "", after: str = "") -> PaperPage:
        """The papers in a state, those due first; A002 for who does not make or hand out certificates."""
        account = _issuer(session)
        query = PaperQuery(state or TO_PRINT, district_of(account), text.strip(), after, PAGE + 1)
        with self._store.read() as tx:
            rows, counts = tx.papers.find(query), tx.papers.counts(district_of(account))
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        next = f"{last.due}|{last.case}|{last.paper}" if last else ""
        return PaperPage(rows[:PAGE], next, {one: counts.get(one, 0) for one in OPEN}, self._today())

    def view(self, session: Session, case_id: str, paper_id: str) -> PaperView:
        """One paper certificate; A003 when there is none, A002 when it is another district's."""
        account = _issuer(session)
        with self._store.read() as tx:
            case = tx.cases.load(case_id)
            paper = next((one for one in case.papers if one.id == paper_id), None) if case else None
            certificate = tx.certificates.load(paper.certificate) if paper else None
            if case is None or paper is None or certificate is None:
                raise ZhunyuError("A003", "找不到这份纸质证照。", "请从制发证台重新打开。", status=404)
            district = certificate.district or case.district
            if permits(account, "paper.handle", Relation(place=district, matter=case.matter)).why_not:
                raise ZhunyuError("A002", f"这份证照由{district}制发。", "如需协办，请联系该区。", status=403)
            matter = self._shelf.version(case.matter_hash)
            definition = definition_of(matter, paper.type)
            overprint = definition.overprint if definition is not None and paper.part == "正本" else None
            stock = tx.papers.stocks(district).get((district, paper.type, IN_STOCK), (0, ""))
        replaces = definition is not None and definition.action != "新发"
        overtaken = certificate.version != paper.version or certificate.status.value != "有效"
        return PaperView(
            case, matter, paper, certificate, overprint, stock[1] if overprint else "", stock[0], overtaken, replaces,
            _address(matter, case),
        )  # fmt: skip

    def act(self, session: Session, case_id: str, command: PaperCommand, version: int) -> Case:
        """Carry a command of the issuing desk out on the case as it was seen; A002, A003, C001, C002, C004."""
        seen = self.view(session, case_id, command.paper)
        relation = Relation(place=seen.certificate.district or seen.case.district, matter=seen.case.matter)
        asked = "paper.print" if isinstance(command, PrintPaper) else "paper.handle"
        verdict = permits(session.account, asked, relation)
        refuse(verdict.why_not)
        if isinstance(command, PrintPaper) and seen.overtaken:
            what = "这份证照已经有了新的版本，或者不再有效，不能再打印。"
            raise ZhunyuError("C005", what, "请登记为不再制作，按新的版本打印。", status=409)
        if seen.case.version != version:
            what = "这份证照刚刚由他人处理过。"
            raise ZhunyuError("C002", what, "您填写的内容仍在下方，请核对后再提交。", status=409)
        return self._committing.carry_out(seen.case, command, in_place_of(actor_of(session), verdict.power))

    def print_file(
        self, session: Session, case_id: str, paper_id: str, right: float = 0.0, down: float = 0.0
    ) -> tuple[str, bytes]:
        """What is sent to the printer: the lines of the face at their places on the blank form, moved by what the
        printer is out (mm); on plain paper the certificate as it is."""
        seen = self.view(session, case_id, paper_id)
        name = f"{seen.paper.title}-{seen.paper.number}-打印.pdf"
        if seen.overprint is None:
            return name, self._certificates.file(session, seen.certificate.id, PDF)[1]
        if abs(right) > _FARTHEST or abs(down) > _FARTHEST:
            raise ZhunyuError("A004", "打印位置的调整太大。", f"左右、上下各不超过 {_FARTHEST:g} 毫米。", status=422)
        return name, self._renderer.render("overprint", _overprinted(seen.certificate, seen.overprint, right, down))

    def slip(self, session: Session, case_id: str, paper_id: str) -> tuple[str, bytes]:
        """领取登记单: what the receiver signs at the counter."""
        seen = self.view(session, case_id, paper_id)
        paper, case = seen.paper, seen.case
        rows: list[Json] = [
            ["证照", f"{paper.title}（{paper.part}）"], ["证照编号", paper.number], ["持证人", case.subjects[0].name],
            ["办件编号", case.number], ["空白证书编号", paper.blank or "普通纸"],
            ["领取人", paper.receiver], ["领取人身份", paper.receiver_as],
            ["证件末四位", paper.document], ["原证", paper.original if seen.replaces else "不涉及"],
        ]  # fmt: skip
        page: dict[str, Json] = {"issuer": seen.certificate.authority_name, "rows": rows, "day": self._today()}
        return f"领取登记单-{paper.number}.pdf", self._renderer.render("collection", page)

    def blanks(
        self, session: Session, type: str = "", state: str = "", text: str = "", after: str = ""
    ) -> BlankPage:
        """The stock of blank forms of the office."""
        account = _issuer(session)
        types = self._types()
        with self._store.read() as tx:
            rows = tx.papers.blanks(district_of(account), type, state, text.strip(), after, PAGE + 1)
            stocks = tx.papers.stocks(district_of(account))
        groups: dict[tuple[str, str], tuple[dict[str, int], str]] = {}
        for (district, kind, one), (count, lowest) in stocks.items():
            counted, first = groups.get((district, kind), ({}, ""))
            groups[district, kind] = ({**counted, one: count}, lowest if one == IN_STOCK else first)
        last = rows[PAGE - 1] if len(rows) > PAGE else None
        told = tuple((place, types.get(kind, kind), counted, low) for (place, kind), (counted, low) in groups.items())
        return BlankPage(rows[:PAGE], f"{last.type}|{last.serial}" if last else "", told, types)

    def receive(self, session: Session, type: str, first: str, last: str) -> int:
        """Take blank forms into stock, from one serial number to another; how many. A004 with what is wrong; A005 when
        one of them was there before."""
        account = _issuer(session, ISSUING)
        if type not in self._types():
            raise ZhunyuError("A004", "没有选择用空白证书的证照。", "请先选择证照。", status=422)
        serials = serials_between(first, last)
        now = self._clock.now().isoformat(timespec="seconds")
        blanks = tuple(Blank(type, one, _place(account), IN_STOCK, now, account.name) for one in serials)
        with self._store.write() as tx:
            if not tx.papers.stock(blanks):
                what = "其中有的编号已经入库过。"
                raise ZhunyuError("A005", what, "请核对起止编号；没有任何一张入库。", status=409)
            told: dict[str, Json] = {"type": type, "first": serials[0], "last": serials[-1], "count": len(serials)}
            record(tx, self._ids, trail=f"blanks:{type}", at=now, actor=account.id, what="空白证书入库", content=told)
        return len(serials)

    def spoil(self, session: Session, type: str, serial: str, reason: str) -> None:
        """A form that was damaged in stock: 作废, with the reason. A004 without one, C001 when it is not in stock."""
        account = _issuer(session, ISSUING)
        if not reason.strip():
            raise ZhunyuError("A004", "没有写作废的原因。", "请写明，例如印刷缺陷、污损。", status=422)
        now = self._clock.now().isoformat(timespec="seconds")
        gone = Blank(type, serial, _place(account), SPOILED, now, account.name, reason=reason.strip())
        with self._store.write() as tx:
            if not tx.papers.take(type, serial, IN_STOCK, gone):
                raise ZhunyuError("C001", f"空白证书 {serial} 不在本机关的库里。", "请刷新后核对。", status=409)
            told: dict[str, Json] = {"type": type, "serial": serial, "reason": reason.strip()}
            record(tx, self._ids, trail=f"blanks:{type}", at=now, actor=account.id, what="空白证书作废", content=told)

    def _types(self) -> dict[str, str]:
        """The types that are printed on blank forms, with their titles."""
        found = {}
        for card in self._shelf.cards():
            for one in self._shelf.current(card.id).certificates:
                if one.overprint is not None:
                    found[one.type] = one.title
        return found

    def _today(self) -> str:
        return self._clock.now().date().isoformat()


def serials_between(first: str, last: str) -> tuple[str, ...]:
    """All serial numbers from one to another: the same letters before, and digits of the same length. A004 else."""
    first, last = first.strip(), last.strip() or first.strip()
    head = first.rstrip("0123456789")
    start, end = first[len(head) :], last[len(head) :]
    fits = len(first) == len(last) and last.startswith(head) and start.isdigit() and end.isdigit()
    if not fits or not first.isascii():
        what = "起止编号对不上。"
        raise ZhunyuError("A004", what, "两个编号的长度和前面的字母要一样，例如 GC000101 到 GC000200。", status=422)
    count = int(end) - int(start) + 1
    if not 1 <= count <= _MOST:
        raise ZhunyuError("A004", f"一次入库 1 到 {_MOST} 张。", "请核对起止编号。", status=422)
    return tuple(f"{head}{number:0{len(start)}d}" for number in range(int(start), int(end) + 1))


def _issuer(session: Session, *roles: str) -> Account:
    account = staff_of(session).account
    wanted = roles or (ISSUING, COUNTER)
    if not holds(account, wanted):
        raise ZhunyuError("A002", f"由“{'”“'.join(wanted)}”岗位办理。", "", status=403)
    return account


def _place(account: Account) -> str:
    return account.district or CITY


def _address(matter: Matter, case: Case) -> tuple[tuple[str, str], ...]:
    """Where it is sent, as the applicant wrote it."""
    fields = [one for one in matter.fields() if one.serves in ("收件人", "收件电话", "收件地址")]
    return tuple((one.title, str(case.answers[one.id])) for one in fields if case.answers.get(one.id))


def _overprinted(certificate: Certificate, where: Overprint, right: float, down: float) -> dict[str, Json]:
    places: list[Json] = [
        {"text": certificate.face.get(title, ""), "x": x + right, "y": y + down, "size": size}
        for title, (x, y, size) in where.lines.items()
    ]
    return {"width": where.width, "height": where.height, "places": places, "title": certificate.title}
