"""Where the pieces of a scalar stand in its file when it is not one piece: blocks, folded lines, escapes."""

from __future__ import annotations

from collections.abc import Sequence

Span = tuple[int, int, int]
MOST = 200


def spans(value: str, lines: Sequence[str], start: tuple[int, int], end: tuple[int, int]) -> tuple[Span, ...]:
    """(offset in the value, line, column) of each piece, lines and columns from 1; () when it is one piece.

    `start` and `end` are the scalar's marks in the file (line and column from 0). White space is passed over on both
    sides; a sign that cannot be found again ends the search.
    """
    line, column = start
    made: list[Span] = []
    delta: tuple[int, int] | None = None
    for offset, sign in enumerate(value):
        if sign.isspace():
            continue
        while (line, column) < end and not lines[line].startswith(sign, column):
            line, column = (line + 1, 0) if column >= len(lines[line]) else (line, column + 1)
        if (line, column) >= end or len(made) >= MOST:
            break
        if delta != (line, column - offset):
            delta = (line, column - offset)
            made.append((offset, line + 1, column + 1))
        column += 1
    return tuple(made) if len(made) > 1 or (made and made[0][1] != start[0] + 1) else ()
