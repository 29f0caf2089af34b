"""Where a rule text mentions a name, and writing another name there."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lark import Token
from lark.exceptions import UnexpectedInput

from engine.rules.nodes import Quoted
from engine.rules.reader import narrow, tokens

Choose = Callable[[tuple[str, ...]], tuple[int, str] | None]


def names(found: list[Token]) -> Iterator[tuple[Token, ...]]:
    """The segments of each name of a rule text, without 外; names that begin with 它 and called words are left out."""
    index = 0
    while index < len(found):
        chain = [found[index]]
        while _segment(chain[-1]) and index + 2 < len(found) and found[index + 1].type == "DOT":
            index += 2
            chain.append(found[index])
        index += 1
        called = index < len(found) and found[index].type == "LPAR"
        while chain and chain[0].type == "OUTER":
            chain = chain[1:]
        if chain and all(map(_segment, chain)) and chain[0].type != "IT" and not called:
            yield tuple(chain)


def _segment(token: Token) -> bool:
    return token.type in ("WORD", "QUOTED", "IT", "OUTER")


def renamed(source: str, choose: Choose) -> str:
    """The text in which `choose` has its way with each name.

    `choose` is given the segments of a name and says which one is to be written anew, and how, or None. A text with
    faults stays as it is.
    """
    try:
        found = tokens(narrow(source))
    except UnexpectedInput:
        return source
    text = source
    for chain in reversed(list(names(found))):
        segments = tuple(Quoted(one[1:-1]) if one.type == "QUOTED" else str(one) for one in chain)
        chosen = choose(segments)
        if chosen is not None:
            token = chain[chosen[0]]
            text = text[: token.start_pos] + chosen[1] + text[token.end_pos :]
    return text
