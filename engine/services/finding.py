"""Finding a matter by what somebody types: its words, what people call things, pinyin, and words with a slip."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator

import msgspec

from engine.model.synonyms import Synonyms
from engine.services.cards import ACTIONS, Card, Spellings, place_of

TITLE, KEYWORD, SITUATION, SOUND, TEXT, FAMILY = range(0, 60, 10)
_CALLED = 5  # a word people use instead of the matter's own ranks this much lower
_BREAKS = re.compile(r"[\s，。、；：？！,.;:?!（）()·/“”]+")
_ONE_SLIP, _TWO_SLIPS = 3, 5  # characters a word has at least to be corrected by one change, or by two


class Found(msgspec.Struct, frozen=True):
    """Cards, best first, and the words they were found by when those differ from what was typed ("" otherwise)."""

    cards: tuple[Card, ...]
    meant: str = ""


class _Texts(msgspec.Struct, frozen=True):
    """What a card is searched by, in lower case, best first.

    `family` are the words of its whole main item that name
    no act, `act` is the place of its own among the acts.
    """

    card: Card
    title: str
    keywords: tuple[str, ...]
    situations: str
    rest: str
    family: tuple[str, ...]
    act: int


class Finder:
    """Searches a fixed set of cards. Built once for each state of the shelf."""

    def __init__(self, cards: Iterable[Card], synonyms: Synonyms, spelled: Spellings) -> None:
        kept = tuple(cards)
        self._ignored = tuple(sorted(map(_plain, synonyms.ignore), key=len, reverse=True))
        self._heads = {_plain(word): _plain(head) for word, head in synonyms.heads.items()}
        acts = (*ACTIONS, *(word for word, head in self._heads.items() if head in ACTIONS))
        family: dict[tuple[str, str], dict[str, None]] = {}
        for card in kept:
            words = family.setdefault((card.line, card.main_item), {})
            said = map(_plain, (card.main_item, *card.keywords))
            words.update(dict.fromkeys(word for word in said if not any(act in word for act in acts)))
        self._texts = tuple(_texts(card, tuple(family[card.line, card.main_item])) for card in kept)
        self._words = tuple(sorted(self._lexicon(kept), key=lambda word: (-len(word), word)))
        self._known = frozenset(self._words)
        self._letters = tuple((word, frozenset(word)) for word in self._words)
        known = ((full, _plain(text)) for text, (full, _) in spelled.items())
        self._spelled = tuple((full, text) for full, text in known if text in self._known)

    def find(self, text: str) -> Found:
        """All cards for no text; else those that every word of it fits, or of its parts, or of the nearest words."""
        typed = _plain(text)
        words = [word for word in _BREAKS.split(typed) if word]
        if not words:
            return Found(tuple(one.card for one in self._texts))
        found = self._fitting(words)
        if found:
            return Found(found)
        parts = [part for word in words for part in self._parts(word)]
        found = self._fitting(parts) if parts else ()
        if found:
            return Found(found)
        for kept in (self._all_meant(words), self._all_meant(parts), self._all_meant(parts)[:1]):
            found = self._fitting(kept) if kept else ()
            if found:
                return Found(found, " ".join(kept))
        return Found(())

    def _all_meant(self, words: list[str]) -> list[str]:
        return list(dict.fromkeys(near for word in words if (near := self._meant(word))))

    def _fitting(self, words: list[str]) -> tuple[Card, ...]:
        ways = [self._ways(word) for word in words]
        ranked = []
        for place, texts in enumerate(self._texts):
            ranks = [_rank(texts, way) for way in ways]
            known = [rank for rank in ranks if rank is not None]
            if len(known) == len(ranks):
                ranked.append((max(known), sum(known), texts.act, place, texts.card))
        return tuple(card for *_, card in sorted(ranked, key=lambda one: one[:4]))

    def _ways(self, word: str) -> tuple[tuple[str, int], ...]:
        """The word, and what it reads with each colloquial word in it replaced by the matters' own."""
        ways = {word: 0}
        for called, head in self._heads.items():
            if called in word:
                ways.setdefault(word.replace(called, head), _CALLED)
                if called == word:
                    break
        return tuple(ways.items())

    def _parts(self, word: str) -> Iterator[str]:
        """The known words in a run of characters, longest first from the left, and the unknown runs between them."""
        unknown, at = "", 0
        while at < len(word):
            skipped = next((one for one in self._ignored if word.startswith(one, at)), "")
            known = next((one for one in self._words if len(one) > 1 and word.startswith(one, at)), "")
            if skipped or known:
                if len(unknown) > 1:
                    yield unknown
                unknown = ""
                if len(known) > len(skipped):
                    yield known
                at += max(len(known), len(skipped))
            else:
                unknown += word[at]
                at += 1
        if len(unknown) > 1:
            yield unknown

    def _meant(self, word: str) -> str:
        """The word when it is known; else the nearest known one, "" when none is near."""
        if word in self._known or self._fitting([word]):
            return word
        if word.isascii():
            return self._meant_by_sound(word)
        if len(word) < _ONE_SLIP:
            return ""
        most, letters = (2 if len(word) >= _TWO_SLIPS else 1), frozenset(word)
        best, nearest = "", most + 1
        for known, of in self._letters:
            if abs(len(known) - len(word)) <= most and len(letters - of) <= most and len(known) >= _ONE_SLIP:
                distance = slips(word, known)
                if distance < nearest:
                    best, nearest = known, distance
        return best or self._meant_inside(word, letters)

    def _meant_inside(self, word: str, letters: frozenset[str]) -> str:
        """The part of a title that is the word but for one slip."""
        for texts in self._texts:
            if len(letters.difference(texts.title)) <= 1:
                distance, end = slips_inside(word, texts.title)
                if distance <= 1:
                    return texts.title[max(0, end - len(word)) : end]
        return ""

    def _meant_by_sound(self, word: str) -> str:
        if len(word) <= _TWO_SLIPS - 1:
            return ""
        half = len(word) // 2
        halves = word[:half], word[half:]  # one slip leaves one of them as it is
        near = [
            (distance, len(full), text)
            for full, text in self._spelled
            if any(part in full for part in halves) and (distance := slips_inside(word, full)[0]) <= 1
        ]
        return min(near)[2] if near else ""

    def _lexicon(self, cards: tuple[Card, ...]) -> set[str]:
        words = {*self._heads, *self._heads.values()}
        for card in cards:
            words |= {_plain(one) for one in (*card.keywords, card.main_item, card.line, card.action, *card.labels)}
            words |= set(_BREAKS.split(_plain(card.title)))
        return {word for word in words if len(word) > 1}


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).lower().strip()


