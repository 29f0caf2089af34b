"""Where messages are kept: for whom, who read them, who wants them how, and what went outward."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import msgspec

from engine.model.values import Json

PERSON, ROLE, SUBJECT = "person", "role", "subject"
WAITING, DIGEST, SENT, FAILED, SKIPPED = "waiting", "digest", "sent", "failed", "skipped"


class Address(msgspec.Struct, frozen=True):
    """Whom a message is for: `kind` person (an account id) | role ("role|district") | subject (a code, kept blind)."""

    kind: str
    value: str


class Message(msgspec.Struct, frozen=True):
    """A message. `event` tells what it is about and by which rule: nobody is told of one event by one rule twice.

    `contact` is the account a message to a subject goes to outward; `link` what it opens: case | ratings | outbox |
    deliveries | certificates | "".
    """

    id: str
    event: str
    rule: str
    title: str
    text: str
    at: str
    outward: str = ""
    channels: tuple[str, ...] = ()
    urgent: bool = False
    statutory: bool = False
    contact: str = ""
    case: str = ""
    link: str = ""


class Line(msgspec.Struct, frozen=True):
    """A message in somebody's inbox; instants are "" until then."""

    message: Message
    read_at: str = ""
    archived_at: str = ""


class InboxQuery(msgspec.Struct, frozen=True):
    """Which messages of an inbox. `box`: unread | all | archived; `after` is `at|id` of the last line seen."""

    account: str
    addresses: tuple[Address, ...]
    since: str
    box: str = "all"
    rule: str = ""
    text: str = ""
    after: str = ""
    limit: int = 20


class Preferences(msgspec.Struct, frozen=True, omit_defaults=True):
    """What somebody wants. `off` maps a rule to the channels switched off; `digest` is the hour (0-23) at which what is
    not urgent comes together, -1 at once; from `quiet_from` until `quiet_to` (hours) nothing is sent unless urgent.
    `contacts` maps a channel to the number or address."""

    off: Mapping[str, tuple[str, ...]] = {}
    digest: int = -1
    quiet_from: int = 22
    quiet_to: int = 7
    contacts: Mapping[str, str] = {}


class Delivery(msgspec.Struct, frozen=True):
    """One message on its way to one person through one channel. `state`: waiting | digest | sent | failed | skipped;
    `ripe` is when it may go."""

    id: str
    event: str
    account: str
    channel: str
    message: str
    state: str
    at: str
    ripe: str
    done_at: str = ""
    why: str = ""


class MessageStore(Protocol):
    """Messages."""

    def add(self, message: Message, address: Address) -> bool:
        """Keep a message; False when that address was told of the event by the rule before."""
        ...

    def addressed(self, id: str) -> tuple[Message, Address] | None:
        """A message and whom it is for (a subject only blind)."""
        ...

    def inbox(self, query: InboxQuery) -> tuple[Line, ...]:
        """Lines newest first, each event once; up to `limit` + 1."""
        ...

    def unread(self, account: str, addresses: tuple[Address, ...], since: str, most: int) -> tuple[int, str]:
        """How many lines since an instant are unread, `most` at most, and the id of the newest."""
        ...

    def line(self, account: str, addresses: tuple[Address, ...], id: str) -> Line | None:
        """One line of an inbox; None when it is not in it."""
        ...

    def mark(self, account: str, event: str, *, read_at: str = "", archived_at: str | None = None) -> None:
        """Note what somebody did with a message; a first reading is kept, `archived_at` "" takes it back."""
        ...

    def preferences(self, account: str) -> Preferences | None:
        """What somebody chose; None when nothing."""
        ...

    def prefer(self, account: str, preferences: Preferences) -> None:
        """Keep what somebody chose."""
        ...

    def deliver(self, delivery: Delivery) -> bool:
        """Keep a delivery; False when this event went to this person by this channel before."""
        ...

    def delivery(self, id: str) -> Delivery | None:
        """One delivery."""
        ...

    def settle(self, id: str, state: str, at: str, why: str = "") -> None:
        """What became of it."""
        ...

    def gathered(self, account: str, channel: str, until: str) -> tuple[tuple[Delivery, Message], ...]:
        """What waits for a digest, kept at `until` or before."""
        ...

    def deliveries(self, state: str, channel: str, after: str, limit: int) -> tuple[tuple[Delivery, str], ...]:
        """The log, newest first, with the title of each message; `after` is `at|id`."""
        ...

    def delivery_counts(self, since: str) -> dict[tuple[str, str], int]:
        """How many deliveries since an instant, by channel and state."""
        ...

    def round(self, name: str) -> str:
        """The day (or more) to which regular work of that name is done; "" never."""
        ...

    def rounded(self, name: str, done_to: str) -> None:
        """Regular work is done up to there."""
        ...


class Messenger(Protocol):
    """The way out: one gateway for SMS, office platform and mail."""

    def send(self, channel: str, body: Mapping[str, Json], key: str) -> str:
        """Send once with idempotency key `key`; "" when accepted, else the reason to try again later.

        ZhunyuError S006 when it was refused for good.
        """
        ...
