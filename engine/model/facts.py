"""Facts: what sources said, with where, when and under whose consent it was asked."""

from __future__ import annotations

import msgspec

from engine.model.values import Json


class Fact(msgspec.Struct, frozen=True, omit_defaults=True):
    """What one source answered for one declared fact.

    `state`: value | empty | unavailable | pending | not_applicable (its `when` was false, nobody was asked). `value`
    is JSON: an object for a record, a list of objects for rows. `fetched_at` is ISO 8601; `digest` the SM3 (hex) of
    the canonical answer; `reason` says why the fact is unavailable. `consent` is the id of the recorded consent when
    the applicant asked for a verification, else "".
    """

    key: str
    source: str
    state: str
    value: Json = None
    fetched_at: str = ""
    digest: str = ""
    reason: str = ""
    consent: str = ""


class FactSet(msgspec.Struct, frozen=True):
    """All facts of one evaluation by key. They are stored with the case, so it can be judged again."""

    facts: dict[str, Fact] = {}
