"""What an applicant may be told of: neither anti-fraud findings nor the names of protected values."""

from __future__ import annotations

from collections.abc import Iterable

from engine.model.matter import Check, Matter, Row

RISK = "risk"


def about_risk(paths: Iterable[str]) -> bool:
    """Whether any path belongs to the anomaly watch (风险.*): an applicant never learns of it."""
    return any(path.partition(".")[0] == RISK for path in paths)


def protected(paths: Iterable[str], matter: Matter) -> bool:
    """Whether any path is of the anomaly watch, sensitive, above or below something sensitive."""
    given = tuple(paths)
    return about_risk(given) or any(
        path == kept or path.startswith(kept + ".") or kept.startswith(path + ".")
        for path in given
        for kept in matter.sensitive
    )


def reads_of(part: Check | Row) -> tuple[str, ...]:
    """Every path a check or a row reads."""
    return (*part.when.reads, *part.require.reads) if isinstance(part, Check) else part.when.reads


def parts_of(matter: Matter) -> tuple[Check | Row, ...]:
    """The checks and the rows of a matter in one list."""
    return (*matter.precheck, *matter.decide)


def watched(matter: Matter) -> frozenset[str]:
    """The ids of the checks and rows that read the anomaly watch."""
    return frozenset(part.id for part in parts_of(matter) if about_risk(reads_of(part)))
