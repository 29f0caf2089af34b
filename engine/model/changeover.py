"""交接 of claimed tasks between two people of an office: a list that both sign."""

from __future__ import annotations

import msgspec

from engine.model.case import Case, Status
from engine.model.people import Actor

PROPOSED, TAKEN, DECLINED, WITHDRAWN = "proposed", "taken", "declined", "withdrawn"
STATES = {PROPOSED: "待接收", TAKEN: "已交接", DECLINED: "已拒收", WITHDRAWN: "已撤回"}


class ChangeoverLine(msgspec.Struct, frozen=True, omit_defaults=True):
    """A task on the list, as it was when the list was drawn up. `outcome` says, once it was taken over, why this one
    did not change hands; "" when it did."""

    case: str
    task: str
    number: str
    matter_title: str
    subject: str
    step: str
    due: str = ""
    outcome: str = ""


class GiveOver(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """What the giver signs: to whom, why, and every task by case and task."""

    taker: str
    taker_name: str
    reason: str
    tasks: tuple[tuple[str, str, str], ...]


class TakeOver(msgspec.Struct, frozen=True, tag=True, tag_field="is"):
    """What the taker signs: from whom, and the same tasks."""

    giver: str
    giver_name: str
    tasks: tuple[tuple[str, str, str], ...]


class Changeover(msgspec.Struct, frozen=True, omit_defaults=True):
    """The list. `given` and `taken` say that the giver and the taker have signed with their certificates ("" where the
    installation does not sign): the digests of their acts. Instants are ISO 8601 with zone."""

    id: str
    number: str
    district: str
    giver: str
    giver_name: str
    taker: str
    taker_name: str
    at: str
    reason: str
    lines: tuple[ChangeoverLine, ...]
    state: str = PROPOSED
    settled_at: str = ""
    answer: str = ""
    given: str = ""
    taken: str = ""

    def tasks(self) -> tuple[tuple[str, str, str], ...]:
        """Case, number and task of every line, as both sign them."""
        return tuple((line.case, line.number, line.task) for line in self.lines)

    def paper(self, actor: Actor) -> Case:
        """The list as what a signature is put to: signatures are kept by case, and the list is one of its own."""
        return Case(
            id=self.id, number=self.number, matter="", matter_title="交接清单", matter_hash="", origin="",
            initiator=actor, subjects=(), authority="", authority_name="", district=self.district,
            status=Status.RECEIVED, received_at=self.at, answers={}, version=1 if self.given else 0,
        )  # fmt: skip
