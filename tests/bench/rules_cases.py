"""A million past cases that nobody ever filed: typed columns drawn from a seed, spread as a matter's tests are."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl

from engine.matters.catalogue import Catalogue
from engine.matters.tests_file import load_tests
from engine.model.matter import Matter
from engine.rules.columnar_table import Column, Table
from engine.services.backtest_batch import BatchAssessor
from engine.services.backtest_verdict import unverified
from engine.services.matter_tests import Scene, judge_scene, scene

CHUNK = 100_000
_FIRST_SHARE = 0.6  # how many cases start as the first test, which passes
_OWN = ("site", "licence.address", "name", "licence.name", "uscc", "applicant.code", "licence.code", "reg_address")
_NUMBERS = {"area": (30, 400), "usable": (380, 1000), "rooms": (1, 62), "beds": (60, 120), "staff_total": (11, 60)}


def largest(catalogue: Catalogue) -> Matter:
    """Of the matters that can grant at once the one with the most rules; of several, the one with the most fields."""

    def size(one: Matter) -> tuple[bool, int, int]:
        return any(row.outcome == "秒批" for row in one.decide), len(BatchAssessor(one).rules), len(one.fields())

    return max(catalogue.matters.values(), key=size)


def scenes_of(home: Path, catalogue: Catalogue, matter: Matter) -> list[Scene]:
    """The scenes of a matter's tests, the passing one first."""
    path = next((home / "matters").rglob(f"{matter.id}.tests.yaml"))
    return [scene(matter, test) for test in load_tests(path, catalogue)[0]]


def seeded(
    assessor: BatchAssessor, scenes: list[Scene], calendar: dict[str, str], cases: int, seed: int
) -> Iterator[Table]:
    """`cases` cases in chunks. Each begins as one of the scenes; numbers are drawn anew, and names, codes and
    addresses are the case's own, those that were alike staying alike."""
    envs = [judge_scene(one, calendar)[1] for one in scenes]
    base = assessor.table(envs, [unverified(one.actor) for one in scenes])
    for start in range(0, cases, CHUNK):
        count = min(CHUNK, cases - start)
        spread = int(len(scenes) / (1 - _FIRST_SHARE))  # what lies beyond the scenes is the first one
        drawn = _drawn(spread, count, seed + start)
        drawn = pl.select(pl.when(drawn < len(scenes)).then(drawn).otherwise(0)).to_series()
        frame = base.frame[drawn].with_columns(case=pl.int_range(start, start + count))
        columns = dict(base.columns)
        own = [pl.concat_str([f"v:{path}", pl.col("case").cast(pl.String)]).alias(f"v:{path}") for path in _OWN
               if path in columns and columns[path].kind == "text"]  # fmt: skip
        frame = frame.with_columns(own)
        for place, (path, (low, high)) in enumerate(_NUMBERS.items(), 1):
            if path in columns and columns[path].kind == "number":
                made = (low + _drawn(high - low, count, seed + start + place)) * 10 ** columns[path].places
                kept = pl.when(pl.col(f"v:{path}").is_not_null()).then(made)
                frame = frame.with_columns(kept.alias(f"v:{path}"))
                columns[path] = _bounded(columns[path], high)
        yield Table(frame, columns)


def _drawn(below: int, count: int, seed: int) -> pl.Series:
    return pl.int_range(below, eager=True).sample(count, with_replacement=True, seed=seed)


def _bounded(column: Column, high: int) -> Column:
    return Column(
        column.kind, column.places, min(column.low, 0), max(column.high, high * 10**column.places), whole=column.whole
    )
