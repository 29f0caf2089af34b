"""The shelf: cards of the published matters in memory, renewed within a second of a publication, and the search over
them. A matter itself is loaded when it is first asked for."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TypeVar

import msgspec

from engine.decoding import decoded
from engine.errors import ZhunyuError
from engine.matters.reference import CertificateType, Source
from engine.model.guides import Guide
from engine.model.matter import ON_APPLICATION, Matter
from engine.model.synonyms import Synonyms
from engine.ports.shadows import Shadow
from engine.ports.store import Store, Transaction
from engine.services.cards import SHAPE, Card, CardFile, Spellings, card_of
from engine.services.finding import Finder, Found

T = TypeVar("T")
_LOOK_EVERY = 0.5  # seconds between looks at the revision
_COUNT_EVERY = 60.0  # seconds between looks at how often each matter is applied for
CALENDAR, SOURCES, CERTIFICATES, PINYIN = "calendar", "sources", "certificates", "pinyin"
CARDS, GUIDES, SYNONYMS = "cards", "guides", "synonyms"


class _Stock(msgspec.Struct, frozen=True):
    revision: int
    hashes: dict[str, str]
    withdrawn: frozenset[str]
    stopped: dict[str, str]
    cards: tuple[Card, ...]
    offered: tuple[Card, ...]
    every: Finder
    open: Finder
    guides: tuple[Guide, ...]
    calendar: dict[str, str]
    sources: dict[str, Source]
    certificates: dict[str, CertificateType]
    shadows: dict[str, Shadow]


class Shelf:
    """Fulfils every question about matters without touching the database, but for one number twice a second."""

    def __init__(self, *, store: Store, timer: Callable[[], float] = time.monotonic) -> None:
        self._store, self._timer = store, timer
        self._lock = threading.Lock()
        self._stock: _Stock | None = None
        self._looked = 0.0
        self._versions: dict[str, Matter] = {}
        self._uses: dict[str, int] = {}
        self._counted_at: float | None = None

    def current(self, matter_id: str) -> Matter:
        """The published version; ZhunyuError A003 for an unknown matter, A008 for one that was withdrawn or is 停用."""
        stock = self._fresh()
        if matter_id in stock.hashes and matter_id not in stock.stopped:
            return self.version(stock.hashes[matter_id])
        if matter_id in stock.stopped:
            because = stock.stopped[matter_id].rstrip("。")
            raise ZhunyuError("A008", f"这一事项已经停用：{because}。", "请在事项目录里查看其他事项。", status=409)
        if matter_id in stock.withdrawn:
            raise ZhunyuError(
                "A008", "这一事项已经下架，暂不受理新的申请。", "请在事项目录里查看替代的事项。", status=409
            )
        raise ZhunyuError("A003", "没有这一事项。", "请在事项目录里查找。", status=404)

    def version(self, hash: str) -> Matter:
        """Any version ever published, by its hash; ZhunyuError A003 when there is none."""
        found = self._versions.get(hash)
        if found is None:
            with self._store.read() as tx:
                found = tx.versions.load(hash)
            if found is None:
                raise ZhunyuError("A003", "没有这一版本的事项。", status=404)
            self._versions[hash] = found
        return found

    def cards(self) -> tuple[Card, ...]:
        """All published matters, by line and title."""
        return self._fresh().cards

    def offered(self) -> tuple[Card, ...]:
        """The matters one may apply for, by line and title; not those that start ex officio or elsewhere."""
        return self._fresh().offered

    def guides(self) -> tuple[Guide, ...]:
        """The guides of 好办, by id."""
        return self._fresh().guides

    def most_used(self, most: int) -> tuple[Card, ...]:
        """Up to `most` matters that are applied for most, the first one most; only those that ever were."""
        now = self._timer()
        if self._counted_at is None or now - self._counted_at >= _COUNT_EVERY:
            with self._store.read() as tx:
                self._uses, self._counted_at = tx.uses.counted(), now
        used = [card for card in self.offered() if self._uses.get(card.id)]
        return tuple(sorted(used, key=lambda card: -self._uses[card.id])[:most])

    def applied_for(self, matter_id: str) -> Matter:
        """As `current`, for a matter one may apply for; A010 for one that starts otherwise."""
        matter = self.current(matter_id)
        if matter.starts != ON_APPLICATION:
            why = "由行政机关依职权办理" if matter.ex_officio else "由别的系统转入办理"
            raise ZhunyuError(
                "A010", f"“{matter.title}”{why}，不能在这里申请。", "请在事项目录里查找可以申请的事项。", status=403
            )
        return matter

    def search(
        self, text: str = "", line: str = "", applicant: str = "", situation: str = "", *, every: bool = False
    ) -> tuple[Card, ...]:
        """Cards that fit, best first; only those one may apply for, or with `every` all. See `find` for the text."""
        return tuple(
            card
            for card in self.find(text, every=every).cards
            if line in ("", card.line)
            and (not applicant or applicant in card.applicant)
            and (not situation or situation in card.situations)
        )

    def find(self, text: str, *, every: bool = False) -> Found:
        """What a text finds: words, what people call things, pinyin or initials, with a small slip."""
        stock = self._fresh()
        return (stock.every if every else stock.open).find(text)

    def shadow(self, matter_id: str, day: str) -> Shadow | None:
        """The draft that runs beside the matter on an ISO day."""
        found = self._fresh().shadows.get(matter_id)
        return found if found is not None and (not found.until or day <= found.until) else None

    def reference_calendar(self) -> dict[str, str]:
        """ISO days that are 休 or 班 against the week."""
        return self._fresh().calendar

    def sources(self) -> dict[str, Source]:
        """Fact sources by id."""
        return self._fresh().sources

    def certificate_types(self) -> dict[str, CertificateType]:
        """Certificate types by id."""
        return self._fresh().certificates

    def _fresh(self) -> _Stock:
        now = self._timer()
        stock = self._stock
        if stock is not None and now - self._looked < _LOOK_EVERY:
            return stock
        with self._lock:
            stock = self._stock
            if stock is not None and now - self._looked < _LOOK_EVERY:
                return stock
            with self._store.read() as tx:
                if stock is None or tx.versions.revision() != stock.revision:
                    stock = self._stock = self._load(tx)
            self._looked = now
            return stock

    def _load(self, tx: Transaction) -> _Stock:
        hashes: dict[str, str] = {}
        withdrawn: set[str] = set()
        for pointer in tx.versions.current():
            if pointer.state == "published":
                hashes[pointer.matter] = pointer.hash
            else:
                withdrawn.add(pointer.matter)
        spelled = _reference(tx, PINYIN, Spellings)
        known = self._cards(tx, hashes, spelled)
        stopped = {card.id: card.stopped for card in known if card.stopped}
        cards = tuple(sorted((one for one in known if not one.stopped), key=lambda card: (card.line, card.title)))
        offered = tuple(card for card in cards if card.starts == ON_APPLICATION)
        synonyms = _reference(tx, SYNONYMS, Synonyms)
        return _Stock(
            revision=tx.versions.revision(),
            hashes=hashes,
            withdrawn=frozenset(withdrawn),
            stopped=stopped,
            cards=cards,
            offered=offered,
            every=Finder(cards, synonyms, spelled),
            open=Finder(offered, synonyms, spelled),
            guides=_reference(tx, GUIDES, tuple[Guide, ...]),
            calendar=_reference(tx, CALENDAR, dict[str, str]),
            sources=_reference(tx, SOURCES, dict[str, Source]),
            certificates=_reference(tx, CERTIFICATES, dict[str, CertificateType]),
            shadows={one.matter: one for one in tx.shadows.running()},
        )

    def _cards(self, tx: Transaction, hashes: dict[str, str], spelled: Spellings) -> tuple[Card, ...]:
        """The cards kept at publication; one that is missing is made from its version."""
        kept = _reference(tx, CARDS, CardFile)
        made = kept.cards if kept.shape == SHAPE else {}
        found = []
        for hash in hashes.values():
            card = made.get(hash)
            if card is None:
                matter = self._versions.get(hash) or tx.versions.load(hash)
                card = None if matter is None else card_of(matter, spelled)
            if card is not None:
                found.append(card)
        return tuple(found)


def _reference(tx: Transaction, name: str, kind: type[T]) -> T:
    document = tx.versions.reference(name)
    return decoded(document, kind) if document else kind()
