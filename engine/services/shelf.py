"""The shelf: published matters in memory, renewed within a second of a publication, and the search over them."""

from __future__ import annotations

import threading
import time
import unicodedata
from collections.abc import Callable
from typing import TypeVar

import msgspec

from engine.errors import ZhunyuError
from engine.matters.reference import CertificateType, Source
from engine.model.matter import ON_APPLICATION, Limits, Matter
from engine.ports.shadows import Shadow
from engine.ports.store import Store, Transaction

T = TypeVar("T")
_LOOK_EVERY = 0.5  # seconds between looks at the revision
CALENDAR, SOURCES, CERTIFICATES, PINYIN = "calendar", "sources", "certificates", "pinyin"
Spellings = dict[str, tuple[str, str]]


class Card(msgspec.Struct, frozen=True):
    """A matter in the catalogue. `promised` in words; `pinyin` its title's full spelling and initials."""

    id: str
    title: str
    kind: str
    line: str
    applicant: tuple[str, ...]
    labels: tuple[str, ...]
    situations: tuple[str, ...]
    summary: str
    promised: str
    instant: bool
    action: str
    main_item: str
    pinyin: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    starts: str = ON_APPLICATION
    batch: bool = False


class _Stock(msgspec.Struct, frozen=True):
    revision: int
    hashes: dict[str, str]
    withdrawn: frozenset[str]
    stopped: dict[str, str]
    matters: dict[str, Matter]
    cards: tuple[Card, ...]
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

    def current(self, matter_id: str) -> Matter:
        """The published version; ZhunyuError A003 for an unknown matter, A008 for one that was withdrawn or is 停用."""
        stock = self._fresh()
        found = stock.matters.get(matter_id)
        if found is not None:
            return found
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
        return tuple(card for card in self._fresh().cards if card.starts == ON_APPLICATION)

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
        """Cards that fit, best first; the text may be words, pinyin or initials, with a small slip.

        Only those one may apply for, or with `every` all.
        """
        ranked = []
        for place, card in enumerate(self._fresh().cards if every else self.offered()):
            if (line and card.line != line) or (applicant and applicant not in card.applicant):
                continue
            if situation and situation not in card.situations:
                continue
            rank = _rank(card, text)
            if rank is not None:
                ranked.append((rank, place, card))
        return tuple(card for _, _, card in sorted(ranked, key=lambda one: one[:2]))

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
        matters: dict[str, Matter] = {}
        for id, hash in hashes.items():
            found = self._versions.get(hash) or tx.versions.load(hash)
            if found is not None:
                matters[id] = self._versions[hash] = found
        stopped = {id: matter.stopped for id, matter in matters.items() if matter.stopped}
        matters = {id: matter for id, matter in matters.items() if id not in stopped}
        spelled = _reference(tx, PINYIN, Spellings)
        cards = sorted((card_of(one, spelled) for one in matters.values()), key=lambda card: (card.line, card.title))
        return _Stock(
            revision=tx.versions.revision(),
            hashes=hashes,
            withdrawn=frozenset(withdrawn),
            stopped=stopped,
            matters=matters,
            cards=tuple(cards),
            calendar=_reference(tx, CALENDAR, dict[str, str]),
            sources=_reference(tx, SOURCES, dict[str, Source]),
            certificates=_reference(tx, CERTIFICATES, dict[str, CertificateType]),
            shadows={one.matter: one for one in tx.shadows.running()},
        )


def card_of(matter: Matter, spelled: Spellings) -> Card:
    """The card of a matter; `spelled` has the pinyin of its title and keywords."""
    texts = (matter.title, *matter.keywords)
    return Card(
        id=matter.id,
        title=matter.title,
        kind=matter.kind,
        line=matter.line,
        applicant=matter.applicant,
        labels=matter.labels,
        situations=matter.situations,
        summary=matter.summary,
        promised=promise(matter.limits),
        instant=any(row.outcome == "秒批" for row in matter.decide),
        action=matter.business,
        main_item=matter.main_item,
        pinyin=tuple(dict.fromkeys(one for text in texts for one in spelled.get(text, ()))),
        keywords=matter.keywords,
        starts=matter.starts,
        batch=matter.batch is not None,
    )


def promise(limits: Limits) -> str:
    """The promised limit in words."""
    words = ["当场办结"] if limits.promised.get("秒批") == 0 else []
    days = limits.promised.get("转人工")
    if days is not None:
        words.append(f"{days} 个工作日")
    elif not words and limits.legal.days is not None:
        words.append(f"{limits.legal.days} 个{limits.legal.unit}")
    return "，转人工 ".join(words)


def _reference(tx: Transaction, name: str, kind: type[T]) -> T:
    document = tx.versions.reference(name)
    return msgspec.json.decode(document, type=kind) if document else kind()


def _rank(card: Card, text: str) -> int | None:
    """How well a card answers, 0 best; None when it does not."""
    words = unicodedata.normalize("NFKC", text).lower().split()
    if not words:
        return 0
    ranks = [_rank_word(card, word) for word in words]
    known = [rank for rank in ranks if rank is not None]
    return max(known) if len(known) == len(ranks) else None


def _rank_word(card: Card, word: str) -> int | None:
    title = card.title.lower()
    if word in title:
        return 0
    if any(word in keyword.lower() or keyword.lower() in word for keyword in card.keywords):
        return 1
    if any(word in text.lower() for text in (card.summary, card.line, *card.situations)):
        return 2
    if word.isascii():
        if len(word) > 1 and any(word in spelling for spelling in card.pinyin):
            return 1
        return 4 if len(word) > 4 and any(_nearly_in(word, spelling) for spelling in card.pinyin) else None
    return 3 if len(word) > 2 and any(_nearly_in(word, one) for one in (title, *card.keywords)) else None


def _nearly_in(word: str, text: str) -> bool:
    """Whether the word stands in the text but for one letter too many, too few, or wrong."""
    row = [0] * (len(text) + 1)
    for place, letter in enumerate(word, start=1):
        before, row = row, [place]
        for at, other in enumerate(text, start=1):
            row.append(min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != other)))
    return min(row) <= 1