def _texts(card: Card, family: tuple[str, ...]) -> _Texts:
    rest = (card.summary, card.line, card.main_item, card.action, *card.labels)
    return _Texts(
        card=card,
        title=_plain(card.title),
        keywords=tuple(map(_plain, card.keywords)),
        situations=_plain("\n".join(card.situations)),
        rest=_plain("\n".join(rest)),
        family=family,
        act=place_of(card),
    )


def _rank(texts: _Texts, ways: tuple[tuple[str, int], ...]) -> int | None:
    """How well a card answers a word, 0 best; None when it does not."""
    ranks = [rank + less for way, less in ways if (rank := _rank_word(texts, way)) is not None]
    return min(ranks, default=None)


def _rank_word(texts: _Texts, word: str) -> int | None:
    if word in texts.title:
        return TITLE
    if any(word in keyword for keyword in texts.keywords):
        return KEYWORD
    if word in texts.situations:
        return SITUATION
    if word.isascii() and len(word) > 2 and any(word in spelling for spelling in texts.card.pinyin):
        return SOUND
    if word in texts.rest:
        return TEXT
    return FAMILY if any(word in one for one in texts.family) else None


def slips(word: str, other: str) -> int:
    """The characters too many, too few, wrong or swapped with their neighbour between two words."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for place, letter in enumerate(word, start=1):
        earlier, before, row = before, row, [place]
        for at, sign in enumerate(other, start=1):
            least = min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != sign))
            if place > 1 and at > 1 and letter == other[at - 2] and word[place - 2] == sign:
                least = min(least, earlier[at - 2] + 1)
            row.append(least)
    return row[-1]


def slips_inside(word: str, text: str) -> tuple[int, int]:
    """The least slips between the word and any part of the text, and where that part ends."""
    row = [0] * (len(text) + 1)
    for place, letter in enumerate(word, start=1):
        before, row = row, [place]
        for at, other in enumerate(text, start=1):
            row.append(min(before[at] + 1, row[at - 1] + 1, before[at - 1] + (letter != other)))
    least = min(row)
    return least, row.index(least)
