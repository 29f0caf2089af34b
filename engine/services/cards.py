"""A matter as the catalogue shows it: made once at publication, so that a list never needs the matters themselves."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from engine.model.matter import ON_APPLICATION, Limits, Matter

Spellings = dict[str, tuple[str, str]]
ACTIONS = ("新办", "备案", "申报", "现场审核", "变更", "重新注册", "延续", "校验", "补证", "报告", "注销")  # as read


class Card(msgspec.Struct, frozen=True, omit_defaults=True):
    """A matter in the catalogue. `promised` in words; `pinyin` its title's full spelling and initials.

    `stopped` says why it is 停用, "" while it is not.
    """

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
    stopped: str = ""


class CardFile(msgspec.Struct, frozen=True):
    """The cards of versions by hash, and the fields of a card when they were made: with others they are made anew."""

    shape: tuple[str, ...] = ()
    cards: dict[str, Card] = {}


SHAPE = Card.__struct_fields__


class Family(msgspec.Struct, frozen=True):
    """The matters of one main item that are shown together, and how many of it there are in all."""

    title: str
    line: str
    cards: tuple[Card, ...]
    whole: int


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
        stopped=matter.stopped,
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


def families(cards: Iterable[Card], every: Iterable[Card]) -> tuple[Family, ...]:
    """The cards by main item, in the order in which the first of each comes; inside from 新办 to 注销.

    `every` are all cards there are, to tell how many of a family are not shown.
    """
    whole: dict[tuple[str, str], int] = {}
    for card in every:
        whole[_item(card)] = whole.get(_item(card), 0) + 1
    groups: dict[tuple[str, str], list[Card]] = {}
    for card in cards:
        groups.setdefault(_item(card), []).append(card)
    return tuple(
        Family(title, line, tuple(sorted(found, key=_place)), whole.get((line, title), len(found)))
        for (line, title), found in groups.items()
    )


def related(card: Card, every: Iterable[Card]) -> tuple[Card, ...]:
    """The other matters of the same main item."""
    return tuple(sorted((one for one in every if _item(one) == _item(card) and one.id != card.id), key=_place))


def _item(card: Card) -> tuple[str, str]:
    return card.line, card.main_item or card.title


def _place(card: Card) -> tuple[int, str]:
    return place_of(card), card.title


def place_of(card: Card) -> int:
    """The place of what the matter does among `ACTIONS`, from 新办 to 注销."""
    action = card.action.partition("(")[0]
    return ACTIONS.index(action) if action in ACTIONS else len(ACTIONS)
