"""Events of tasks that change hands, of people who are barred, of copies and reminders."""

from __future__ import annotations

import msgspec


class TaskHanded(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """A task has another holder: the account `to`, "" for nobody. `way` as of `engine.model.moving.Handing`."""

    task: str
    to: str
    way: str


class PersonBarred(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The account may take no task of the case any more, and holds none."""

    person: str


class Copied(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """The case was shown to an account, or to those with a role in a district, for reading only."""

    copy: str
    person: str
    role: str
    district: str
    note: str


class Reminded(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """Whoever holds the task was reminded; `count` reminders of the case so far, `by` the kind of who reminded."""

    task: str
    by: str
    count: int
