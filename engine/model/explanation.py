"""What a decision is explained by: checks, rows, sources, and the changes of answers that would turn it."""

from __future__ import annotations

import msgspec

from engine.model.trace import Trace
from engine.model.values import Json

FORMAT = "zhunyu-explanation/1"
STAFF, APPLICANT = "工作人员", "申请人"


class Atom(msgspec.Struct, frozen=True, omit_defaults=True):
    """One comparison that decided a rule: `result` false or unknown, what was found, what is required, how far off.

    `path` is the stored path it rests on, `source` the title of the source of that path ("" for an answer) and `at`
    when the source was asked (ISO 8601); `why` says for an unknown one which name is lacking and since when.
    """

    text: str
    result: str
    actual: str = ""
    required: str = ""
    gap: str = ""
    why: str = ""
    path: str = ""
    source: str = ""
    at: str = ""


class Point(msgspec.Struct, frozen=True, omit_defaults=True):
    """One check or decide row.

    `state` of a check: passed | failed | unknown | not_applicable | pending; of a row: matched | not_matched |
    unknown | pending | not_reached. `action` is what a failed check leads to, the outcome of a row. `words` are
    sentences for the reader; `atoms` the comparisons that decided; `trace` the whole tree (staff only).
    """

    id: str
    title: str
    state: str
    action: str = ""
    message: str = ""
    mend: str = ""
    basis: str = ""
    words: tuple[str, ...] = ()
    atoms: tuple[Atom, ...] = ()
    trace: Trace | None = None


class SourceLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A source that was asked. `state`: 已取到 | 无记录 | 未取到 | 不适用 | 待核验; `age` in words; `used` the ids that
    read it."""

    key: str
    title: str
    source: str
    state: str
    at: str = ""
    age: str = ""
    reason: str = ""
    used: tuple[str, ...] = ()


class Change(msgspec.Struct, frozen=True, omit_defaults=True):
    """Another answer to one field: `answer` as it is stored, `now` and `to` in words; `commitment` for a 承诺."""

    field: str
    title: str
    now: str
    to: str
    answer: Json
    commitment: bool = False


class Proposal(msgspec.Struct, frozen=True, omit_defaults=True):
    """A smallest set of changes with what it leads to. `goal`: 秒批, or the id of a check that passes then."""

    goal: str
    outcome: str
    changes: tuple[Change, ...]
    words: str


class Mending(msgspec.Struct, frozen=True, omit_defaults=True):
    """What was found by the search for changes.

    `advice` says what else there is to do; `steps` how many applications were judged; `complete` is false when the
    budget ended the search before every set within the bounds was tried.
    """

    proposals: tuple[Proposal, ...] = ()
    advice: tuple[str, ...] = ()
    steps: int = 0
    complete: bool = True


class Explanation(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why an application came out as it did, worded for one reader (工作人员 | 申请人)."""

    format: str
    reader: str
    matter: str
    title: str
    version: str
    outcome: str
    by: str
    reason: str
    law_day: str
    checks: tuple[Point, ...]
    rows: tuple[Point, ...]
    sources: tuple[SourceLine, ...]
    basis: tuple[str, ...] = ()
    barred: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    form: tuple[str, ...] = ()
    mending: Mending = Mending()
